"""The one HTTP client: what it repeats, what it raises, what it tells the log."""

import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from econtract.platform.common import http
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.request_id import set_request_id

KEY = "0d7f3a52-5c43-4b7c-9c62-b6f9d1b1a111"
Reaction = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next planned reaction, with `ok` when none is planned."""

    protocol_version = "HTTP/1.1"
    server: "Other"

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers), self._body()))
        reaction = self.server.plan.popleft() if self.server.plan else answer()
        reaction(self)

    do_POST = do_GET

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test's output stays clean."""


class Other(ThreadingHTTPServer):
    """The outside system."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: deque[Reaction] = deque()
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Reaction:
    def react(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return react


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def silence_until(event: threading.Event) -> Reaction:
    def react(handler: Handler) -> None:
        event.wait(10)
        handler.close_connection = True

    return react


@pytest.fixture
def other(settings: Any) -> Iterator[Other]:
    server = Other()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.OUTSIDE = {"cdi": {"url": url, "token": "secret-token"}}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    for client in http._clients.values():
        client.close()
    http._clients.clear()


def test_it_identifies_itself_and_the_call(other: Other) -> None:
    set_request_id("request-0001")
    OutsideHttp("cdi").post("/v1/things", json={"имя": "да"}, idempotency_key=KEY)
    method, path, headers, body = other.seen[0]
    assert (method, path) == ("POST", "/v1/things")
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["Idempotency-Key"] == KEY
    assert headers["X-Request-Id"] == "request-0001"
    assert json.loads(body) == {"имя": "да"}


def test_values_in_a_path_cannot_change_the_path(other: Other) -> None:
    OutsideHttp("cdi").get("/v1/things/{name}", args={"name": "../a?b=1#c"}, params={"kpp": None})
    assert other.seen[0][1] == "/v1/things/..%2Fa%3Fb%3D1%23c"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_client_error_is_a_final_refusal_with_its_code(other: Other, status: int) -> None:
    other.plan.append(answer(status, b'{"code": "not_found", "message": "no such"}'))
    with pytest.raises(Refused) as caught:
        OutsideHttp("cdi").get("/v1/things")
    assert caught.value.code == "not_found"
    assert len(other.seen) == 1


def test_a_refusal_may_carry_its_code_in_a_header(other: Other) -> None:
    other.plan.append(answer(409, b"Already signed", X_Diadoc_ErrorCode="Document.AlreadySigned"))
    with pytest.raises(Refused) as caught:
        OutsideHttp("cdi").get("/v1/things")
    assert caught.value.code == "Document.AlreadySigned"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"code": 5}', b""])
def test_a_refusal_without_a_code_is_named_by_its_status(other: Other, body: bytes) -> None:
    other.plan.append(answer(403, body))
    with pytest.raises(Refused) as caught:
        OutsideHttp("cdi").get("/v1/things")
    assert caught.value.code == "http_403"


@pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503, 504])
def test_everything_else_may_be_better_later(other: Other, status: int) -> None:
    other.plan.append(answer(status, Retry_After="7", Location="http://127.0.0.1:1/"))
    with pytest.raises(Unavailable) as caught:
        OutsideHttp("cdi").get("/v1/things")
    assert caught.value.retry_after == 7
    assert len(other.seen) == 1


def test_a_broken_connection_is_tried_twice_more(other: Other) -> None:
    other.plan.extend([hang_up, hang_up, answer(body=b'{"ok": true}')])
    assert OutsideHttp("cdi").get("/v1/things") == {"ok": True}
    other.plan.extend([hang_up, hang_up, hang_up, answer()])
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").post("/v1/things", json={}, idempotency_key=KEY)
    assert len(other.seen) == 6


def test_a_change_without_a_key_is_never_repeated(other: Other) -> None:
    other.plan.append(hang_up)
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").request("POST", "/v1/things", json={})
    assert len(other.seen) == 1


def test_silence_ends_with_the_time_given_and_is_not_repeated(other: Other) -> None:
    enough = threading.Event()
    other.plan.append(silence_until(enough))
    with pytest.raises(Unavailable, match="no answer in time"):
        OutsideHttp("cdi").get("/v1/things", timeout=0.2)
    enough.set()
    assert len(other.seen) == 1


def test_an_answer_that_drips_past_the_time_given_is_dropped(other: Other) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.close_connection = True
        try:
            for _ in range(40):
                handler.wfile.write(b" ")
                time.sleep(0.02)
        except OSError:
            return

    other.plan.append(drip)
    with pytest.raises(Unavailable, match="no answer in time"):
        OutsideHttp("cdi").get("/v1/things", timeout=0.3)


def test_an_answer_over_the_limit_is_dropped(other: Other) -> None:
    other.plan.append(answer(body=b"x" * 2000))
    with pytest.raises(Unavailable, match="size limit"):
        OutsideHttp("cdi").request("GET", "/v1/things", max_response_bytes=1000)


def test_a_body_over_the_limit_is_not_sent(other: Other, monkeypatch: Any) -> None:
    monkeypatch.setattr(http, "MAX_REQUEST_BYTES", 10)
    with pytest.raises(Refused) as caught:
        OutsideHttp("cdi").request("POST", "/v1/things", content=b"x" * 11)
    assert caught.value.code == "too_large"
    assert other.seen == []


def test_an_answer_that_is_not_json_is_a_fault_of_the_other_side(other: Other) -> None:
    other.plan.append(answer(body=b"<html>"))
    with pytest.raises(Unavailable, match="not JSON"):
        OutsideHttp("cdi").get("/v1/things")


def test_nobody_listening_is_unavailable(settings: Any) -> None:
    settings.OUTSIDE = {"cdi": {"url": "http://127.0.0.1:1", "token": "t"}}
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").get("/v1/things")


def test_a_missing_address_says_what_to_set(settings: Any) -> None:
    settings.OUTSIDE = {"archive_apd": {"url": "", "token": "t"}}
    with pytest.raises(Unavailable, match="set ARCHIVE_APD_URL"):
        OutsideHttp("archive_apd").get("/v1/things")


def test_the_log_has_one_line_and_no_personal_data(
    other: Other, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "econtract.platform.common.http")
    OutsideHttp("cdi").post(
        "/v1/{inn}",
        args={"inn": "770100110012"},
        params={"q": "Петров"},
        json={"phone": "+79123456789"},
        idempotency_key=KEY,
    )
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("outside system=cdi method=POST path=/v1/{inn} status=200 ms=")
    assert line.endswith(f"key={KEY}")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_worker_does_not_share_connections_with_its_parent(other: Other) -> None:
    OutsideHttp("cdi").get("/v1/things")
    child = os.fork()
    if child == 0:
        # Nothing of pytest may run in the child, whatever happens.
        try:
            OutsideHttp("cdi").get("/v1/things")
            os._exit(0 if len({pid for pid, _ in http._clients}) == 2 else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    OutsideHttp("cdi").get("/v1/things")
    assert len(other.seen) == 3
