"""The one way out: every call to an outside system is made here.

Time-outs, bounded repeats, identification headers, size limits, one log line a call, and two
errors only. Nothing of the body, the query or the path's values reaches the log.
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
from econtract.platform.common.requests import current_request_id

log = logging.getLogger(__name__)

LARGEST_BODY = 100 * 1024 * 1024
LARGEST_ANSWER = 110 * 1024 * 1024
PAUSES_BEFORE_REPEATS = (0.1, 0.4)
TEMPORARY_STATUSES = frozenset({408, 425, 429})
ERROR_CODE_HEADERS = ("X-Diadoc-ErrorCode",)
POOL = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=15)

# The other side may not have seen the call, or an idle connection was closed under our feet.
CONNECTION_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)

Query = Mapping[str, str | int | None]


@dataclass(frozen=True)
class Answer:
    """A successful (2xx) answer, read to its end."""

    system: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON. Raises Unavailable when it is not JSON: a fault of the other side."""
        try:
            return json_text.loads(self.content)
        except ValueError:
            raise Unavailable(self.system, "the answer is not JSON") from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks to wait, None when it does not say."""
        return _seconds(self.headers.get("Retry-After"))


@dataclass(frozen=True)
class _Call:
    """What is the same in every attempt of one call."""

    method: str
    template: str
    url: str
    params: dict[str, str | int]
    headers: dict[str, str]
    body: bytes | None
    key: str
    deadline: float
    largest_answer: int

    @property
    def repeatable(self) -> bool:
        return self.method == "GET" or bool(self.key)


class OutsideHttp:
    """The client of one outside system, named as in ``settings.OUTSIDE``.

    Cheap to make: connections are pooled per system and process, so it also works after a fork.
    Every method raises Unavailable (repeat later with the same key) or Refused (final, with the
    other side's code) and nothing else. A path may have ``{named}`` parts, filled from ``args``
    and quoted; only the unfilled path is logged. ``timeout`` (seconds) shortens the wait for a
    page's sake and covers all repeats together.
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
        """GET; the answer's JSON."""
        return self.request("GET", path, params=params, args=args, timeout=timeout).json()

    def get_bytes(
        self,
        path: str,
        *,
        params: Query | None = None,
        args: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> bytes:
        """GET; the answer's body as it is."""
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
        """POST of a JSON body; the answer's JSON. The same key never acts twice."""
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
        largest_answer: int = LARGEST_ANSWER,
    ) -> Answer:
        """One call with everything at the caller's choice: ``json`` or raw ``content``.

        A broken connection is repeated at most twice, at once and within the time allowed, and
        only for GET or with an idempotency key.
        """
        body = content if json is None else json_text.dumps(json, ensure_ascii=False).encode()
        if body is not None and len(body) > LARGEST_BODY:
            raise Refused(self.system, "too_large", "the request is over the size limit")
        key = "" if idempotency_key is None else str(idempotency_key)
        address, headers = self._address_and_headers(key, is_json=json is not None)
        filled = {name: quote(value, safe="") for name, value in (args or {}).items()}
        call = _Call(
            method=method,
            template=path,
            url=address + (path.format(**filled) if filled else path),
            params={name: value for name, value in (params or {}).items() if value is not None},
            headers=headers,
            body=body,
            key=key,
            deadline=time.monotonic() + (timeout or settings.OUTSIDE_ANSWER_SECONDS),
            largest_answer=largest_answer,
        )
        return self._attempts(call)

    def _address_and_headers(self, key: str, *, is_json: bool) -> tuple[str, dict[str, str]]:
        system = settings.OUTSIDE[self.system]
        if not system["url"]:
            raise Unavailable(self.system, f"no address: set {self.system.upper()}_URL")
        headers = {
            "Authorization": f"Bearer {system['token']}",
            "X-Request-Id": current_request_id(),
        }
        if key:
            headers["Idempotency-Key"] = key
        if is_json:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return system["url"], headers

    def _attempts(self, call: _Call) -> Answer:
        pauses = iter(PAUSES_BEFORE_REPEATS if call.repeatable else ())
        while True:
            try:
                return self._one(call)
            except CONNECTION_BROKEN as error:
                pause = next(pauses, None)
                if pause is None or time.monotonic() + pause >= call.deadline:
                    raise Unavailable(self.system, type(error).__name__) from error
                time.sleep(pause)
            except httpx.TimeoutException as error:
                raise Unavailable(self.system, "no answer in time") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unavailable(self.system, type(error).__name__) from error

    def _one(self, call: _Call) -> Answer:
        began, outcome = time.monotonic(), "-"
        left = max(call.deadline - began, 0.001)
        try:
            with _client(self.system).stream(
                call.method,
                call.url,
                params=call.params,
                headers=call.headers,
                content=call.body,
                timeout=httpx.Timeout(left, connect=min(left, settings.OUTSIDE_CONNECT_SECONDS)),
            ) as response:
                outcome = str(response.status_code)
                body = self._read(response, call)
        except httpx.HTTPError as error:
            outcome = type(error).__name__
            raise
        finally:
            # A question that was answered is the ordinary course: feeds are read every two seconds.
            usual = call.method == "GET" and outcome == "200"
            log.log(
                logging.DEBUG if usual else logging.INFO,
                "outside system=%s method=%s path=%s status=%s ms=%d key=%s",
                self.system,
                call.method,
                call.template,
                outcome,
                (time.monotonic() - began) * 1000,
                call.key or "-",
            )
        answer = Answer(self.system, response.status_code, response.headers, body)
        if not response.is_success:
            raise _failure(answer)
        return answer

    def _read(self, response: httpx.Response, call: _Call) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > call.largest_answer:
                raise Unavailable(self.system, "the answer is over the size limit")
            if time.monotonic() > call.deadline:
                raise Unavailable(self.system, "no answer in time")
            parts.append(part)
        return b"".join(parts)


def _failure(answer: Answer) -> Unavailable | Refused:
    """4xx is a final no, except those that speak of time; all else may be better later."""
    if 400 <= answer.status < 500 and answer.status not in TEMPORARY_STATUSES:
        code, message = _reason(answer)
        return Refused(answer.system, code, message)
    return Unavailable(answer.system, f"answered {answer.status}", retry_after=answer.retry_after)


def _reason(answer: Answer) -> tuple[str, str]:
    for header in ERROR_CODE_HEADERS:
        if code := answer.headers.get(header):
            return code[:100], answer.content[:300].decode(errors="replace")
    try:
        body = json_text.loads(answer.content)
    except ValueError:
        body = None
    if isinstance(body, dict) and isinstance(body.get("code"), str) and body["code"]:
        return body["code"][:100], str(body.get("message", ""))[:300]
    return f"http_{answer.status}", ""


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() else None


_clients: dict[tuple[int, str], httpx.Client] = {}


def _client(system: str) -> httpx.Client:
    """The pool of ``system`` in this process: a pool must not be shared across a fork."""
    place = (os.getpid(), system)
    if place not in _clients:
        # No proxy and no redirect: a stray variable or answer must not lead data elsewhere.
        fresh = httpx.Client(
            limits=POOL, verify=_trusted_authorities(), trust_env=False, follow_redirects=False
        )
        if _clients.setdefault(place, fresh) is not fresh:
            fresh.close()
        else:
            atexit.register(fresh.close)
    return _clients[place]


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """The machine's certificate authorities (SSL_CERT_FILE may name others)."""
    return ssl.create_default_context()
