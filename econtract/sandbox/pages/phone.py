"""«Телефон подписанта»: what waits on the phones of our signatories."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from econtract.sandbox import phone
from econtract.sandbox.api.protocol import sandbox_time
from econtract.sandbox.models import PhoneRequest, PhoneRequestState

_MAX_ROWS = 50
_STATE_VARIANTS = {
    PhoneRequestState.CONFIRMED: "done",
    PhoneRequestState.DECLINED: "error",
    PhoneRequestState.EXPIRED: "closed",
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The requests that wait, oldest first, and the answered ones, newest first."""
    open_rows = phone.find_waiting().select_related("key").prefetch_related("documents")
    closed_rows = PhoneRequest.objects.exclude(answered_at=None).order_by("-answered_at", "-id")
    context = {
        "open_requests": [_build_item(row) for row in open_rows],
        "closed_requests": [
            _build_item(row)
            for row in closed_rows.select_related("key").prefetch_related("documents")[:_MAX_ROWS]
        ],
        "max_rows": _MAX_ROWS,
    }
    return render(request, "sandbox/phone.html", context)


@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """The signatory confirms or declines, or the autopilot is told not to."""
    now = sandbox_time(request)
    with transaction.atomic():
        row = get_object_or_404(PhoneRequest, ref=ref)
        if row.state != PhoneRequestState.WAITING:
            messages.error(request, "На этот запрос уже нельзя ответить")
        elif "silent" in request.POST:
            phone.mark_silent(PhoneRequest.objects.filter(pk=row.pk))
            messages.success(request, "Автопилот не будет отвечать на этот запрос")
        elif "confirm" in request.POST:
            phone.confirm(row, "signatory", now)
            messages.success(request, "Подписание подтверждено")
        else:
            phone.decline(row, "signatory", now)
            messages.success(request, "Подписание отклонено")
    return redirect("phone")


def _build_item(row: PhoneRequest) -> dict[str, object]:
    return {
        "row": row,
        "owner": row.key.owner_name,
        "system": phone.SYSTEM_NAMES[row.system],
        "documents": [document.name for document in row.documents.all()],
        "variant": _STATE_VARIANTS.get(PhoneRequestState(row.state), "waiting"),
    }
