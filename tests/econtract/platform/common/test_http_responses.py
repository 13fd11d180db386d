"""Headers of requests, and what the statuses and headers of responses mean."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from tests.support.fake_server import FakeServer, response, run_fake_server


@pytest.fixture
def server(settings: Any) -> Iterator[FakeServer]:
    with run_fake_server() as server:
        settings.OUTSIDE = {"cdi": {"url": server.url, "token": "secret-token"}}
        yield server


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "unauthorized"),
        (402, "subscription_ended"),
        (405, "method_unsupported"),
        (415, "format_unsupported"),
    ],
)
def test_a_request_that_was_never_considered_is_an_outage(
    server: FakeServer, caplog: pytest.LogCaptureFixture, status: int, code: str
) -> None:
    """An administrator has to act, and the log says so; nothing is lost meanwhile."""
    server.responses.append(response(status, b"subscription"))
    with pytest.raises(Unavailable) as error:
        OutsideHttp("cdi").get("/v1/things")
    assert error.value.code == code
    assert any(
        record.levelno == logging.ERROR and code in record.message for record in caplog.records
    )


class RenewableToken:
    """A `TokenSource` with one new token."""

    def __init__(self) -> None:
        self.token, self.rejected = "stale", list[str]()

    def get(self) -> str:
        return self.token

    def renew(self, rejected: str) -> str:
        self.rejected.append(rejected)
        self.token = "fresh"
        return self.token


def test_a_rejected_token_is_renewed_once_and_the_call_repeated(server: FakeServer) -> None:
    server.responses.extend([response(401), response(200, b"[1]")])
    tokens = RenewableToken()
    assert OutsideHttp("cdi", tokens).request("POST", "/v1/things", json={"a": 1}).json() == [1]
    headers = [request[2]["Authorization"] for request in server.requests]
    assert headers == ["Bearer stale", "Bearer fresh"]
    assert tokens.rejected == ["stale"]
    server.responses.extend([response(401), response(401)])
    with pytest.raises(Unavailable, match="answered 401"):
        OutsideHttp("cdi", tokens).get("/v1/things")


def test_json_is_asked_for_and_bytes_are_named(server: FakeServer) -> None:
    """Some systems answer in another format unless they are asked for JSON."""
    OutsideHttp("cdi").get("/v1/things")
    OutsideHttp("cdi").get_bytes("/v1/things")
    OutsideHttp("cdi").request("POST", "/v1/things", content=b"%PDF")
    accept = [request[2]["Accept"] for request in server.requests]
    assert accept == ["application/json", "*/*", "application/json"]
    assert server.requests[2][2]["Content-Type"] == "application/octet-stream"
    assert "Content-Type" not in server.requests[0][2]


def test_the_end_of_a_method_is_logged_once_a_day(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    cache.clear()
    headers = {"Sunset": "Tue, 10 Nov 2026 00:00:00 GMT", "Link": "<https://docs>; rel=sunset"}
    server.responses.extend([response(**headers), response(**headers), response(**headers)])
    for path in ("/v1/things", "/v1/things", "/v2/others"):
        OutsideHttp("cdi").get(path)
    lines = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert [("/v1/things" in line, "10 Nov 2026" in line) for line in lines] == [
        (True, True),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("7", 7, 7), ("Fri, 01 Jan 2100 00:00:00 GMT", 1e6, 1e11), ("soon", None, None)],
)
def test_a_system_may_ask_to_wait(
    server: FakeServer, header: str, low: float | None, high: float | None
) -> None:
    server.responses.append(response(429, b"", Retry_After=header))
    with pytest.raises(Unavailable) as error:
        OutsideHttp("cdi").get("/v1/things")
    if low is None or high is None:
        assert error.value.retry_after is None
    else:
        assert error.value.retry_after is not None
        assert low <= error.value.retry_after <= high
