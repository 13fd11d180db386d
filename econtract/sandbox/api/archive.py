"""Archives АПД and РИО Картотека over HTTP (docs/protocols.md, section 6)."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse

from econtract.sandbox import clock
from econtract.sandbox.api.protocol import (
    ApiCall,
    ApiError,
    CommandResult,
    Json,
    JsonFields,
    command,
    query,
)
from econtract.sandbox.models import ArchivedDocument, Habit, Organisation
from econtract.sandbox.numbers import make_barcode

_MAGIC_BYTES = {"document": b"%PDF-", "package": b"PK\x03\x04"}
_SKIPPED_BYTES = b"\xef\xbb\xbf\0\t\n\f\r "  # readers of PDF skip them at the start of a file


@command()
def submit_document(call: ApiCall, system: str) -> CommandResult:
    """POST /archive/<system>/v1/documents: store a file and assign its code."""
    fields, content = call.fields, call.fields.bytes("content")
    _check_acceptable(fields, content)
    row = ArchivedDocument.objects.create(
        archive=system,
        reference=fields.text("reference", limit=100),
        kind=fields.text("kind"),
        file_name=fields.text("file_name", limit=255),
        size=len(content),
        sha256=fields.text("sha256").lower(),
        document_number=fields.text("document_number", required=False, limit=100),
        document_kind=fields.text("document_kind", required=False, limit=100),
        client_inn=fields.text("client_inn", required=False, limit=12),
        account_number=fields.text("account_number", required=False, limit=20),
        document_code=fields.text("document_code", required=False, limit=20),
        lodged_at=call.now,
        content=content,
    )
    row.code = _make_code(row)
    row.save(update_fields=["code"])
    return CommandResult("lodged", {"code": row.code}, row.reference, row.code)


@query
def get_document(call: ApiCall, system: str, code: str) -> Json:
    """GET …/documents/<code>: the document's fields."""
    row = find_document(system, code)
    names = (
        "code kind reference file_name size sha256 document_number document_kind client_inn "
        "account_number document_code"
    )
    return {
        **{name: getattr(row, name) for name in names.split()},
        "lodged_at": clock.iso(row.lodged_at),
    }


@query
def get_content(call: ApiCall, system: str, code: str) -> HttpResponse:
    """GET …/documents/<code>/content: the bytes."""
    row = find_document(system, code, with_content=True)
    return HttpResponse(bytes(row.content), content_type="application/octet-stream")


def find_document(system: str, code: str, *, with_content: bool = False) -> ArchivedDocument:
    """The document with that code, its bytes deferred unless asked for; raises a 404."""
    rows = ArchivedDocument.objects.filter(archive=system, code=code)
    row = (rows if with_content else rows.defer("content")).first()
    if row is None:
        raise ApiError(404, "not_found")
    return row


def _check_acceptable(fields: JsonFields, content: bytes) -> None:
    """Raise a 422 for a file that an archive does not accept."""
    kind, inn = fields.text("kind"), fields.text("client_inn", required=False)
    if kind not in _MAGIC_BYTES:
        raise ApiError(422, "archive_rejected", f"Unknown kind {kind!r}")
    if not content.lstrip(_SKIPPED_BYTES).startswith(_MAGIC_BYTES[kind]):
        raise ApiError(422, "archive_rejected", f"The file format does not match the kind {kind}")
    if hashlib.sha256(content).hexdigest() != fields.text("sha256").lower():
        raise ApiError(422, "archive_rejected", "sha256 does not match the content")
    if inn and Organisation.objects.filter(inn=inn, habit=Habit.ARCHIVE_REJECTS).exists():
        raise ApiError(
            422, "archive_rejected", "The archive does not accept this client's documents"
        )


def _make_code(row: ArchivedDocument) -> str:
    """The barcode or id, from the primary key, which is never reused, not even after a reset."""
    if row.archive == "apd":
        return make_barcode(f"20{row.pk:010d}")
    return f"RIO-{row.lodged_at.year}-{row.pk:07d}"
