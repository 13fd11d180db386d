"""Misbehaviour on demand (docs/protocols.md, section 11)."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable

from django.db.models import F, Q
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
    "messages": "СМС и почта",
}
_API = re.compile(
    r"^/(?:(cdi|eip|identity|cabinet|signing|messages)/v1/"
    r"|archive/(apd|rio)/v1/"
    r"|(edo)/(?:V\d+/)?[A-Z])"
)
_BY_MIDDLEWARE = (FaultKind.SLOW, FaultKind.ERROR, FaultKind.DOWN, FaultKind.LOST_ANSWER)
_LONGEST = 120


def system_of(path: str) -> str:
    """The outside system that a path belongs to; empty for pages, control and files."""
    match = _API.match(path)
    return next(filter(None, match.groups()), "") if match else ""


class FaultsMiddleware:
    """Applies the faults that concern a whole request; the others wait for `strike`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or fail to as the faults in force demand."""
        lost: Fault | None = None
        for fault in _in_force(request):
            if fault.kind not in _BY_MIDDLEWARE or not _take(fault):
                continue
            if fault.kind == FaultKind.SLOW:
                time.sleep(min(fault.seconds, _LONGEST))
            elif fault.kind == FaultKind.LOST_ANSWER:
                lost = fault
            else:
                return _error(fault) if fault.kind == FaultKind.ERROR else _broken(request, 503)
        response = self.get_response(request)
        if lost is None:
            return response
        response.close()
        return _broken(request, 504) if lost.drop else _told(504, "answer_lost")


def strike(request: HttpRequest, kind: FaultKind) -> Fault | None:
    """Use up a fault of that kind for this request, if one is in force."""
    return next(
        (fault for fault in _in_force(request) if fault.kind == kind and _take(fault)), None
    )


def _in_force(request: HttpRequest) -> list[Fault]:
    """Faults that match the request, read once."""
    known: list[Fault] | None = getattr(request, "_faults", None)
    if known is None:
        system = system_of(request.path)
        alive = Q(times_left=None) | Q(times_left__gt=0)
        rows = Fault.objects.filter(alive, system__in=(system, "*")).order_by("id")
        known = [row for row in rows if row.path_contains in request.path] if system else []
        request._faults = known  # type: ignore[attr-defined]
    return known


def _take(fault: Fault) -> bool:
    """Count one use; False when another request has used it up."""
    if fault.times_left is None:
        return True
    left = Fault.objects.filter(pk=fault.pk, times_left__gt=0)
    return bool(left.update(times_left=F("times_left") - 1))


def _error(fault: Fault) -> HttpResponse:
    answer = _told(fault.status, fault.code)
    if fault.status == 429:
        answer["Retry-After"] = "1"
    return answer


def _told(status: int, code: str) -> HttpResponse:
    answer = JsonResponse({"code": code, "message": "Simulated by the sandbox"}, status=status)
    answer["X-Diadoc-ErrorCode"] = code
    return answer


def _broken(request: HttpRequest, status: int) -> HttpResponse:
    """Cut the connection under gunicorn; elsewhere (runserver) only say that we would."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return _told(status, "connection_broken")
