"""The sandbox as a process for tests, and a client of its control API.

Tests use the fixture `sandbox`: a running sandbox, reset before each test, with the autopilot off.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.paths import ROOT

TOKEN = "test-token"
START_TIMEOUT_SECONDS = 60

# Memorable organisations (docs/protocols.md, section 10).
ROMASHKA = "7701001100"
LOTOS = "7701001206"
VECTOR = "7701001301"
PETROV = "500100732259"
IVANOVA = "771234567859"
SIDOROV = "772345678901"
LIQUIDATED = "7701001407"
LIQUIDATING = "7701001502"
BANKRUPT = "7701001608"
TOO_YOUNG = "7701001703"
DATA_REFUSED = "7701001809"
NO_CONSENT = "7701001904"
DATA_MISMATCH = "7701002009"
BLACKLISTED = "7701002104"
DOCUMENTS = "7701002200"
AUTHORITY_PENDING = "7701002305"
PASSES_WITH_CHANGES = "7701002400"
CHANGE_SERVICES = "7701002506"
CABINET_EXISTS = "7701002601"
CABINET_BAD_DATA = "7701002707"
REJECTS = "7701002802"
NO_SIGNATURE = "7701002908"
BROKEN_SIGNATURE = "7701003002"
FOREIGN_SIGNATURE = "7701003108"
REFUSES_STRANGERS = "7701003203"
PARTNERS_ONLY = "7701003309"
NO_BOX = "7701003404"
ARCHIVE_REJECTS = "7701003500"
# What the ЭДО operator can do.
IGNORES_INVITATIONS = "7701003605"
INACTIVE_BOX = "7701003700"
TWO_BOXES = "7701003806"
ROAMING_TWIN = "7701003901"
ROAMING_ONLY = "7701004006"
DEPARTMENTS = "7701004101"
APPROVES = "7701004207"
REJECTS_BY_MESSAGE = "7701004302"
DECIDES_REVOCATION = "7701004408"
REJECTS_REVOCATION = "7701004503"
REVOKES = "7701004609"
SLOW_DELIVERY = "7701004704"
DELIVERY_FAILS = "7701004800"
REAL_BOX = "7701004905"


@dataclass
class Sandbox:
    """A running sandbox. `url` has no trailing slash."""

    url: str
    data_dir: Path
    http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"},
            timeout=30,
        )

    @property
    def trust_roots(self) -> Path:
        """PEM file with the test CA's root."""
        return self.data_dir / "sandbox" / "ca" / "roots.pem"

    @property
    def revocation_lists(self) -> list[Path]:
        """The CRLs of its authorities."""
        return [self.trust_roots.parent / name for name in ("crl.der", "gost-crl.der")]

    # -- the sandbox itself

    def control(self, path: str, method: str = "POST", **body: Any) -> dict[str, Any]:
        """Call the control API; raises httpx.HTTPStatusError for an error status."""
        response = self.http.request(
            method, f"/control/v1/{path}", json=body if method == "POST" else None
        )
        response.raise_for_status()
        result: dict[str, Any] = response.json()
        return result

    def reset(self, *, autopilot: bool = False) -> None:
        """Delete everything that has happened."""
        self.control("reset")
        self.autopilot(on=autopilot)

    def state(self) -> dict[str, Any]:
        """Clock, autopilot, faults and the number of pending requests."""
        return self.control("state", "GET")

    def fault(self, system: str, kind: str, *, times: int | None = 1, **more: Any) -> int:
        """Switch a fault on (`path_contains`, `seconds`, `status`, `code`, `drop`); its id."""
        number: int = self.control("faults", system=system, kind=kind, times=times, **more)["id"]
        return number

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.control("faults", "DELETE")

    def clock(self, **to: Any) -> dict[str, Any]:
        """Set the clock: `offset_seconds`, `advance_seconds` or `now`."""
        return self.control("clock", **to)

    def autopilot(self, *, on: bool, delay: float = 0) -> None:
        """Switch the autopilot: clients answer at the next request after `delay` seconds."""
        self.control("autopilot", on=on, delay_seconds=delay)

    def journal(self, system: str, **filters: str) -> list[dict[str, Any]]:
        """Effects in the journal, oldest first; filters are `action`, `reference`, `ref`."""
        response = self.http.get(f"/control/v1/journal/{system}", params={"limit": 1000, **filters})
        response.raise_for_status()
        entries: list[dict[str, Any]] = response.json()["entries"]
        return entries

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """Delivered SMS and e-mails, oldest first."""
        response = self.http.get("/control/v1/messages", params={"to": to} if to else {})
        response.raise_for_status()
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def account(self, account: str, inn: str, *, visible_in_minutes: int = 0) -> None:
        """Add a personal account to ЕИП."""
        self.control("accounts", account=account, inn=inn, visible_in_minutes=visible_in_minutes)

    # -- the client

    def identity_answer(
        self, ref: str, answer: str, documents: list[dict[str, str]] | None = None
    ) -> dict[str, Any]:
        """The client answers an identification request."""
        return self.control(f"identity/{ref}/answer", answer=answer, documents=documents or [])

    def edo_sign(self, message_id: str, how: str = "valid") -> None:
        """The client signs; `how` is `valid`, `broken` or `foreign`."""
        self.control(f"edo/{message_id}/sign", how=how)

    def edo_refuse(self, message_id: str, reason: str = "Не согласны с условиями") -> None:
        """The client refuses to sign."""
        self.control(f"edo/{message_id}/refuse", reason=reason)

    def edo_invitation(self, inn: str, act: str) -> None:
        """The client accepts or declines our invitations (`accept`, `decline`) or invites us."""
        self.control("edo/partners", inn=inn, act=act)

    def edo_act(self, message_id: str, act: str, **body: str) -> None:
        """The client acts: `approve`, `refuse-by-message`, `revoke`, `accept-revocation` …"""
        self.control(f"edo/{message_id}/{act}", **body)

    def edo_ignore(self, message_id: str) -> None:
        """Stop the autopilot from answering this document."""
        self.control(f"edo/{message_id}/ignore")

    # -- our signatories

    def phone_requests(self) -> list[dict[str, Any]]:
        """What waits for an answer on the signatories' phones, oldest first."""
        requests: list[dict[str, Any]] = self.control("phones", "GET")["requests"]
        return requests

    def phone_answer(self, key_ref: str, answer: str = "confirm") -> int:
        """The signatory answers all requests: `confirm`, `decline` or `silent`; how many."""
        count: int = self.control(f"phones/{key_ref}", answer=answer)["count"]
        return count

    # -- raw protocol

    def get(self, path: str, **params: Any) -> httpx.Response:
        """Send a GET request with the token."""
        return self.http.get(path, params=params)

    def post(self, path: str, body: dict[str, Any], key: str = "") -> httpx.Response:
        """Send a POST request with the token and an idempotency key, a new one by default."""
        return self.http.post(
            path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())}
        )

    def signature(self, key_ref: str, content: bytes) -> bytes:
        """A detached signature with one of our keys."""
        body = {"key_ref": key_ref, "content": base64.b64encode(content).decode()}
        response = self.post("/signing/v1/signatures", body)
        response.raise_for_status()
        return base64.b64decode(response.json()["signature"])


@contextlib.contextmanager
def running(data_dir: Path, **environment: str) -> Iterator[Sandbox]:
    """Set up a sandbox in `data_dir` and run it on a free port within the block."""
    values = {
        **os.environ,
        "ECONTRACT_DATA_DIR": str(data_dir),
        "SANDBOX_AUTOPILOT": "off",
        "SANDBOX_TOKEN": "",
        "SANDBOX_PUBLIC_URL": "",
        **environment,
    }
    python = [sys.executable, "-m"]
    setup = [*python, "econtract.sandbox", "setup"]
    subprocess.run(setup, cwd=ROOT, env=values, check=True, capture_output=True)
    with socket.socket() as listener:
        # The server inherits the bound socket, so no other process can take the port.
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        # gunicorn does not set this on an inherited socket; each response would be 40 ms slower.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serve = [*python, "gunicorn", "econtract.sandbox.wsgi", "--threads", "8"]
        serve += ["--bind", f"fd://{listener.fileno()}", "--no-control-socket"]
        log = (data_dir / "sandbox.log").open("wb")
        process = subprocess.Popen(
            serve,
            cwd=ROOT,
            env=values,
            pass_fds=(listener.fileno(),),
            stdout=log,
            stderr=log,
        )
        log.close()
        sandbox = Sandbox(f"http://127.0.0.1:{listener.getsockname()[1]}", data_dir)
    try:
        _wait(sandbox, process)
        yield sandbox
    finally:
        sandbox.http.close()
        process.terminate()
        process.wait(timeout=30)


def _wait(sandbox: Sandbox, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first response; raises RuntimeError with the log when the process exits."""
    for _ in range(START_TIMEOUT_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError((sandbox.data_dir / "sandbox.log").read_text())
        with contextlib.suppress(httpx.TransportError):
            if sandbox.http.get("/control/v1/state").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError("The sandbox did not start")


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox process for the test session."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """An empty sandbox with the autopilot off."""
    sandbox_server.reset()
    return sandbox_server
