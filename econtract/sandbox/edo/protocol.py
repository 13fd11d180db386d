"""What the methods of Diadoc's protocol have in common (docs/protocols.md, section 9)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import faults
from econtract.sandbox.api.protocol import (
    ApiError,
    Json,
    JsonFields,
    read_fields,
    sandbox_time,
)
from econtract.sandbox.edo import tokens
from econtract.sandbox.edo.boxes import parse_box_id
from econtract.sandbox.edo.wire import protobuf
from econtract.sandbox.models import EdoOperation, FaultKind, Organisation, SystemJournalEntry

# After this time a running operation counts as abandoned (its process died) and may be restarted.
_ABANDONED_AFTER = dt.timedelta(seconds=30)


class EdoError(Exception):
    """A final error, sent as text with the header `X-Diadoc-ErrorCode`."""

    def __init__(self, status: int, code: str, text: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text or code

    def to_response(self) -> HttpResponse:
        """The error as an HTTP response."""
        response = HttpResponse(
            self.text, status=self.status, content_type="text/plain; charset=utf-8"
        )
        response["X-Diadoc-ErrorCode"] = self.code
        return response


def invalid_request(text: str) -> EdoError:
    """A 400 error for a malformed request."""
    return EdoError(400, "DiadocApi.BadRequest", text)


def conflict(text: str) -> EdoError:
    """A 409 error without a code of its own."""
    return EdoError(409, "DiadocApi.Conflict", text)


def wrong_state(action: str) -> EdoError:
    """A 409 error: the document can no longer be signed, refused or revoked."""
    text = f"Текущее состояние документа не позволяет {action}"
    return EdoError(409, "DocumentService.InvalidDocumentState", text)


def document_not_found(message_id: str) -> EdoError:
    """A 404 error for a message, a document or an entity."""
    return EdoError(404, "DocumentService.DocumentNotFound", f"Сообщение {message_id} не найдено")


@dataclass(frozen=True)
class Caller:
    """Who sends the request: our organisation (`inn` empty) or a client acting in its own box."""

    inn: str

    @property
    def shelf(self) -> str:
        """The caller's name space on the shelf."""
        return self.inn or "ours"

    def organisations(self) -> list[Organisation]:
        """The organisations that the caller may act for, head office first."""
        rows = Organisation.objects.with_box().order_by("is_branch", "id")
        return list(rows.filter(inn=self.inn) if self.inn else rows.filter(is_ours=True))

    def box(self, box_id: str) -> Organisation:
        """The caller's organisation with that box; raises a 403 for any other box."""
        row = Organisation.objects.filter(box_id=parse_box_id(box_id) or "-").first()
        if row is None or (row.inn != self.inn if self.inn else not row.is_ours):
            raise EdoError(403, "DiadocApi.Forbidden", "Access to the box is denied")
        return row


@dataclass(frozen=True)
class EdoCall:
    """An authenticated request, its caller, the sandbox's time and the fields of its body."""

    request: HttpRequest
    caller: Caller
    now: dt.datetime
    fields: JsonFields

    def argument(self, name: str) -> str:
        """A required parameter of the query string."""
        value = self.request.GET.get(name, "")
        if not value or len(value) > 200:
            raise invalid_request(f"{name} is required")
        return value


EdoHandler = Callable[[EdoCall], HttpResponseBase | Json]
EdoView = Callable[[HttpRequest], HttpResponseBase]


def endpoint(method: str, *, body: str = "", answer: str = "") -> Callable[[EdoHandler], EdoView]:
    """Make a view for a method of the protocol: checks the token and sends errors Diadoc's way.

    `body` and `answer` name the messages of the request and of the response. They are in JSON
    where the request's Content-Type and Accept say so, otherwise in Protocol Buffers.
    """

    def decorate(handler: EdoHandler) -> EdoView:
        @functools.wraps(handler)
        def view(request: HttpRequest) -> HttpResponseBase:
            try:
                call = _read_call(request, method, body)
                result = handler(call)
            except ApiError as error:
                return invalid_request(error.message).to_response()
            except EdoError as error:
                return error.to_response()
            response = (
                _render_answer(request, result, answer) if isinstance(result, dict) else result
            )
            if faults.consume_fault(request, FaultKind.DEPRECATED):
                _announce_removal(response, call.now)
            return response

        return csrf_exempt(view)

    return decorate


def idempotent(prepare: Callable[[EdoCall], Callable[[], Json]]) -> EdoHandler:
    """Make a handler that is idempotent by `operationId`.

    `prepare` validates the request and returns the work; the work and its stored answer are one
    transaction. Only successful answers are stored. While the work runs, other calls get a 204.
    """

    @functools.wraps(prepare)
    def handler(call: EdoCall) -> HttpResponseBase | Json:
        operation_id = call.argument("operationId").lower()
        if len(operation_id) > 100:
            raise invalid_request("operationId is too long")
        if faults.consume_fault(call.request, FaultKind.STILL_RUNNING):
            return still_running_response()
        other = _claim_operation(operation_id)
        if other is not None:
            return still_running_response() if other.answer is None else _repeat_answer(other)
        try:
            work = prepare(call)
            with transaction.atomic():
                answer = work()
                EdoOperation.objects.filter(operation_id=operation_id).update(answer=answer)
        except BaseException:
            _find_unfinished(operation_id).delete()
            raise
        return answer

    return handler


def still_running_response() -> HttpResponse:
    """A 204 that asks the caller to try again in a second."""
    response = HttpResponse(status=204)
    response["Retry-After"] = "1"
    return response


def _announce_removal(response: HttpResponseBase, now: dt.datetime) -> None:
    """The headers of a method that will be removed in half a year."""
    response["Sunset"] = http_date((now + dt.timedelta(days=182)).timestamp())
    page = "https://developer.kontur.ru/doc/diadoc-api/howtostart/deprecationPolicy"
    response["Link"] = f'<{page}>;rel="sunset";type="text/html"'


def _claim_operation(operation_id: str) -> EdoOperation | None:
    """Start the operation and return None, or return the one that another call has started."""
    started_at = dt.datetime.now(dt.UTC)
    try:
        with transaction.atomic():
            EdoOperation.objects.create(operation_id=operation_id, started_at=started_at)
    except IntegrityError:
        stale = _find_unfinished(operation_id).filter(started_at__lt=started_at - _ABANDONED_AFTER)
        if stale.update(started_at=started_at):
            return None
        return EdoOperation.objects.filter(operation_id=operation_id).first() or EdoOperation()
    return None


def _find_unfinished(operation_id: str) -> QuerySet[EdoOperation]:
    # `answer=None` would compare with a JSON null.
    return EdoOperation.objects.filter(operation_id=operation_id, answer__isnull=True)


def _repeat_answer(operation: EdoOperation) -> Json:
    rows = SystemJournalEntry.objects.filter(system="edo", key=operation.operation_id)
    rows.update(repeats=F("repeats") + 1)
    return dict(operation.answer or {})


def _render_answer(request: HttpRequest, body: Json, message: str) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(protobuf.encode(body, message), content_type="application/octet-stream")


def _read_body(request: HttpRequest, message: str) -> JsonFields:
    if request.content_type == "application/json":
        return read_fields(request)
    try:
        return JsonFields(protobuf.decode(request.body, message))
    except ValueError as error:
        raise invalid_request(f"The body is no {message}: {error}") from None


def _read_call(request: HttpRequest, method: str, body: str) -> EdoCall:
    inn = tokens.identify_caller(request)
    if inn is None:
        raise EdoError(401, "DiadocApi.Unauthorized", "The token is missing, wrong or expired")
    if request.method != method:
        raise EdoError(405, "Method.NotAllowed")
    fields = _read_body(request, body) if body else JsonFields({})
    return EdoCall(request, Caller(inn), sandbox_time(request), fields)
