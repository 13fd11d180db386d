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
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http_responses import (
    UNAUTHORIZED,
    OutsideResponse,
    build_error,
    log_deprecation,
)
from econtract.platform.common.http_tokens import StaticToken, TokenSource
from econtract.platform.common.request_id import current_request_id

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 100 * 1024 * 1024
MAX_RESPONSE_BYTES = 110 * 1024 * 1024
RETRY_DELAYS_SECONDS = (0.1, 0.4)
JSON = "application/json"
ANY_FORMAT = "*/*"
BINARY = "application/octet-stream"
POOL = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=15)
# The request may not have arrived, or the server had closed an idle connection.
CONNECTION_ERRORS = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
Query = Mapping[str, str | int | None]


@dataclass(frozen=True)
class _Call:
    """One call, the same for all its attempts. ``path_template`` is logged, ``url`` is not.

    An empty ``token`` sends no Authorization header.
    """

    method: str
    path_template: str
    url: str
    params: dict[str, str | int]
    headers: dict[str, str]
    token: str
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
    ``timeout`` is in seconds and covers all attempts together. ``tokens`` renews a token that the
    system rejects; by default the token is that of the settings. ``scheme`` is the scheme of the
    header Authorization.
    """

    def __init__(
        self, system: str, tokens: TokenSource | None = None, *, scheme: str = "Bearer"
    ) -> None:
        self.system = system
        self._tokens = tokens or StaticToken(system)
        self._scheme = scheme

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
        return self.request(
            "GET", path, params=params, args=args, timeout=timeout, accept=ANY_FORMAT
        ).content

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
        accept: str = JSON,
        content_type: str = BINARY,
    ) -> OutsideResponse:
        """Any call, with a body of ``json``, or of raw ``content`` of the type ``content_type``.

        After a connection error it is retried at most twice, within the timeout, and only if it
        is a GET or has an idempotency key. After a 401 the token is renewed once.
        """
        body = content if json is None else json_text.dumps(json, ensure_ascii=False).encode()
        if body is not None and len(body) > MAX_REQUEST_BYTES:
            raise Refused(self.system, "too_large", "the request is over the size limit")
        key = "" if idempotency_key is None else str(idempotency_key)
        if json is not None:
            content_type = f"{JSON}; charset=utf-8"
        base_url = self._get_base_url()
        path_values = {name: quote(value, safe="") for name, value in (args or {}).items()}
        call = _Call(
            method=method,
            path_template=path,
            url=base_url + (path.format(**path_values) if path_values else path),
            params={name: value for name, value in (params or {}).items() if value is not None},
            headers=_build_headers(key, accept, content_type if body is not None else ""),
            token=self._tokens.get(),
            body=body,
            key=key,
            deadline=time.monotonic() + (timeout or settings.OUTSIDE_ANSWER_SECONDS),
            max_response_bytes=max_response_bytes,
        )
        try:
            return self._send_with_retries(call)
        except Unavailable as error:
            if error.code != UNAUTHORIZED:
                raise
            return self._send_with_retries(replace(call, token=self._tokens.renew(call.token)))

    def _get_base_url(self) -> str:
        url = settings.OUTSIDE[self.system]["url"]
        if not url:
            raise Unavailable(self.system, f"no URL: set {self.system.upper()}_URL")
        return url

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
                headers=call.headers | _build_authorization(self._scheme, call.token),
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
        log_deprecation(result, call.method, call.path_template)
        if not result.is_success:
            raise build_error(result)
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


def _build_headers(key: str, accept: str, content_type: str) -> dict[str, str]:
    """The headers of a call; ``key`` and ``content_type`` may be empty."""
    headers = {"Accept": accept, "X-Request-Id": current_request_id()}
    if key:
        headers["Idempotency-Key"] = key
    if content_type:
        headers["Content-Type"] = content_type
    return headers


def _build_authorization(scheme: str, token: str) -> dict[str, str]:
    return {"Authorization": f"{scheme} {token}"} if token else {}


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
