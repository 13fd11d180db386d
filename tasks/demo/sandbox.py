"""A client of the sandbox's control API, for the demo data."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx
from django.conf import settings


class SandboxUnavailable(Exception):
    """The sandbox does not respond. Demo data cannot be created without it."""


class SandboxControl:
    """Acts as the client, makes systems fail and sets the sandbox's clock (docs/protocols.md, 11).

    A context manager that closes its connections.
    """

    def __init__(self) -> None:
        if not settings.SANDBOX_URL:
            raise SandboxUnavailable("Set SANDBOX_URL to the address of a running sandbox.")
        token = settings.OUTSIDE["identity"]["token"]
        self._http = httpx.Client(
            base_url=f"{settings.SANDBOX_URL}/control/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
            # The server closes connections that are idle for two seconds; ours close earlier.
            transport=httpx.HTTPTransport(retries=3, limits=httpx.Limits(keepalive_expiry=1)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def set_clock(self, moment: datetime) -> None:
        self._call("clock", now=moment.isoformat())

    def reset_clock(self) -> None:
        """Sets the clock back to the real time."""
        self._call("clock", offset_seconds=0)

    def set_autopilot(self, *, on: bool) -> None:
        self._call("autopilot", on=on)

    def break_system(self, system: str) -> None:
        """Makes every call of ``system`` fail; the archive РИО refuses instead."""
        response = (
            {"status": 422, "code": "archive_rejected"} if system == "rio" else {"status": 503}
        )
        self._call("faults", system=system, kind="error", times=None, **response)

    @contextmanager
    def undelivered_sms(self, reason: str) -> Iterator[None]:
        """Within the block SMS are accepted and do not arrive."""
        fault = {"system": "messages", "kind": "undelivered", "path_contains": "sms"}
        self._call("faults", **fault, code=reason, times=None)
        try:
            yield
        finally:
            self.clear_faults()

    def list_texts(self, phone: str) -> list[str]:
        """The texts of the SMS that were delivered to ``phone``, oldest first."""
        messages = self._send("GET", f"messages?to={quote(phone)}", None)["messages"]
        return [message["text"] for message in messages]

    def clear_faults(self) -> None:
        self._send("DELETE", "faults", None)

    def answer_identification(self, ref: str, answer: str) -> None:
        self._call(f"identity/{ref}/answer", answer=answer)

    def sign(self, message_id: str, how: str = "valid") -> None:
        self._call(f"edo/{message_id}/sign", how=how)

    def refuse(self, message_id: str, reason: str) -> None:
        self._call(f"edo/{message_id}/refuse", reason=reason)

    def accept_invitations(self, inn: str) -> None:
        """The client agrees to exchange documents with us."""
        self._call("edo/partners", inn=inn, act="accept")

    def leave_unanswered(self, message_id: str) -> None:
        self._call(f"edo/{message_id}/ignore")

    def publish_trust_list(self, suspended: list[str]) -> None:
        """Publishes the next list of accredited authorities."""
        self._call("trust-list", suspended=suspended)

    def _call(self, path: str, **body: Any) -> None:
        self._send("POST", path, body)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise SandboxUnavailable(f"The sandbox does not respond: {error}") from error
        response.raise_for_status()
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer
