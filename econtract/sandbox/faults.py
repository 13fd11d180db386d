"""Simulated faults: misbehaviour of the outside systems (docs/protocols.md, section 11)."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from http import HTTPStatus

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from econtract.sandbox.models import Fault, FaultKind

SYSTEMS = {
    "identity": "Госуслуги",
    "cabinet": "ЛК",
    "eip": "ЕИП",
    "cdi": "CDI",
    "edo": "Оператор ЭДО",
    "apd": "Архив АПД",
    "rio": "РИО Картотека",
    "signing": "Служба подписания",
    "dss": "КриптоПро DSS",
    "messages": "СМС и почта",
    "tsp": "Служба времени",
    "trust": "УЦ и Минцифры",
}
# Why an SMS is not delivered, as the simulated provider reports it.
UNDELIVERED_REASONS = {
    "subscriber_ban": "запрет рассылок",
    "sim_cooling": "SIM на охлаждении 24 ч",
    "absent": "абонент недоступен",
    "number_unknown": "номер не существует",
    "template_not_approved": "шаблон не согласован",
}
_SYSTEM_PATH = re.compile(
    r"^/(?:(cdi|eip|identity|cabinet|signing|messages)/v1/"
    r"|archive/(apd|rio)/v1/"
    r"|(dss)/(?:STS|SignServer)/"
    r"|(tsp)$"
    r"|(trust)/"
    r"|(?P<ca>ca)/(?:ocsp|[\w-]*crl\.der)$"
    r"|(edo)/(?:(?:[Vv]\d+/)?[A-Z]|oidc/))"
)
_WHOLE_REQUEST_KINDS = (FaultKind.SLOW, FaultKind.ERROR, FaultKind.DOWN, FaultKind.LOST_ANSWER)
_MAX_DELAY_SECONDS = 120
_EDO_TEXTS = {
    402: "The subscription to the API has ended",
    403: "Access to the box is denied",
    409: "Request processing is in progress. Please, retry later",
}


def system_from_path(path: str) -> str:
    """The outside system that a path belongs to; empty for pages and the control API."""
    match = _SYSTEM_PATH.match(path)
    if match is None:
        return ""
    return "trust" if match["ca"] else next(filter(None, match.groups()), "")


def active_faults() -> QuerySet[Fault]:
    """Faults that are not used up."""
    return Fault.objects.filter(Q(times_left=None) | Q(times_left__gt=0)).order_by("id")


def remove_faults(number: int | None = None) -> None:
    """Remove the fault with that id, or all faults."""
    faults = Fault.objects.all()
    (faults if number is None else faults.filter(pk=number)).delete()


class FaultsMiddleware:
    """Simulates faults of a whole request; handlers simulate the others with `consume_fault`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request, or fail in the way that an active fault says."""
        lost_answer: Fault | None = None
        for fault in _matching_faults(request):
            if fault.kind not in _WHOLE_REQUEST_KINDS or not _consume(fault):
                continue
            if fault.kind == FaultKind.SLOW:
                time.sleep(min(fault.seconds, _MAX_DELAY_SECONDS))
            elif fault.kind == FaultKind.LOST_ANSWER:
                lost_answer = fault
            elif fault.kind == FaultKind.ERROR:
                return _simulate_error(request, fault)
            else:
                return _drop_connection(request, 503)
        response = self.get_response(request)
        if lost_answer is None:
            return response
        response.close()
        if lost_answer.drop:
            return _drop_connection(request, 504)
        return _error_response(504, "answer_lost")


def consume_fault(request: HttpRequest, kind: FaultKind) -> Fault | None:
    """An active fault of that kind for this request, counted as used; None when there is none."""
    faults = (fault for fault in _matching_faults(request) if fault.kind == kind)
    return next((fault for fault in faults if _consume(fault)), None)


def _matching_faults(request: HttpRequest) -> list[Fault]:
    """Active faults that match the request; queried once for each request."""
    faults: list[Fault] | None = getattr(request, "_faults", None)
    if faults is None:
        system = system_from_path(request.path)
        rows = active_faults().filter(system__in=(system, "*"))
        faults = [row for row in rows if row.path_contains in request.path] if system else []
        request._faults = faults  # type: ignore[attr-defined]
    return faults


def _consume(fault: Fault) -> bool:
    """Count one use; False when another request has used the fault up."""
    if fault.times_left is None:
        return True
    active = Fault.objects.filter(pk=fault.pk, times_left__gt=0)
    return bool(active.update(times_left=F("times_left") - 1))


def _simulate_error(request: HttpRequest, fault: Fault) -> HttpResponse:
    response = _error_response(fault.status, fault.code)
    if request.path.startswith("/edo/oidc/"):
        response = JsonResponse({"error": fault.code}, status=fault.status)
    elif system_from_path(request.path) == "edo":
        response = _edo_error_response(fault)
    if fault.status == 429:
        response["Retry-After"] = "1"
    return response


def _error_response(status: int, code: str) -> HttpResponse:
    response = JsonResponse({"code": code, "message": "Simulated by the sandbox"}, status=status)
    response["X-Diadoc-ErrorCode"] = code
    return response


def _edo_error_response(fault: Fault) -> HttpResponse:
    """An error as the ЭДО operator sends it: a text and, unless the fault names one, its code."""
    phrase = HTTPStatus(fault.status).phrase if fault.status in set(HTTPStatus) else "Error"
    text = _EDO_TEXTS.get(fault.status, phrase)
    response = HttpResponse(text, status=fault.status, content_type="text/plain; charset=utf-8")
    code = fault.code
    if code == Fault._meta.get_field("code").default:
        code = f"DiadocApi.{phrase.title().replace(' ', '').replace('-', '')}"
    response["X-Diadoc-ErrorCode"] = code
    return response


def _drop_connection(request: HttpRequest, status: int) -> HttpResponse:
    """Close the connection under gunicorn; another server (runserver) sends this status instead."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return _error_response(status, "connection_broken")
