"""Fetching from addresses that strangers name: those in certificates and in the ТСЛ.

Nobody may have us call a system of our own network: an address is resolved once, and only public
addresses are connected to. TRUST_PRIVATE_HOSTS lists the exceptions.
"""

import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore
from django.conf import settings

log = logging.getLogger(__name__)

MAX_REDIRECTS = 3
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 30.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = {"http": 80, "https": 443}
# Translated to IPv4 by a router, so the address says nothing about where it leads.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchFailed(Exception):
    """The address cannot be fetched. ``is_refused``: we do not call it, and never will."""

    def __init__(self, reason: str, *, is_refused: bool = False) -> None:
        super().__init__(reason)
        self.is_refused = is_refused


@dataclass(frozen=True)
class FetchedFile:
    """The body of a response."""

    url: str
    content: bytes


def fetch(
    url: str, *, max_bytes: int, body: bytes | None = None, content_type: str = ""
) -> FetchedFile:
    """GET ``url``, or POST a ``body`` to it. Raises FetchFailed.

    Redirects of a GET are followed, at most MAX_REDIRECTS; every one is checked as the first.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        parts = check_url(url)
        log.info("trust fetch host=%s", parts.hostname)
        try:
            status, headers, content = _send(url, body, content_type, max_bytes, deadline)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise FetchFailed(f"Нет ответа: {type(error).__name__}.") from error
        except (OSError, ssl.SSLError, ValueError, UnicodeError) as error:
            raise FetchFailed(f"Нет ответа: {type(error).__name__}.") from error
        if status == 200:
            return FetchedFile(url, content)
        location = headers.get(b"location", b"").decode("latin-1")
        if status not in REDIRECTS or not location or body is not None:
            raise FetchFailed(f"Ответ HTTP {status}.")
        url = urljoin(url, location)
    raise FetchFailed("Слишком много перенаправлений.")


def check_url(url: str) -> SplitResult:
    """The parts of an address that we may call. Raises FetchFailed for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchFailed("Адрес не читается.", is_refused=True) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise FetchFailed("Адрес не HTTP и не HTTPS.", is_refused=True)
    is_usual_port = port is None or port == PORTS[parts.scheme]
    if not is_usual_port and not _is_private_allowed(parts.hostname, port or 0):
        raise FetchFailed("Порт не разрешен.", is_refused=True)
    return parts


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the public Internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if ip in NAT64 or ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast


class _PublicNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only, and to the very address that it has checked."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception = httpcore.ConnectError("the name has no address")
        for address in _resolve(host, port):
            if not is_public(address) and not _is_private_allowed(host, port):
                raise FetchFailed("Адрес не из открытого интернета.", is_refused=True)
            try:
                return self._backend.connect_tcp(address, port, timeout, local_address)
            except httpcore.ConnectError as reason:
                error = reason
        raise error


def _resolve(host: str, port: int) -> list[str]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _is_private_allowed(host: str, port: int) -> bool:
    allowed = settings.TRUST_PRIVATE_HOSTS
    return host in allowed or f"{host}:{port}" in allowed


def _send(
    url: str, body: bytes | None, content_type: str, max_bytes: int, deadline: float
) -> tuple[int, dict[bytes, bytes], bytes]:
    headers = [("Accept", "*/*"), ("Accept-Encoding", "identity"), ("User-Agent", "E-Contract")]
    if body is not None:
        headers.append(("Content-Type", content_type))
    left = max(deadline - time.monotonic(), 0.001)
    limits = {name: min(left, CONNECT_SECONDS) for name in ("connect", "pool")}
    timeout = limits | {"read": left, "write": left}
    with (
        httpcore.ConnectionPool(
            ssl_context=_get_ssl_context(), network_backend=_PublicNetwork()
        ) as pool,
        pool.stream(
            "GET" if body is None else "POST",
            url,
            headers=headers,
            content=body,
            extensions={"timeout": timeout},
        ) as response,
    ):
        content = bytearray()
        for part in response.iter_stream():
            content += part
            if len(content) > max_bytes:
                raise FetchFailed("Ответ больше допустимого размера.")
            if time.monotonic() > deadline:
                raise FetchFailed("Ответ приходит слишком долго.")
        return (
            response.status,
            {key.lower(): value for key, value in response.headers},
            bytes(content),
        )


@cache
def _get_ssl_context() -> ssl.SSLContext:
    """Trusts the certificate authorities of the operating system, or of SSL_CERT_FILE."""
    return ssl.create_default_context()
