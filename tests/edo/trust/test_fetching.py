"""Addresses of strangers: which ones are called, and how much is taken from them."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from edo.trust import fetching
from edo.trust.fetching import FetchFailed, check_url, fetch, is_public
from tests.support.fake_server import FakeServer, response, run_fake_server


@pytest.fixture
def server(settings: Any) -> Iterator[FakeServer]:
    """A server of our own network that we may call."""
    with run_fake_server() as server:
        settings.TRUST_PRIVATE_HOSTS = [server.url.removeprefix("http://")]
        yield server


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - that is the point
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "ff02::1",
    ],
)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://uc.example/a.crl",
        "ldap://uc.example/cn=a",
        "file:///etc/passwd",
        "http:///a.crl",
        "http://user:pass@uc.example/",
        "http://uc.example:22/",
        "https://uc.example:8443/",
        "http://[::1/",
        "http://uc.example:x/",
        "",
    ],
)
def test_other_addresses_are_never_called(url: str) -> None:
    with pytest.raises(FetchFailed) as error:
        check_url(url)
    assert error.value.is_refused


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "internal.example"])
def test_a_private_address_is_not_called(
    settings: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    settings.TRUST_PRIVATE_HOSTS = []
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [row])
    with pytest.raises(FetchFailed, match="открытого интернета") as error:
        fetch(f"http://{host}/uc.crl", max_bytes=100)
    assert error.value.is_refused


def test_the_address_that_was_checked_is_the_one_that_is_called(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers differently the second time gains nothing."""
    settings.TRUST_PRIVATE_HOSTS = []
    calls = []
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [row])

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> None:
        calls.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchFailed):
        fetch("http://uc.example/uc.crl", max_bytes=100)
    assert calls == [("93.184.216.34", 80)]


def test_a_redirect_into_our_network_is_not_followed(server: FakeServer) -> None:
    server.responses.append(response(302, b"", Location="http://10.0.0.1/secret"))
    with pytest.raises(FetchFailed) as error:
        fetch(f"{server.url}/uc.crl", max_bytes=100)
    assert error.value.is_refused


def test_redirects_are_followed_a_few_times(server: FakeServer) -> None:
    server.responses.append(response(301, b"", Location="/new.crl"))
    server.responses.append(response(200, b"list"))
    assert fetch(f"{server.url}/uc.crl", max_bytes=100).content == b"list"
    assert [path for _, path, _, _ in server.requests] == ["/uc.crl", "/new.crl"]
    server.responses.extend(response(302, b"", Location="/x") for _ in range(9))
    with pytest.raises(FetchFailed, match="перенаправлений"):
        fetch(f"{server.url}/uc.crl", max_bytes=100)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(200, b"x" * 101), "больше допустимого"),
        (response(404), "HTTP 404"),
        (response(500), "HTTP 500"),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "Нет ответа"),
    ],
    ids=["large", "404", "500", "nonsense"],
)
def test_bad_answers(server: FakeServer, answer: Any, reason: str) -> None:
    server.responses.append(answer)
    with pytest.raises(FetchFailed, match=reason) as error:
        fetch(f"{server.url}/uc.crl", max_bytes=100)
    assert not error.value.is_refused


def test_a_server_that_never_ends_is_left(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        with suppress(OSError):
            for _ in range(10):
                handler.wfile.write(b"x")
                time.sleep(0.1)

    server.responses.append(answer)
    with pytest.raises(FetchFailed):
        fetch(f"{server.url}/uc.crl", max_bytes=10_000)
