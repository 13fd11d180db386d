"""Generated files: the ZIP of a document, its print form, its protocol (section 9.4)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pikepdf
from django.http import HttpResponse, HttpResponseBase

from econtract.sandbox import clock, cms, faults
from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.edo import entities, shelf, wire
from econtract.sandbox.edo.patches import find
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, still_running
from econtract.sandbox.models import EdoDocument, EdoEntity, FaultKind, Organisation, SigningKey

_Answer = HttpResponseBase | Json


def _generated(make: Callable[[EdoCall, EdoDocument], _Answer]) -> Callable[[EdoCall], _Answer]:
    """Find the document, or say 204 when the fault `still_running` is in force."""

    def handler(call: EdoCall) -> _Answer:
        box_id = call.caller.box(call.argument("boxId")).box_id or ""
        document = find(box_id, call.argument("messageId"), call.argument("documentId"))
        if faults.strike(call.request, FaultKind.STILL_RUNNING):
            return still_running()
        return make(call, document)

    return handler


@endpoint("GET")
@_generated
def document_zip(call: EdoCall, document: EdoDocument) -> Json:
    """GET /GenerateDocumentZip: laid on the caller's shelf."""
    name = f"zip-{document.entity_id}-{int(document.message.patched_at.timestamp())}.zip"
    place = shelf.put(call.caller.shelf, name, _zip(document), call.now)
    return {"ZipFileNameOnShelf": place}


@endpoint("GET")
@_generated
def print_form(call: EdoCall, document: EdoDocument) -> HttpResponse:
    """GET /GeneratePrintForm: the PDF with a sheet of stamps at the end."""
    from econtract.sandbox.pdf import with_stamps  # WeasyPrint takes half a second to import

    try:
        content = with_stamps(entities.content(document.entity_id), stamps(document))
    except pikepdf.PdfError:
        text = "Generating print form for this type of document is not supported"
        raise EdoRefused(409, "PrintForm.Unsupported", text) from None
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="print-form.pdf"'
    return answer


@endpoint("GET")
@_generated
def protocol(call: EdoCall, document: EdoDocument) -> Json:
    """GET /GenerateDocumentProtocol: the course of the document, signed by the operator."""
    from econtract.sandbox.pdf import letter  # WeasyPrint takes half a second to import

    lines = [f"Документ {document.entity_id}, файл «{document.file_name}»"]
    lines += [
        f"Отправитель: {document.message.from_title}; получатель: {document.message.to_title}"
    ]
    lines += [f"Отправлен {_moscow(document.sent_at)}"]
    if document.delivered_at:
        lines.append(f"Доставлен {_moscow(document.delivered_at)}")
    lines += [line for stamp in stamps(document) for line in stamp]
    pdf = letter("Протокол передачи документа", lines)
    key = SigningKey.objects.get(role="operator")
    signature = cms.sign(pdf, bytes(key.private_key), bytes(key.certificate), call.now)
    return {"PrintForm": encode_base64(pdf), "Signature": encode_base64(signature)}


def stamps(document: EdoDocument) -> list[list[str]]:
    """The lines of a stamp for each signature under the document."""
    own = (row for row in wire.children(document) if row.parent_entity_id == document.entity_id)
    signatures = [row for row in own if row.entity_type == "Signature"]
    return [_stamp(document, signature) for signature in signatures]


def _stamp(document: EdoDocument, signature: EdoEntity) -> list[str]:
    verdict = cms.verify(
        entities.content(document.entity_id), entities.content(signature.entity_id), signature.at
    )
    organisation = Organisation.objects.get(box_id=signature.signer_box)
    lines = [f"{organisation.short_name}: {verdict.owner}", f"Сертификат {verdict.serial}"]
    if verdict.not_before and verdict.not_after:
        dates = f"с {verdict.not_before:%d.%m.%Y} по {verdict.not_after:%d.%m.%Y}"
        lines.append(f"Действителен {dates}")
    if verdict.signed_at:
        lines.append(f"Время подписания {_moscow(verdict.signed_at)}")
    power = getattr(signature, "power_of_attorney", None)
    if power:
        lines.append(f"Доверенность {power.full_id.get('RegistrationNumber', '')}")
    return [*lines, verdict.problem or "Подпись соответствует файлу документа"]


def _moscow(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.MOSCOW):%d.%m.%Y %H:%M:%S} GMT+03:00"


def _zip(document: EdoDocument) -> bytes:
    """Everything of the document; names are short and collide, as in real packages."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(document.file_name[:40], entities.content(document.entity_id))
        for number, row in enumerate(wire.children(document), 1):
            suffix = "sgn" if row.entity_type == "Signature" else "xml"
            archive.writestr(
                f"{row.entity_id[:8]}-{number}.{suffix}", entities.content(row.entity_id)
            )
            power = getattr(row, "power_of_attorney", None)
            if power and power.content is not None:
                archive.writestr(f"MCHD/{row.entity_id[:8]}.xml", bytes(power.content))
                archive.writestr(f"MCHD/{row.entity_id[:8]}.sgn", bytes(power.content_signature))
    return buffer.getvalue()
