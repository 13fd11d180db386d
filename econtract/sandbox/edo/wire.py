"""Rendering of messages, entities and events as Diadoc's structures."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.clock import ticks
from econtract.sandbox.models import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoMessage,
    EdoPowerOfAttorney,
)

_TEXTS = {
    "WaitingForRecipientSignature": ("Info", "Ожидается подпись контрагента"),
    "WithRecipientSignature": ("Success", "Подписан контрагентом"),
    "RecipientSignatureRequestRejected": ("Error", "Контрагент отказал в подписи"),
    "InvalidRecipientSignature": ("Error", "Подпись контрагента не прошла проверку"),
}


def message(row: EdoMessage, box_id: str, *, with_content: bool = False) -> Json:
    """`Message` as the box sees it now."""
    entities: list[Json] = []
    for part in row.documents.order_by("id"):
        part.message = row
        entities.append(document(part, box_id))
        entities += [entity(child, row) for child in children(part)]
    if with_content:
        _inject(entities)
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


def patch(row: EdoDocument, box_id: str, added: Iterable[EdoEntity], now: dt.datetime) -> Json:
    """`Patch`: the document as it is now, then what is new."""
    return {
        "MessageId": row.message.message_id,
        "PatchId": str(uuid.uuid4()),
        "TimestampTicks": ticks(now),
        "ForDraft": False,
        "Entities": [document(row, box_id), *(entity(item, row.message) for item in added)],
    }


def emit(box_id: str, **content: Json) -> None:
    """Append an event (`Message=…` or `Patch=…`) to a box's feed."""
    EdoEvent.objects.create(box_id=box_id, event_id=str(uuid.uuid4()), body=content)


def children(row: EdoDocument) -> Iterable[EdoEntity]:
    """Signatures and the rest of a document, in order of appearance."""
    return row.entities.select_related("power_of_attorney").order_by("id")


def document(row: EdoDocument, box_id: str) -> Json:
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
        "DocumentInfo": _info(row, box_id),
    }


def entity(row: EdoEntity, owner: EdoMessage) -> Json:
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
        body |= _power(row, owner)
    return body


def _info(row: EdoDocument, box_id: str) -> Json:
    outbound = row.message.from_box == box_id
    number = row.value("DocumentNumber")
    severity, text = _TEXTS.get(row.recipient_response_status, ("Info", "В обработке"))
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


def _power(row: EdoEntity, owner: EdoMessage) -> Json:
    """The signature's power of attorney, by the names of `SignatureV3`."""
    attached: EdoPowerOfAttorney | None = getattr(row, "power_of_attorney", None)
    if attached is None:
        # The sender's signatories act by power of attorney; a client's head needs none.
        name = "Required" if row.signer_box == owner.from_box else "NotRequired"
        return {"PowerOfAttorneyAttachmentStatus": _attachment(name)}
    return {
        "PowerOfAttorneyAttachmentStatus": _attachment("Attached"),
        "PowerOfAttorney": {
            "Entity": {"EntityId": attached.entity_id},
            "FullId": attached.full_id,
            "Status": {
                "Severity": "Error" if attached.status == "IsNotValid" else "Info",
                "StatusNamedId": attached.status,
            },
            "SendingType": "Metadata" if attached.content is None else "File",
        },
    }


def _attachment(name: str) -> dict[str, Any]:
    comment = "Подписант не руководитель, МЧД не приложена" if name == "Required" else ""
    return {"StatusName": f"PowerOfAttorney{name}", "Comment": comment}


def _inject(entities: list[Json]) -> None:
    ids = [body["EntityId"] for body in entities]
    bytes_of = EdoContent.objects.in_bulk(ids)
    for body in entities:
        body["Content"]["Data"] = encode_base64(bytes_of[body["EntityId"]].data)
