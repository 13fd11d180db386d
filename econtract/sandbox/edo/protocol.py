"""The manners of Diadoc's protocol (docs/protocols.md, section 9)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import faults
from econtract.sandbox.api.protocol import Fields, Json, Refused, bearer, read_fields, request_now
from econtract.sandbox.models import EdoOperation, FaultKind, JournalEntry, Organisation

# An operation whose process died may be taken over after that.
_ABANDONED = dt.timedelta(seconds=30)


class EdoRefused(Exception):
    """A refusal, told as a text with the header `X-Diadoc-ErrorCode`."""

    def __init__(self, status: int, code: str, text: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text or code

    def answer(self) -> HttpResponse:
        """The refusal as an HTTP answer."""
        answer = HttpResponse(
            self.text, status=self.status, content_type="text/plain; charset=utf-8"
        )
        answer["X-Diadoc-ErrorCode"] = self.code
        return answer


def malformed(text: str) -> EdoRefused:
    """400 for a request that is not of the form."""
    return EdoRefused(400, "Request.Malformed", text)


@dataclass(frozen=True)
class Caller:
    """Who speaks: our organisation (`inn` empty) or a client acting in its own box."""

    inn: str

    @property
    def shelf(self) -> str:
        """The caller's own name space on the shelf."""
        return self.inn or "ours"

    def organisations(self) -> list[Organisation]:
        """What the caller may act for, head office first."""
        rows = Organisation.objects.with_box().order_by("is_branch", "id")
        return list(rows.filter(inn=self.inn) if self.inn else rows.filter(is_ours=True))

    def box(self, box_id: str) -> Organisation:
        """The caller's organisation with that box; 403 for a box of somebody else."""
        row = Organisation.objects.filter(box_id=box_id or "-").first()
        if row is None or (row.inn != self.inn if self.inn else not row.is_ours):
            raise EdoRefused(403, "Box.Forbidden")
        return row


@dataclass(frozen=True)
class EdoCall:
    """A checked request on its way to a handler."""

    request: HttpRequest
    caller: Caller
    now: dt.datetime
    fields: Fields

    def argument(self, name: str) -> str:
        """A required argument of the query string."""
        value = self.request.GET.get(name, "")
        if not value or len(value) > 200:
            raise malformed(f"{name} is required")
        return value


Handler = Callable[[EdoCall], HttpResponseBase | Json]
View = Callable[[HttpRequest], HttpResponseBase]


def endpoint(method: str, *, json_body: bool = True) -> Callable[[Handler], View]:
    """A method of the protocol: token checked, refusals told Diadoc's way."""

    def decorate(handler: Handler) -> View:
        @functools.wraps(handler)
        def view(request: HttpRequest) -> HttpResponseBase:
            try:
                call = _call(request, method, json_body)
                answer = handler(call)
            except Refused as refused:
                return malformed(refused.message).answer()
            except EdoRefused as refused:
                return refused.answer()
            return JsonResponse(answer) if isinstance(answer, dict) else answer

        return csrf_exempt(view)

    return decorate


def once(prepare: Callable[[EdoCall], Callable[[], Json]]) -> Handler:
    """Idempotency by `operationId`.

    `prepare` reads and judges the request and returns the work to be done in one transaction with
    the memory of its answer. Only success is remembered; while the work runs, others get 204.
    """

    @functools.wraps(prepare)
    def handler(call: EdoCall) -> HttpResponseBase | Json:
        operation_id = call.argument("operationId").lower()
        if len(operation_id) > 100:
            raise malformed("operationId is too long")
        if faults.strike(call.request, FaultKind.STILL_RUNNING):
            return still_running()
        known = _begin(operation_id)
        if known is not None:
            return still_running() if known.answer is None else _repeated(known)
        try:
            work = prepare(call)
            with transaction.atomic():
                answer = work()
                EdoOperation.objects.filter(operation_id=operation_id).update(answer=answer)
        except BaseException:
            _unanswered(operation_id).delete()
            raise
        return answer

    return handler


def still_running() -> HttpResponse:
    """204: ask again in a second."""
    answer = HttpResponse(status=204)
    answer["Retry-After"] = "1"
    return answer


def _begin(operation_id: str) -> EdoOperation | None:
    """Take the operation on (None), or tell what is known of it."""
    started = dt.datetime.now(dt.UTC)
    try:
        with transaction.atomic():
            EdoOperation.objects.create(operation_id=operation_id, started_at=started)
    except IntegrityError:
        abandoned = _unanswered(operation_id).filter(started_at__lt=started - _ABANDONED)
        if abandoned.update(started_at=started):
            return None
        return EdoOperation.objects.filter(operation_id=operation_id).first() or EdoOperation()
    return None


def _unanswered(operation_id: str) -> QuerySet[EdoOperation]:
    # `answer=None` would look for a JSON null.
    return EdoOperation.objects.filter(operation_id=operation_id, answer__isnull=True)


def _repeated(operation: EdoOperation) -> Json:
    rows = JournalEntry.objects.filter(system="edo", key=operation.operation_id)
    rows.update(repeats=F("repeats") + 1)
    return dict(operation.answer or {})


def _call(request: HttpRequest, method: str, json_body: bool) -> EdoCall:
    token = bearer(request)
    if not token:
        raise EdoRefused(401, "Token.Invalid")
    if request.method != method:
        raise EdoRefused(405, "Method.NotAllowed")
    inn = token.removeprefix("client-") if token.startswith("client-") else ""
    fields = read_fields(request) if method == "POST" and json_body else Fields({})
    return EdoCall(request, Caller(inn), request_now(request), fields)
