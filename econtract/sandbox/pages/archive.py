"""Search in the archives by barcode and by id."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from econtract.sandbox.models import ArchivedDocument

_LAST = 100


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Files with that code, or the newest."""
    code = request.GET.get("code", "").strip()[:40]
    rows = ArchivedDocument.objects.defer("content").order_by("-id")
    if code:
        rows = rows.filter(Q(code__iexact=code) | Q(document_code__iexact=code))
    context = {"documents": rows[:_LAST], "code": code, "last": _LAST}
    return render(request, "sandbox/archive.html", context)


@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Download under the name it was lodged with."""
    row = get_object_or_404(ArchivedDocument, code=code)
    answer = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    disposition = content_disposition_header(as_attachment=True, filename=row.file_name)
    answer["Content-Disposition"] = disposition or "attachment"
    return answer
