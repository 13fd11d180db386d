"""Switch simulated faults on and off."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from econtract.sandbox.api.faults import create_fault
from econtract.sandbox.api.protocol import JsonFields
from econtract.sandbox.faults import (
    SYSTEMS,
    UNDELIVERED_REASONS,
    active_faults,
    remove_faults,
)
from econtract.sandbox.models import FaultKind


class FaultForm(forms.Form):
    """A fault to switch on."""

    system = forms.ChoiceField(
        label="Система", choices=[*SYSTEMS.items(), ("*", "Все системы")], initial="edo"
    )
    kind = forms.ChoiceField(label="Что происходит", choices=FaultKind.choices)
    times = forms.IntegerField(
        label="Сколько раз", help_text="Пусто – пока не выключите", required=False, min_value=1,
        max_value=1_000_000,
    )  # fmt: skip
    seconds = forms.IntegerField(
        label="Задержка, секунд", help_text="Для медленного ответа", initial=3, min_value=0,
        max_value=120,
    )  # fmt: skip
    status = forms.IntegerField(
        label="Код ответа", help_text="Для ответа ошибкой", initial=500, min_value=400,
        max_value=599,
    )  # fmt: skip
    code = forms.ChoiceField(
        label="Причина", help_text="Для СМС и почты, которые не доставлены", required=False,
        choices=[("", "Без понятной причины"), *UNDELIVERED_REASONS.items()],
    )  # fmt: skip
    path_contains = forms.CharField(
        label="Только адреса, где есть", help_text="Например, PostMessage", required=False,
        max_length=100,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Active faults, and a form to switch one on."""
    form = FaultForm(request.POST or None)
    if request.method == "POST" and "all" in request.POST:
        remove_faults()
        messages.success(request, "Все сбои выключены")
        return redirect("faults")
    if request.method == "POST" and form.is_valid():
        create_fault(JsonFields(form.cleaned_data))
        messages.success(request, "Сбой включен")
        return redirect("faults")
    names = {**SYSTEMS, "*": "Все системы"}
    faults = [{"fault": fault, "system": names[fault.system]} for fault in active_faults()]
    context = {"form": form, "faults": faults}
    return render(request, "sandbox/faults.html", context, status=422 if form.errors else 200)


@require_POST
def remove_fault(request: HttpRequest, number: int) -> HttpResponse:
    """Switch one fault off."""
    remove_faults(number)
    messages.success(request, "Сбой выключен")
    return redirect("faults")
