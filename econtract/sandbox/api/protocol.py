"""The manners of our own protocols: tokens, JSON, errors, idempotency.

The rules are those of docs/protocols.md, section 1.
"""

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
from econtract.sandbox.models import JournalEntry

Json = dict[str, Any]

# Answers that stay the same for a key. The rest (bad form, missing thing) may be put right.
_REMEMBERED_REFUSALS = (409, 422)


class Refused(Exception):
    """A final refusal, told to the caller as `{"code", "message"}`.

    A command must raise it before it writes anything: refusals are remembered in the same
    transaction that would have held the effect.
    """

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code

    def answer(self) -> JsonResponse:
        """The refusal as an HTTP answer."""
        return JsonResponse({"code": self.code, "message": self.message}, status=self.status)


def bad_request(message: str) -> Refused:
    """A 400 whose message names the field at fault."""
    return Refused(400, "bad_request", message)


@dataclass(frozen=True)
class Fields:
    """The JSON object of a request, read field by field; anything malformed is a 400."""

    data: Json

    def text(self, name: str, *, required: bool = True, limit: int = 300) -> str:
        """A string without surrounding space; null and absent count as empty."""
        value = self.data.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str) or len(value) > limit:
            raise bad_request(f"{name}: string of at most {limit} characters expected")
        if required and not value.strip():
            raise bad_request(f"{name} is required")
        return value.strip()

    def bytes(self, name: str) -> bytes:
        """Base64 decoded strictly."""
        return decode_base64(self.text(name, required=False, limit=140_000_000), name)

    def number(self, name: str) -> float | None:
        """A JSON number or null."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**10:
            raise bad_request(f"{name}: number expected")
        return value

    def moment(self, name: str) -> dt.datetime | None:
        """An aware ISO 8601 time or null."""
        value = self.text(name, required=False)
        if not value:
            return None
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            raise bad_request(f"{name}: ISO 8601 time expected") from None
        if moment.tzinfo is None:
            raise bad_request(f"{name}: time zone expected")
        return moment

    def section(self, name: str) -> Fields:
        """A nested object; null and absent count as empty."""
        value = self.data.get(name) or {}
        if not isinstance(value, dict):
            raise bad_request(f"{name}: object expected")
        return Fields(value)


@dataclass(frozen=True)
class Done:
    """What a command did. `effective` False: nothing new happened, so the journal stays silent."""

    action: str
    body: Json
    reference: str = ""
    ref: str = ""
    status: int = 201
    effective: bool = True


@dataclass(frozen=True)
class Call:
    """A checked request on its way to a handler."""

    request: HttpRequest
    now: dt.datetime
    fields: Fields = field(default_factory=lambda: Fields({}))


Query = Callable[..., HttpResponseBase | Json]
Command = Callable[..., Done]
View = Callable[..., HttpResponseBase]


def decode_base64(text: str, name: str) -> bytes:
    """Bytes of a base64 text; 400 naming the field otherwise."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad_request(f"{name}: base64 expected") from None


def encode_base64(data: bytes | memoryview) -> str:
    """Standard base64 as text."""
    return base64.b64encode(data).decode()


def bearer(request: HttpRequest) -> str:
    """The bearer token, or an empty string when it is absent or wrong."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return ""
    expected = settings.SANDBOX_TOKEN
    # `client-<inn>` speaks for a client at the ЭДО operator (section 9).
    if expected and not hmac.compare_digest(token, expected) and not token.startswith("client-"):
        return ""
    return token


def query(handler: Query) -> View:
    """A GET of our protocols: token checked, refusals told as JSON."""

    @functools.wraps(handler)
    def view(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            _check(request, "GET")
            answer = handler(Call(request, request_now(request)), **path)
        except Refused as refused:
            return _echo(request, refused.answer())
        return _echo(request, JsonResponse(answer) if isinstance(answer, dict) else answer)

    return csrf_exempt(view)


def command(system: str = "") -> Callable[[Command], View]:
    """A POST of our protocols: one effect and one answer a key.

    The write lock is held from reading the key to storing the answer, so of two calls with one key
    the second waits and repeats. The system is named here or by the path's `system`.
    """

    def decorate(handler: Command) -> View:
        @functools.wraps(handler)
        def view(request: HttpRequest, **path: str) -> HttpResponseBase:
            try:
                _check(request, "POST")
                key = request.headers.get("Idempotency-Key", "").strip()
                if not 0 < len(key) <= 100:
                    raise Refused(400, "idempotency_key_required")
                call = Call(request, request_now(request), read_fields(request))
                answer = _once(system or path["system"], key, call, handler, path)
            except Refused as refused:
                answer = refused.answer()
            return _echo(request, answer)

        return csrf_exempt(view)

    return decorate


def request_now(request: HttpRequest) -> dt.datetime:
    """The sandbox's time, by the world the autopilot's middleware has read already."""
    return clock.now(getattr(request, "world", None))


def read_fields(request: HttpRequest) -> Fields:
    """The body as a JSON object; an empty body is an empty object."""
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, "bad_json") from None
    if not isinstance(data, dict):
        raise Refused(400, "bad_json", "JSON object expected")
    return Fields(data)


def _once(
    system: str, key: str, call: Call, handler: Command, path: dict[str, str]
) -> HttpResponse:
    digest = hashlib.sha256(call.request.path.encode() + b"\n" + call.request.body).hexdigest()
    with transaction.atomic():
        entry = JournalEntry.objects.filter(system=system, key=key).first()
        if entry:
            return _replay(entry, digest)
        try:
            done = handler(call, **path)
        except Refused as refused:
            if refused.status not in _REMEMBERED_REFUSALS:
                raise
            body = {"code": refused.code, "message": refused.message}
            done = Done("refused", body, status=refused.status, effective=False)
        JournalEntry.objects.create(
            system=system,
            action=done.action,
            key=key,
            digest=digest,
            status=done.status,
            body=done.body,
            effective=done.effective,
            reference=done.reference,
            ref=done.ref,
            at=call.now,
        )
    return JsonResponse(done.body, status=done.status)


def _replay(entry: JournalEntry, digest: str) -> HttpResponse:
    if entry.digest != digest:
        raise Refused(409, "idempotency_key_reused")
    JournalEntry.objects.filter(pk=entry.pk).update(repeats=F("repeats") + 1)
    answer = JsonResponse(entry.body, status=entry.status)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _check(request: HttpRequest, method: str) -> None:
    if not bearer(request):
        raise Refused(401, "unauthorized")
    if request.method != method:
        raise Refused(405, "method_not_allowed")


def _echo(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    request_id = request.headers.get("X-Request-Id", "")
    if request_id and len(request_id) <= 100 and request_id.isprintable():
        answer["X-Request-Id"] = request_id
    return answer
