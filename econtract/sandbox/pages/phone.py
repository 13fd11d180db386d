"""The client's phone and mailbox."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from econtract.sandbox.models import TextMessage

_LAST = 100
# A code as our texts write it: after the word, or after `#` for the phone's autofill.
_CODE = re.compile(r"(?:#|код\w*[:\s-]{1,3})(\d{4,8})\b", re.IGNORECASE)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """SMS and e-mail, newest first, of everybody or of one addressee."""
    to = request.GET.get("to", "").strip()[:200]
    rows = TextMessage.objects.order_by("-id")
    if to:
        rows = rows.filter(to__contains=to)
    found = [{"row": row, "code": _code(row.text)} for row in rows[:_LAST]]
    addressees = TextMessage.objects.order_by("to").values_list("to", flat=True).distinct()[:50]
    context = {"found": found, "to": to, "addressees": addressees, "last": _LAST}
    return render(request, "sandbox/sms.html", context)


def _code(text: str) -> str:
    match = _CODE.search(text)
    return match[1] if match else ""
