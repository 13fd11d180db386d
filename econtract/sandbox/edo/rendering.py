"""Render messages, documents and entities as Diadoc's structures."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.entities import child_entities
from econtract.sandbox.models import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoMessage,
    EdoPowerOfAttorney,
)

_STATUS_TEXTS = {
    "WaitingForRecipientSignature": ("Info", "Ожидается подпись контрагента"),
    "WithRecipientSignature": ("Success", "Подписан контрагентом"),
    "RecipientSignatureRequestRejected": ("Error", "Контрагент отказал в подписи"),
    "InvalidRecipientSignature": ("Error", "Подпись контрагента не прошла проверку"),
}


def render_message(row: EdoMessage, box_id: str, *, with_content: bool = False) -> Json:
    """`Message` in its current state, for the box."""
    entities: list[Json] = []
    for document in row.documents.order_by("id"):
        document.message = row
        entities.append(render_document(document, box_id))
        entities += [render_entity(entity, row) for entity in child_entities(document)]
    if with_content:
        _inject_content(entities)
    return {
        "MessageId": row.message_id,
        "TimestampTicks": ticks(row.at),
        "LastPatchTimestampTicks": ticks(row.patched_at),
        "FromBoxId": row.from_box,
        "FromTitle": row.from_title,
        "ToBoxId": row.to_box,
        "ToTitle": row.to_title,
        "MessageType": "Letter",
        "LockMode": row.lock_mode,
        "IsDraft": False,
        "IsDeleted": False,
        "IsTest": True,
        "Entities": entities,
    }


def render_patch(
    row: EdoDocument, box_id: str, new_entities: Iterable[EdoEntity], now: dt.datetime
) -> Json:
    """`Patch`: the document in its current state, then the added entities."""
    return {
        "MessageId": row.message.message_id,
        "PatchId": str(uuid.uuid4()),
        "TimestampTicks": ticks(now),
        "ForDraft": False,
        "Entities": [
            render_document(row, box_id),
            *(render_entity(entity, row.message) for entity in new_entities),
        ],
    }


def render_document(row: EdoDocument, box_id: str) -> Json:
    """The `Entity` of a document with its `DocumentInfo`."""
    return {
        "EntityType": "Attachment",
        "EntityId": row.entity_id,
        "ParentEntityId": None,
        "AttachmentType": row.type_named_id,
        "FileName": row.file_name,
        "NeedRecipientSignature": row.needs_signature,
        "SignerBoxId": None,
        "RawCreationDate": ticks(row.sent_at),
        "Content": {"Size": row.size},
        "DocumentInfo": _render_document_info(row, box_id),
    }


def render_entity(row: EdoEntity, message: EdoMessage) -> Json:
    """The `Entity` of a signature, report, rejection or revocation."""
    body: Json = {
        "EntityType": row.entity_type,
        "EntityId": row.entity_id,
        "ParentEntityId": row.parent_entity_id,
        "AttachmentType": row.attachment_type,
        "FileName": row.file_name or None,
        "NeedRecipientSignature": False,
        "SignerBoxId": row.signer_box or None,
        "RawCreationDate": ticks(row.at),
        "Content": {"Size": row.size},
    }
    if row.entity_type == "Signature":
        body |= _render_power_of_attorney(row, message)
    return body


def _render_document_info(row: EdoDocument, box_id: str) -> Json:
    outbound = row.message.from_box == box_id
    number = row.value("DocumentNumber")
    severity, text = _STATUS_TEXTS.get(row.recipient_response_status, ("Info", "В обработке"))
    if row.revocation_status == "RevocationAccepted":
        severity, text = "Warning", "Аннулирован"
    return {
        "MessageId": row.message.message_id,
        "EntityId": row.entity_id,
        "CreationTimestampTicks": ticks(row.sent_at),
        "CounteragentBoxId": row.message.to_box if outbound else row.message.from_box,
        "DocumentDirection": "Outbound" if outbound else "Inbound",
        "TypeNamedId": row.type_named_id,
        "FileName": row.file_name,
        "DocumentNumber": number,
        "DocumentDate": row.value("DocumentDate"),
        "Title": f"{row.file_name} №{number}" if number else row.file_name,
        "CustomDocumentId": row.custom_document_id,
        "CustomData": row.custom_data,
        "Metadata": row.metadata,
        "SenderSignatureStatus": row.sender_signature_status,
        "RecipientResponseStatus": row.recipient_response_status,
        "RevocationStatus": row.revocation_status,
        "SendTimestampTicks": ticks(row.sent_at),
        "DeliveryTimestampTicks": row.delivered_at and ticks(row.delivered_at),
        "LockMode": row.message.lock_mode,
        "IsDeleted": False,
        "IsTest": True,
        "DocflowStatus": {"PrimaryStatus": {"Severity": severity, "StatusText": text}},
    }


def _render_power_of_attorney(row: EdoEntity, message: EdoMessage) -> Json:
    """The signature's power of attorney, with the field names of `SignatureV3`."""
    power: EdoPowerOfAttorney | None = getattr(row, "power_of_attorney", None)
    if power is None:
        # Our signatories need a power of attorney; the head of a client does not.
        name = "Required" if row.signer_box == message.from_box else "NotRequired"
        return {"PowerOfAttorneyAttachmentStatus": _render_attachment_status(name)}
    return {
        "PowerOfAttorneyAttachmentStatus": _render_attachment_status("Attached"),
        "PowerOfAttorney": {
            "Entity": {"EntityId": power.entity_id},
            "FullId": power.full_id,
            "Status": {
                "Severity": "Error" if power.status == "IsNotValid" else "Info",
                "StatusNamedId": power.status,
            },
            "SendingType": "Metadata" if power.content is None else "File",
        },
    }


def _render_attachment_status(name: str) -> dict[str, Any]:
    comment = "Подписант не руководитель, МЧД не приложена" if name == "Required" else ""
    return {"StatusName": f"PowerOfAttorney{name}", "Comment": comment}


def _inject_content(entities: list[Json]) -> None:
    ids = [body["EntityId"] for body in entities]
    contents = EdoContent.objects.in_bulk(ids)
    for body in entities:
        body["Content"]["Data"] = encode_base64(contents[body["EntityId"]].data)
