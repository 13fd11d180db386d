"""The archives: search by barcode or id, download a file."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from econtract.sandbox.models import ArchivedDocument

_MAX_ROWS = 100


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Files with that code, or the newest files."""
    code = request.GET.get("code", "").strip()[:40]
    rows = ArchivedDocument.objects.defer("content").order_by("-id")
    if code:
        rows = rows.filter(Q(code__iexact=code) | Q(document_code__iexact=code))
    context = {"documents": rows[:_MAX_ROWS], "code": code, "max_rows": _MAX_ROWS}
    return render(request, "sandbox/archive.html", context)


@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Download a file under its original name."""
    row = get_object_or_404(ArchivedDocument, code=code)
    response = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    disposition = content_disposition_header(as_attachment=True, filename=row.file_name)
    response["Content-Disposition"] = disposition or "attachment"
    return response
