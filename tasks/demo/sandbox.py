"""The demonstration's hand in the outside world: the control API of the sandbox."""

from datetime import datetime
from typing import Any, Self

import httpx
from django.conf import settings


class SandboxMissing(Exception):
    """The sandbox does not answer; the demonstration cannot be made without it."""


class SandboxControl:
    """Plays the client, breaks systems and turns the clock (docs/protocols.md, 11).

    `with SandboxControl() as sandbox: …` closes its connections.
    """

    def __init__(self) -> None:
        if not settings.SANDBOX_URL:
            raise SandboxMissing("Set SANDBOX_URL to the address of a running sandbox.")
        token = settings.OUTSIDE["identity"]["token"]
        self._http = httpx.Client(
            base_url=f"{settings.SANDBOX_URL}/control/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
            # The server closes a connection that rests for two seconds: ours are given up earlier.
            transport=httpx.HTTPTransport(retries=3, limits=httpx.Limits(keepalive_expiry=1)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def set_clock(self, moment: datetime) -> None:
        self._call("clock", now=moment.isoformat())

    def present(self) -> None:
        """Back to the real time."""
        self._call("clock", offset_seconds=0)

    def autopilot(self, *, on: bool) -> None:
        self._call("autopilot", on=on)

    def break_down(self, system: str) -> None:
        """The system does not answer; the archive РИО says no instead."""
        answer = {"status": 422, "code": "archive_rejected"} if system == "rio" else {"status": 503}
        self._call("faults", system=system, kind="error", times=None, **answer)

    def repair(self) -> None:
        self._send("DELETE", "faults", None)

    def answer_identification(self, ref: str, answer: str) -> None:
        self._call(f"identity/{ref}/answer", answer=answer)

    def sign(self, message_id: str, how: str = "valid") -> None:
        self._call(f"edo/{message_id}/sign", how=how)

    def refuse(self, message_id: str, reason: str) -> None:
        self._call(f"edo/{message_id}/refuse", reason=reason)

    def keep_silent(self, message_id: str) -> None:
        self._call(f"edo/{message_id}/ignore")

    def _call(self, path: str, **body: Any) -> None:
        self._send("POST", path, body)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise SandboxMissing(f"The sandbox does not answer: {error}") from error
        answer.raise_for_status()
