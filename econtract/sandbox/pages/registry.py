"""CDI and ЕИП: their organisations and accounts."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from econtract.sandbox.api.protocol import sandbox_time
from econtract.sandbox.api.registry import find_organisations
from econtract.sandbox.models import EipAccount, Organisation

_MAX_ROWS = 50


class AccountForm(forms.Form):
    """A personal account to add."""

    account = forms.CharField(
        label="Лицевой счет",
        validators=[RegexValidator(r"^[0-9]{12}\Z", "Лицевой счет должен состоять из 12 цифр")],
        error_messages={"required": "Введите лицевой счет"},
    )
    inn = forms.CharField(
        label="ИНН клиента",
        validators=[RegexValidator(r"^([0-9]{10}|[0-9]{12})\Z", "ИНН состоит из 10 или 12 цифр")],
        error_messages={"required": "Введите ИНН"},
    )
    minutes = forms.IntegerField(
        label="Станет виден через, минут", min_value=0, max_value=100_000, initial=0
    )


@require_GET
def cdi(request: HttpRequest) -> HttpResponse:
    """Search for organisations in CDI."""
    text, now = request.GET.get("q", "").strip()[:200], sandbox_time(request)
    organisations = find_organisations(text, now.date())[:_MAX_ROWS] if text else []
    total = Organisation.objects.in_cdi(now.date()).count()
    context = {"q": text, "organisations": organisations, "total": total, "max_rows": _MAX_ROWS}
    return render(request, "sandbox/cdi.html", context)


@require_http_methods(["GET", "POST"])
def eip(request: HttpRequest) -> HttpResponse:
    """Accounts added by hand, and a form to add one."""
    form = AccountForm(request.POST or None)
    now = sandbox_time(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        visible_at = now + dt.timedelta(minutes=data["minutes"])
        EipAccount.objects.update_or_create(
            account=data["account"], inn=data["inn"], defaults={"visible_at": visible_at}
        )
        messages.success(request, f"Лицевой счет {data['account']} добавлен")
        return redirect("eip")
    accounts = EipAccount.objects.order_by("-id")[:_MAX_ROWS]
    context = {"form": form, "accounts": accounts, "now": now}
    return render(request, "sandbox/eip.html", context, status=422 if form.errors else 200)
