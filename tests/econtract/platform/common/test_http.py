"""The HTTP client of outside systems: retries, errors and log lines."""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from econtract.platform.common import http
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.request_id import set_request_id
from tests.support.fake_server import FakeServer, Handler, Respond, response, run_fake_server

KEY = "0d7f3a52-5c43-4b7c-9c62-b6f9d1b1a111"


def close_connection(handler: Handler) -> None:
    handler.close_connection = True


def wait_for(event: threading.Event) -> Respond:
    def respond(handler: Handler) -> None:
        event.wait(10)
        handler.close_connection = True

    return respond


@pytest.fixture
def server(settings: Any) -> Iterator[FakeServer]:
    with run_fake_server() as server:
        settings.OUTSIDE = {"cdi": {"url": server.url, "token": "secret-token"}}
        yield server


def test_headers_have_the_token_the_key_and_the_request_id(server: FakeServer) -> None:
    set_request_id("request-0001")
    OutsideHttp("cdi").post("/v1/things", json={"имя": "да"}, idempotency_key=KEY)
    method, path, headers, body = server.requests[0]
    assert (method, path) == ("POST", "/v1/things")
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["Idempotency-Key"] == KEY
    assert headers["X-Request-Id"] == "request-0001"
    assert json.loads(body) == {"имя": "да"}


def test_values_in_a_path_are_quoted(server: FakeServer) -> None:
    OutsideHttp("cdi").get("/v1/things/{name}", args={"name": "../a?b=1#c"}, params={"kpp": None})
    assert server.requests[0][1] == "/v1/things/..%2Fa%3Fb%3D1%23c"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_client_error_is_a_refusal_with_a_code(server: FakeServer, status: int) -> None:
    server.responses.append(response(status, b'{"code": "not_found", "message": "no such"}'))
    with pytest.raises(Refused) as error:
        OutsideHttp("cdi").get("/v1/things")
    assert error.value.code == "not_found"
    assert error.value.status == status
    assert len(server.requests) == 1


def test_the_code_of_a_refusal_can_be_in_a_header(server: FakeServer) -> None:
    server.responses.append(
        response(409, b"Already signed", X_Diadoc_ErrorCode="Document.AlreadySigned")
    )
    with pytest.raises(Refused) as error:
        OutsideHttp("cdi").get("/v1/things")
    assert error.value.code == "Document.AlreadySigned"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"code": 5}', b""])
def test_a_refusal_without_a_code_gets_one_from_the_status(server: FakeServer, body: bytes) -> None:
    server.responses.append(response(403, body))
    with pytest.raises(Refused) as error:
        OutsideHttp("cdi").get("/v1/things")
    assert error.value.code == "http_403"
    assert error.value.text == body.decode()


@pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503, 504])
def test_other_statuses_are_outages(server: FakeServer, status: int) -> None:
    server.responses.append(response(status, Retry_After="7", Location="http://127.0.0.1:1/"))
    with pytest.raises(Unavailable) as error:
        OutsideHttp("cdi").get("/v1/things")
    assert error.value.retry_after == 7
    assert len(server.requests) == 1


def test_connection_errors_are_retried_twice(server: FakeServer) -> None:
    server.responses.extend([close_connection, close_connection, response(body=b'{"ok": true}')])
    assert OutsideHttp("cdi").get("/v1/things") == {"ok": True}
    server.responses.extend([close_connection, close_connection, close_connection, response()])
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").post("/v1/things", json={}, idempotency_key=KEY)
    assert len(server.requests) == 6


def test_a_post_without_a_key_is_not_retried(server: FakeServer) -> None:
    server.responses.append(close_connection)
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").request("POST", "/v1/things", json={})
    assert len(server.requests) == 1


def test_a_timeout_is_not_retried(server: FakeServer) -> None:
    timed_out = threading.Event()
    server.responses.append(wait_for(timed_out))
    with pytest.raises(Unavailable, match="no answer in time"):
        OutsideHttp("cdi").get("/v1/things", timeout=0.2)
    timed_out.set()
    assert len(server.requests) == 1


def test_the_timeout_covers_a_slow_body(server: FakeServer) -> None:
    def send_slowly(handler: Handler) -> None:
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

    server.responses.append(send_slowly)
    with pytest.raises(Unavailable, match="no answer in time"):
        OutsideHttp("cdi").get("/v1/things", timeout=0.3)


def test_a_response_over_the_limit_is_an_outage(server: FakeServer) -> None:
    server.responses.append(response(body=b"x" * 2000))
    with pytest.raises(Unavailable, match="size limit"):
        OutsideHttp("cdi").request("GET", "/v1/things", max_response_bytes=1000)


def test_a_request_over_the_limit_is_not_sent(server: FakeServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(http, "MAX_REQUEST_BYTES", 10)
    with pytest.raises(Refused) as error:
        OutsideHttp("cdi").request("POST", "/v1/things", content=b"x" * 11)
    assert error.value.code == "too_large"
    assert server.requests == []


def test_a_response_that_is_not_json_is_an_outage(server: FakeServer) -> None:
    server.responses.append(response(body=b"<html>"))
    with pytest.raises(Unavailable, match="not JSON"):
        OutsideHttp("cdi").get("/v1/things")


def test_a_refused_connection_is_an_outage(settings: Any) -> None:
    settings.OUTSIDE = {"cdi": {"url": "http://127.0.0.1:1", "token": "t"}}
    with pytest.raises(Unavailable):
        OutsideHttp("cdi").get("/v1/things")


def test_the_error_names_the_missing_setting(settings: Any) -> None:
    settings.OUTSIDE = {"archive_apd": {"url": "", "token": "t"}}
    with pytest.raises(Unavailable, match="set ARCHIVE_APD_URL"):
        OutsideHttp("archive_apd").get("/v1/things")


def test_the_log_has_one_line_and_no_personal_data(
    server: FakeServer, caplog: pytest.LogCaptureFixture
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
def test_a_forked_process_has_its_own_connections(server: FakeServer) -> None:
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
    assert len(server.requests) == 3
