"""The HTTP client for all calls to outside systems.

It adds timeouts, a limited number of retries, headers with the token and the request id, size
limits and one log line per call, and raises only two errors. Bodies, query strings and the values
in paths are not logged.
"""

import atexit
import json as json_text
import logging
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.request_id import current_request_id

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 100 * 1024 * 1024
MAX_RESPONSE_BYTES = 110 * 1024 * 1024
RETRY_DELAYS_SECONDS = (0.1, 0.4)
TEMPORARY_STATUSES = frozenset({408, 425, 429})
ERROR_CODE_HEADERS = ("X-Diadoc-ErrorCode",)
POOL = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=15)
# The request may not have arrived, or the server had closed an idle connection.
CONNECTION_ERRORS = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
Query = Mapping[str, str | int | None]


@dataclass(frozen=True)
class OutsideResponse:
    """A successful (2xx) response whose body has been read."""

    system: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The parsed body. Raises Unavailable if it is not JSON: the system is at fault."""
        try:
            return json_text.loads(self.content)
        except ValueError:
            raise Unavailable(self.system, "the response is not JSON") from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the system asks to wait; None without the header."""
        return _parse_seconds(self.headers.get("Retry-After"))


@dataclass(frozen=True)
class _Call:
    """One call, the same for all its attempts. ``path_template`` is logged, ``url`` is not."""

    method: str
    path_template: str
    url: str
    params: dict[str, str | int]
    headers: dict[str, str]
    body: bytes | None
    key: str
    deadline: float
    max_response_bytes: int

    @property
    def can_retry(self) -> bool:
        return self.method == "GET" or bool(self.key)


class OutsideHttp:
    """The client of one outside system, named as in ``settings.OUTSIDE``.

    Creating one is cheap: connections are pooled per system and process, so it works after a fork.
    Every method raises only Unavailable (repeat later with the same key) or Refused (final, with
    the system's code). A path can have ``{named}`` parts; they are filled from ``args``, quoted.
    ``timeout`` is in seconds and covers all attempts together.
    """

    def __init__(self, system: str) -> None:
        self.system = system

    def get(
        self,
        path: str,
        *,
        params: Query | None = None,
        args: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """GET; the JSON of the response."""
        return self.request("GET", path, params=params, args=args, timeout=timeout).json()

    def get_bytes(
        self,
        path: str,
        *,
        params: Query | None = None,
        args: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> bytes:
        """GET; the body of the response."""
        return self.request("GET", path, params=params, args=args, timeout=timeout).content

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        params: Query | None = None,
        args: Mapping[str, str] | None = None,
        idempotency_key: UUID | str,
        timeout: float | None = None,
    ) -> Any:
        """POST with a JSON body; the JSON of the response.

        With the same ``idempotency_key`` the system acts once.
        """
        return self.request(
            "POST",
            path,
            json={} if json is None else json,
            params=params,
            args=args,
            idempotency_key=idempotency_key,
            timeout=timeout,
        ).json()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Query | None = None,
        args: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        idempotency_key: UUID | str | None = None,
        timeout: float | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
    ) -> OutsideResponse:
        """Any call, with a body of ``json`` or raw ``content``.

        After a connection error it is retried at most twice, within the timeout, and only if it
        is a GET or has an idempotency key.
        """
        body = content if json is None else json_text.dumps(json, ensure_ascii=False).encode()
        if body is not None and len(body) > MAX_REQUEST_BYTES:
            raise Refused(self.system, "too_large", "the request is over the size limit")
        key = "" if idempotency_key is None else str(idempotency_key)
        base_url, headers = self._base_url_and_headers(key, is_json=json is not None)
        path_values = {name: quote(value, safe="") for name, value in (args or {}).items()}
        call = _Call(
            method=method,
            path_template=path,
            url=base_url + (path.format(**path_values) if path_values else path),
            params={name: value for name, value in (params or {}).items() if value is not None},
            headers=headers,
            body=body,
            key=key,
            deadline=time.monotonic() + (timeout or settings.OUTSIDE_ANSWER_SECONDS),
            max_response_bytes=max_response_bytes,
        )
        return self._send_with_retries(call)

    def _base_url_and_headers(self, key: str, *, is_json: bool) -> tuple[str, dict[str, str]]:
        system = settings.OUTSIDE[self.system]
        if not system["url"]:
            raise Unavailable(self.system, f"no URL: set {self.system.upper()}_URL")
        headers = {
            "Authorization": f"Bearer {system['token']}",
            "X-Request-Id": current_request_id(),
        }
        if key:
            headers["Idempotency-Key"] = key
        if is_json:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return system["url"], headers

    def _send_with_retries(self, call: _Call) -> OutsideResponse:
        delays = iter(RETRY_DELAYS_SECONDS if call.can_retry else ())
        while True:
            try:
                return self._send(call)
            except CONNECTION_ERRORS as error:
                delay = next(delays, None)
                if delay is None or time.monotonic() + delay >= call.deadline:
                    raise Unavailable(self.system, type(error).__name__) from error
                time.sleep(delay)
            except httpx.TimeoutException as error:
                raise Unavailable(self.system, "no answer in time") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unavailable(self.system, type(error).__name__) from error

    def _send(self, call: _Call) -> OutsideResponse:
        started, status = time.monotonic(), "-"
        remaining = max(call.deadline - started, 0.001)
        try:
            with _client(self.system).stream(
                call.method,
                call.url,
                params=call.params,
                headers=call.headers,
                content=call.body,
                timeout=httpx.Timeout(
                    remaining, connect=min(remaining, settings.OUTSIDE_CONNECT_SECONDS)
                ),
            ) as response:
                status = str(response.status_code)
                body = self._read(response, call)
        except httpx.HTTPError as error:
            status = type(error).__name__
            raise
        finally:
            # Feeds are polled every two seconds: successful GETs are too many for INFO.
            is_routine = call.method == "GET" and status == "200"
            log.log(
                logging.DEBUG if is_routine else logging.INFO,
                "outside system=%s method=%s path=%s status=%s ms=%d key=%s",
                self.system,
                call.method,
                call.path_template,
                status,
                (time.monotonic() - started) * 1000,
                call.key or "-",
            )
        result = OutsideResponse(self.system, response.status_code, response.headers, body)
        if not response.is_success:
            raise _error_for(result)
        return result

    def _read(self, response: httpx.Response, call: _Call) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > call.max_response_bytes:
                raise Unavailable(self.system, "the response is over the size limit")
            if time.monotonic() > call.deadline:
                raise Unavailable(self.system, "no answer in time")
            parts.append(part)
        return b"".join(parts)


def _error_for(response: OutsideResponse) -> Unavailable | Refused:
    """4xx is final, except `TEMPORARY_STATUSES`. Any other status may succeed later."""
    system, status = response.system, response.status
    if 400 <= status < 500 and status not in TEMPORARY_STATUSES:
        return Refused(system, *_code_and_text(response))
    return Unavailable(system, f"answered {status}", retry_after=response.retry_after)


def _code_and_text(response: OutsideResponse) -> tuple[str, str]:
    for header in ERROR_CODE_HEADERS:
        if code := response.headers.get(header):
            return code[:100], response.content[:300].decode(errors="replace")
    try:
        body = json_text.loads(response.content)
    except ValueError:
        body = None
    if isinstance(body, dict) and isinstance(body.get("code"), str) and body["code"]:
        return body["code"][:100], str(body.get("message", ""))[:300]
    return f"http_{response.status}", ""


def _parse_seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() else None


_clients: dict[tuple[int, str], httpx.Client] = {}


def _client(system: str) -> httpx.Client:
    """The pool of ``system`` in this process: processes must not share one after a fork."""
    key = (os.getpid(), system)
    if key not in _clients:
        # Neither a proxy variable nor a redirect may send the data to another host.
        client = httpx.Client(
            limits=POOL, verify=_ssl_context(), trust_env=False, follow_redirects=False
        )
        if _clients.setdefault(key, client) is not client:  # another thread was faster
            client.close()
        else:
            atexit.register(client.close)
    return _clients[key]


@cache
def _ssl_context() -> ssl.SSLContext:
    """Trusts the certificate authorities of the operating system, or of SSL_CERT_FILE."""
    return ssl.create_default_context()
