"""The start page (systems, pending answers, clock, autopilot, habits) and the journal."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from econtract.sandbox import clock, state
from econtract.sandbox.faults import SYSTEMS, active_faults
from econtract.sandbox.models import Organisation, SandboxState, SystemJournalEntry

_HOUR = 3600
_STEPS = {"hour": _HOUR, "day": 24 * _HOUR, "week": 7 * 24 * _HOUR}
_PAGES = {
    "identity": "identity",
    "eip": "eip",
    "cdi": "cdi",
    "edo": "edo",
    "apd": "archive",
    "rio": "archive",
    "dss": "phone",
    "messages": "sms",
}
_ACTIONS = {
    "requested": "Запрошена идентификация",
    "answered": "Клиент ответил",
    "cancelled": "Запрос отозван",
    "accepted": "Документы приняты",
    "declined": "Документы не приняты",
    "created": "Создан кабинет",
    "invited": "Приглашен партнер",
    "sent": "Документ отправлен",
    "delivered": "Документ доставлен",
    "signed": "Подписано",
    "rejected": "Отказ в подписи",
    "revoked": "Документ аннулирован",
    "asked": "Запрошено подтверждение подписанта",
    "confirmed": "Подписант подтвердил",
    "expired": "Срок подтверждения истек",
    "lodged": "Принято в архив",
    "sms": "Отправлено СМС",
    "email": "Отправлено письмо",
}
_ACTORS = {
    "api": "E\u2011Contract",
    "client": "Клиент",
    "signatory": "Подписант",
    "autopilot": "Автопилот",
    "operator": "Оператор",
}
_MAX_ROWS = 200


class AutopilotForm(forms.Form):
    """The autopilot's switch and its delay."""

    on = forms.BooleanField(required=False)
    delay_seconds = forms.IntegerField(min_value=0, max_value=3600)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The state of the whole sandbox."""
    effect_counts = dict(
        SystemJournalEntry.objects.filter(effective=True)
        .values_list("system")
        .annotate(count=Count("id"))
        .order_by()
    )
    faulty = {fault.system for fault in active_faults()}
    systems = [
        {
            "name": name,
            "code": code,
            "page": _PAGES.get(code),
            "effect_count": effect_counts.get(code, 0),
            "is_faulty": code in faulty or "*" in faulty,
        }
        for code, name in SYSTEMS.items()
    ]
    organisations = Organisation.objects.filter(is_memorable=True, is_ours=False).order_by("id")
    context = {
        "systems": systems,
        "pending": state.count_pending(),
        "organisations": organisations,
    }
    return render(request, "sandbox/index.html", context)


@require_POST
def advance_clock(request: HttpRequest) -> HttpResponse:
    """Move the sandbox's clock forward, or back to real time."""
    step = request.POST.get("step", "")
    clock.shift(SandboxState.load().offset_seconds + _STEPS[step] if step in _STEPS else 0)
    messages.success(request, f"В песочнице {clock.now().astimezone(clock.MOSCOW):%d.%m.%Y %H:%M}")
    return redirect("index")


@require_POST
def switch_autopilot(request: HttpRequest) -> HttpResponse:
    """Switch the autopilot or change its delay."""
    form = AutopilotForm(request.POST)
    if form.is_valid():
        on = form.cleaned_data["on"]
        state.set_autopilot(on=on, delay=form.cleaned_data["delay_seconds"])
        messages.success(request, "Автопилот включен" if on else "Автопилот выключен")
    else:
        messages.error(request, "Задержка: от 0 до 3600 секунд")
    return redirect("index")


@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Delete everything that has happened."""
    state.reset()
    messages.success(request, "Песочница начата заново")
    return redirect("index")


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Real effects, newest first."""
    system = request.GET.get("system", "")
    rows = SystemJournalEntry.objects.filter(effective=True).order_by("-id")
    if system in SYSTEMS:
        rows = rows.filter(system=system)
    entries = [
        {
            "entry": entry,
            "system": SYSTEMS.get(entry.system, entry.system),
            "action": _ACTIONS.get(entry.action, entry.action),
            "actor": _ACTORS.get(entry.actor, entry.actor),
        }
        for entry in rows.defer("body")[:_MAX_ROWS]
    ]
    context = {"entries": entries, "systems": SYSTEMS, "system": system, "max_rows": _MAX_ROWS}
    return render(request, "sandbox/journal.html", context)
