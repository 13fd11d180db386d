"""Files generated for a document: ZIP, print form, protocol (docs/protocols.md, section 9.7)."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from collections.abc import Callable

import pikepdf
from django.http import HttpResponse, HttpResponseBase

from econtract.sandbox import clock, cms, faults
from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.edo import entities, shelf
from econtract.sandbox.edo.patches import find_document
from econtract.sandbox.edo.protocol import EdoCall, conflict, endpoint, still_running_response
from econtract.sandbox.models import EdoDocument, EdoEntity, FaultKind, Organisation, SigningKey

_Answer = HttpResponseBase | Json


def _document_handler(
    generate: Callable[[EdoCall, EdoDocument, str], _Answer],
) -> Callable[[EdoCall], _Answer]:
    """Find the document and generate the file, or return a 204 while a fault says so."""

    def handler(call: EdoCall) -> _Answer:
        box_id = call.caller.box(call.argument("boxId")).box_id or ""
        document = find_document(box_id, call.argument("messageId"), call.argument("documentId"))
        if faults.consume_fault(call.request, FaultKind.STILL_RUNNING):
            return still_running_response()
        return generate(call, document, box_id)

    return handler


@endpoint("GET", answer="Documents.DocumentZipGenerationResult")
@_document_handler
def generate_document_zip(call: EdoCall, document: EdoDocument, box_id: str) -> Json:
    """GET /GenerateDocumentZip: the ZIP is put on the caller's shelf."""
    # The same archive keeps its name until the document changes.
    state = f"{document.entity_id} {box_id} {document.message.patched_at.timestamp()}"
    name = f"dd-api-{uuid.uuid5(uuid.NAMESPACE_OID, state)}"
    name_on_shelf = shelf.put_item(call.caller.shelf, name, _build_zip(document, box_id), call.now)
    return {"ZipFileNameOnShelf": name_on_shelf}


@endpoint("GET")
@_document_handler
def generate_print_form(call: EdoCall, document: EdoDocument, box_id: str) -> HttpResponse:
    """GET /GeneratePrintForm: the PDF with a page of stamps at the end."""
    from econtract.sandbox.pdf import add_stamp_page  # WeasyPrint takes half a second to import

    try:
        content = add_stamp_page(
            entities.read_content(document.entity_id), build_stamps(document, box_id)
        )
    except pikepdf.PdfError:
        text = "Generating print form for this type of document is not supported"
        raise conflict(text) from None
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="print-form.pdf"'
    return response


@endpoint("GET", answer="Documents.DocumentProtocol")
@_document_handler
def generate_document_protocol(call: EdoCall, document: EdoDocument, box_id: str) -> Json:
    """GET /GenerateDocumentProtocol: the document's history, signed by the operator."""
    from econtract.sandbox.pdf import render_letter  # WeasyPrint takes half a second to import

    lines = [f"Документ {document.entity_id}, файл «{document.file_name}»"]
    lines += [
        f"Отправитель: {document.message.from_title}; получатель: {document.message.to_title}"
    ]
    lines += [f"Отправлен {_moscow_time(document.sent_at)}"]
    if document.delivered_at:
        lines.append(f"Доставлен {_moscow_time(document.delivered_at)}")
    lines += [line for stamp in build_stamps(document, box_id) for line in stamp]
    pdf = render_letter("Протокол передачи документа", lines)
    key = SigningKey.objects.get(role="operator")
    signature = cms.sign(pdf, bytes(key.private_key), bytes(key.certificate), call.now)
    return {"PrintForm": encode_base64(pdf), "Signature": encode_base64(signature)}


def build_stamps(document: EdoDocument, box_id: str) -> list[list[str]]:
    """The lines of a stamp for each signature of the document that the box sees."""
    return [
        _build_stamp(document, entity)
        for entity in entities.visible_entities(document, box_id)
        if entity.entity_type == "Signature" and entity.parent_entity_id == document.entity_id
    ]


def _build_stamp(document: EdoDocument, signature: EdoEntity) -> list[str]:
    check = cms.verify(
        entities.read_content(document.entity_id),
        entities.read_content(signature.entity_id),
        signature.at,
    )
    organisation = Organisation.objects.get(box_id=signature.signer_box)
    lines = [f"{organisation.short_name}: {check.owner}", f"Сертификат {check.serial}"]
    if check.not_before and check.not_after:
        dates = f"с {check.not_before:%d.%m.%Y} по {check.not_after:%d.%m.%Y}"
        lines.append(f"Действителен {dates}")
    if check.signed_at:
        lines.append(f"Время подписания {_moscow_time(check.signed_at)}")
    power = getattr(signature, "power_of_attorney", None)
    if power:
        lines.append(f"Доверенность {power.full_id.get('RegistrationNumber', '')}")
    return [*lines, check.problem or "Подпись соответствует файлу документа"]


def _moscow_time(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.MOSCOW):%d.%m.%Y %H:%M:%S} GMT+03:00"


def _build_zip(document: EdoDocument, box_id: str) -> bytes:
    """The document and all its entities. Names are short and collide, as the operator's do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(document.file_name[:40], entities.read_content(document.entity_id))
        for number, row in enumerate(entities.visible_entities(document, box_id), 1):
            suffix = "sgn" if row.entity_type == "Signature" else "xml"
            archive.writestr(
                f"{row.entity_id[:8]}-{number}.{suffix}", entities.read_content(row.entity_id)
            )
            power = getattr(row, "power_of_attorney", None)
            if power and power.content is not None:
                archive.writestr(f"MCHD/{row.entity_id[:8]}.xml", bytes(power.content))
                archive.writestr(f"MCHD/{row.entity_id[:8]}.sgn", bytes(power.content_signature))
    return buffer.getvalue()
