"""What the sandbox's own protocols have in common (docs/protocols.md, section 1)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import functools
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import clock
from econtract.sandbox.models import SystemJournalEntry

Json = dict[str, Any]

# Errors stored with the idempotency key. Other errors (malformed, not found) may succeed later.
_STORED_STATUSES = (409, 422)


class ApiError(Exception):
    """A final error, sent to the caller as `{"code", "message"}`.

    A command must raise it before it writes anything: errors are stored in the same transaction
    that would have stored the effect.
    """

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code

    def to_response(self) -> JsonResponse:
        """The error as an HTTP response."""
        return JsonResponse({"code": self.code, "message": self.message}, status=self.status)


def bad_request(message: str) -> ApiError:
    """A 400 error; `message` must name the malformed field."""
    return ApiError(400, "bad_request", message)


@dataclass(frozen=True)
class JsonFields:
    """The JSON object of a request, read field by field; raises a 400 for a malformed field."""

    data: Json

    def text(self, name: str, *, required: bool = True, limit: int = 300) -> str:
        """A stripped string of at most `limit` characters; empty for null or a missing field."""
        value = self.data.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str) or len(value) > limit:
            raise bad_request(f"{name}: string of at most {limit} characters expected")
        if required and not value.strip():
            raise bad_request(f"{name} is required")
        return value.strip()

    def bytes(self, name: str) -> bytes:
        """The bytes of a base64 string, decoded strictly; empty for null or a missing field."""
        return decode_base64(self.text(name, required=False, limit=140_000_000), name)

    def number(self, name: str) -> float | None:
        """A number; None for null or a missing field."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**10:
            raise bad_request(f"{name}: number expected")
        return value

    def aware_time(self, name: str) -> dt.datetime | None:
        """An ISO 8601 time with a time zone; None for null or a missing field."""
        value = self.text(name, required=False)
        if not value:
            return None
        try:
            time = dt.datetime.fromisoformat(value)
        except ValueError:
            raise bad_request(f"{name}: ISO 8601 time expected") from None
        if time.tzinfo is None:
            raise bad_request(f"{name}: time zone expected")
        return time

    def subfields(self, name: str) -> JsonFields:
        """A nested object; empty for null or a missing field."""
        value = self.data.get(name) or {}
        if not isinstance(value, dict):
            raise bad_request(f"{name}: object expected")
        return JsonFields(value)


@dataclass(frozen=True)
class CommandResult:
    """The result of a command. `effective` False: nothing changed, so the journal hides it."""

    action: str
    body: Json
    reference: str = ""
    ref: str = ""
    status: int = 201
    effective: bool = True


@dataclass(frozen=True)
class ApiCall:
    """An authenticated request, the sandbox's time (`now`) and the fields of its body."""

    request: HttpRequest
    now: dt.datetime
    fields: JsonFields = field(default_factory=lambda: JsonFields({}))


QueryHandler = Callable[..., HttpResponseBase | Json]
CommandHandler = Callable[..., CommandResult]
View = Callable[..., HttpResponseBase]


def decode_base64(text: str, name: str) -> bytes:
    """The bytes of a base64 text; raises a 400 that names the field."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad_request(f"{name}: base64 expected") from None


def encode_base64(data: bytes | memoryview) -> str:
    """Standard base64 as text."""
    return base64.b64encode(data).decode()


def read_bearer_token(request: HttpRequest) -> str:
    """The bearer token; empty when it is missing or wrong."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return ""
    expected = settings.SANDBOX_TOKEN
    # `client-<inn>` acts for a client at the ЭДО operator (section 9).
    if expected and not hmac.compare_digest(token, expected) and not token.startswith("client-"):
        return ""
    return token


def query(handler: QueryHandler) -> View:
    """Make a GET view: checks the token and turns an ApiError into JSON."""

    @functools.wraps(handler)
    def view(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            _check_request(request, "GET")
            answer = handler(ApiCall(request, sandbox_time(request)), **path)
        except ApiError as error:
            return _echo_request_id(request, error.to_response())
        response = JsonResponse(answer) if isinstance(answer, dict) else answer
        return _echo_request_id(request, response)

    return csrf_exempt(view)


def command(system: str = "") -> Callable[[CommandHandler], View]:
    """Make a POST view with one effect and one response for each idempotency key.

    The write lock is held from reading the key to storing the response: of two calls with the same
    key the second waits and repeats the first response. The system is the argument here or, when
    that is empty, the path's `system`.
    """

    def decorate(handler: CommandHandler) -> View:
        @functools.wraps(handler)
        def view(request: HttpRequest, **path: str) -> HttpResponseBase:
            response: HttpResponse
            try:
                _check_request(request, "POST")
                key = request.headers.get("Idempotency-Key", "").strip()
                if not 0 < len(key) <= 100:
                    raise ApiError(400, "idempotency_key_required")
                call = ApiCall(request, sandbox_time(request), read_fields(request))
                response = _run_once(system or path["system"], key, call, handler, path)
            except ApiError as error:
                response = error.to_response()
            return _echo_request_id(request, response)

        return csrf_exempt(view)

    return decorate


def keyless_command(system: str) -> Callable[[CommandHandler], View]:
    """Make a POST view of a system without idempotency keys: every call has another effect."""

    def decorate(handler: CommandHandler) -> View:
        @functools.wraps(handler)
        def view(request: HttpRequest, **path: str) -> HttpResponseBase:
            try:
                _check_request(request, "POST")
                call = ApiCall(request, sandbox_time(request), read_fields(request))
                with transaction.atomic():
                    result = handler(call, **path)
                    _write_journal(system, call, result)
                response = JsonResponse(result.body, status=result.status)
            except ApiError as error:
                response = error.to_response()
            return _echo_request_id(request, response)

        return csrf_exempt(view)

    return decorate


def sandbox_time(request: HttpRequest) -> dt.datetime:
    """The sandbox's time, from the state that the autopilot's middleware has loaded already."""
    return clock.now(getattr(request, "sandbox_state", None))


def read_fields(request: HttpRequest) -> JsonFields:
    """The body as a JSON object; an empty body is an empty object."""
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json") from None
    if not isinstance(data, dict):
        raise ApiError(400, "bad_json", "JSON object expected")
    return JsonFields(data)


def _run_once(
    system: str, key: str, call: ApiCall, handler: CommandHandler, path: dict[str, str]
) -> HttpResponse:
    digest = hashlib.sha256(call.request.path.encode() + b"\n" + call.request.body).hexdigest()
    with transaction.atomic():
        entry = SystemJournalEntry.objects.filter(system=system, key=key).first()
        if entry:
            return _replay(entry, digest)
        try:
            result = handler(call, **path)
        except ApiError as error:
            if error.status not in _STORED_STATUSES:
                raise
            body = {"code": error.code, "message": error.message}
            result = CommandResult("refused", body, status=error.status, effective=False)
        _write_journal(system, call, result, key=key, digest=digest)
    return JsonResponse(result.body, status=result.status)


def _write_journal(
    system: str, call: ApiCall, result: CommandResult, *, key: str | None = None, digest: str = ""
) -> None:
    SystemJournalEntry.objects.create(
        system=system,
        action=result.action,
        key=key,
        digest=digest,
        status=result.status,
        body=result.body,
        effective=result.effective,
        reference=result.reference,
        ref=result.ref,
        at=call.now,
    )


def _replay(entry: SystemJournalEntry, digest: str) -> HttpResponse:
    if entry.digest != digest:
        raise ApiError(409, "idempotency_key_reused")
    SystemJournalEntry.objects.filter(pk=entry.pk).update(repeats=F("repeats") + 1)
    response = JsonResponse(entry.body, status=entry.status)
    response["Idempotency-Replayed"] = "true"
    return response


def _check_request(request: HttpRequest, method: str) -> None:
    if not read_bearer_token(request):
        raise ApiError(401, "unauthorized")
    if request.method != method:
        raise ApiError(405, "method_not_allowed")


def _echo_request_id(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    request_id = request.headers.get("X-Request-Id", "")
    if request_id and len(request_id) <= 100 and request_id.isprintable():
        response["X-Request-Id"] = request_id
    return response
