"""Archives АПД and РИО Картотека over HTTP (docs/protocols.md, section 6)."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse

from econtract.sandbox import clock
from econtract.sandbox.api.protocol import Call, Done, Fields, Json, Refused, command, query
from econtract.sandbox.models import ArchivedDocument, Habit, Organisation
from econtract.sandbox.numbers import barcode

_SIGNS = {"document": b"%PDF-", "package": b"PK\x03\x04"}


@command()
def lodge(call: Call, system: str) -> Done:
    """POST /archive/<system>/v1/documents: take a file in and give it its code."""
    fields, content = call.fields, call.fields.bytes("content")
    _accept(fields, content)
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
    row.code = _code(row)
    row.save(update_fields=["code"])
    return Done("lodged", {"code": row.code}, row.reference, row.code)


@query
def show(call: Call, system: str, code: str) -> Json:
    """GET …/documents/<code>: what is known of it."""
    row = find(system, code)
    names = (
        "code kind reference file_name size sha256 document_number document_kind client_inn "
        "account_number document_code"
    )
    return {
        **{name: getattr(row, name) for name in names.split()},
        "lodged_at": clock.iso(row.lodged_at),
    }


@query
def content(call: Call, system: str, code: str) -> HttpResponse:
    """GET …/documents/<code>/content: the bytes."""
    row = find(system, code, whole=True)
    return HttpResponse(bytes(row.content), content_type="application/octet-stream")


def find(system: str, code: str, *, whole: bool = False) -> ArchivedDocument:
    """A document by its code; 404 when the archive has none. `whole` reads the bytes too."""
    rows = ArchivedDocument.objects.filter(archive=system, code=code)
    row = (rows if whole else rows.defer("content")).first()
    if row is None:
        raise Refused(404, "not_found")
    return row


def _accept(fields: Fields, content: bytes) -> None:
    """422 for what an archive does not take."""
    kind, inn = fields.text("kind"), fields.text("client_inn", required=False)
    if kind not in _SIGNS:
        raise Refused(422, "archive_rejected", f"Unknown kind {kind!r}")
    if not content.startswith(_SIGNS[kind]):
        raise Refused(422, "archive_rejected", f"The file is not what a {kind} must be")
    if hashlib.sha256(content).hexdigest() != fields.text("sha256").lower():
        raise Refused(422, "archive_rejected", "sha256 is of other bytes")
    if inn and Organisation.objects.filter(inn=inn, habit=Habit.ARCHIVE_REJECTS).exists():
        raise Refused(422, "archive_rejected", "The archive does not take this client's documents")


def _code(row: ArchivedDocument) -> str:
    """The barcode or id, by the row's number, which even a reset does not give out twice."""
    if row.archive == "apd":
        return barcode(f"20{row.pk:010d}")
    return f"RIO-{row.lodged_at.year}-{row.pk:07d}"
