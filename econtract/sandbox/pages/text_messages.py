"""The client's SMS and e-mails."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from econtract.sandbox.faults import UNDELIVERED_REASONS
from econtract.sandbox.models import TextMessage

_MAX_ROWS = 100
# A code in our messages: before or after the word «код», or after `#` for the autofill of phones.
_CODE_PATTERN = re.compile(
    r"(?:#|код\w*[:\s-]{1,3})(\d{4,8})\b|\b(\d{4,8})(?=\s[–-]\sкод)", re.IGNORECASE
)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """SMS and e-mails of one address or of all, newest first."""
    to = request.GET.get("to", "").strip()[:200]
    rows = TextMessage.objects.order_by("-id")
    if to:
        rows = rows.filter(to__contains=to)
    text_messages = [
        {
            "row": row,
            "code": _find_code(row.text),
            "reason": UNDELIVERED_REASONS.get(row.reason, ""),
        }
        for row in rows[:_MAX_ROWS]
    ]
    addresses = TextMessage.objects.order_by("to").values_list("to", flat=True).distinct()[:50]
    context = {"text_messages": text_messages, "to": to, "addresses": addresses}
    return render(request, "sandbox/sms.html", context)


def _find_code(text: str) -> str:
    match = _CODE_PATTERN.search(text)
    return match[1] or match[2] if match else ""
