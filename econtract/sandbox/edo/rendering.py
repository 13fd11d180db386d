"""Render messages, patches and entities as Diadoc's structures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.boxes import long_box_id
from econtract.sandbox.edo.documents import render_document_info
from econtract.sandbox.edo.entities import visible_entities
from econtract.sandbox.edo.powers import render_power, render_power_status
from econtract.sandbox.models import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoMessage,
    EdoPowerOfAttorney,
)


def render_message(row: EdoMessage, box_id: str, *, with_content: bool = False) -> Json:
    """`Message` in its current state, for the box."""
    entities: list[Json] = []
    for document in row.documents.order_by("id"):
        document.message = row
        if box_id == row.from_box or document.delivered_at:
            entities += _render_with_children(document, box_id)
    if with_content:
        _inject_content(entities)
    return {
        "MessageId": row.message_id,
        "TimestampTicks": ticks(row.at),
        "LastPatchTimestampTicks": ticks(row.patched_at),
        "FromBoxId": long_box_id(row.from_box),
        "FromTitle": row.from_title,
        "ToBoxId": long_box_id(row.to_box),
        "ToTitle": row.to_title,
        "Entities": entities,
        "IsDraft": False,
        "IsDeleted": False,
        "IsTest": True,
        "LockMode": row.lock_mode,
        "MessageType": "Letter",
    }


def render_patch(row: EdoMessage, entities: list[Json], now: dt.datetime, **flags: Any) -> Json:
    """`MessagePatch`: only what it adds to the message, and flags such as MessageIsDelivered."""
    return {
        "MessageId": row.message_id,
        "TimestampTicks": ticks(now),
        "Entities": entities,
        "ForDraft": False,
        "PatchId": str(uuid.uuid4()),
        "MessageType": "Letter",
        **flags,
    }


def render_document(row: EdoDocument, box_id: str) -> Json:
    """The `Entity` of a document with its `DocumentInfo`."""
    return {
        "EntityType": "Attachment",
        "EntityId": row.entity_id,
        "AttachmentType": row.type_named_id,
        "FileName": row.file_name,
        "NeedRecipientSignature": row.needs_signature,
        "RawCreationDate": ticks(row.sent_at),
        "Content": {"Size": row.size},
        "DocumentInfo": render_document_info(row, box_id),
        "Version": "v1",
    }


def render_entity(row: EdoEntity) -> Json:
    """The `Entity` of a signature, report, rejection or revocation."""
    body: Json = {
        "EntityType": row.entity_type,
        "EntityId": row.entity_id,
        "ParentEntityId": row.parent_entity_id,
        "RawCreationDate": ticks(row.at),
        "Content": {"Size": row.size},
        **row.info,
    }
    if row.entity_type == "Attachment":
        return body | {"AttachmentType": row.attachment_type, "FileName": row.file_name}
    return body | {
        "SignerBoxId": long_box_id(row.signer_box),
        "IsApprovementSignature": row.is_approval,
    }


def render_additions(rows: list[EdoEntity]) -> list[Json]:
    """The entities with their powers of attorney, and with the results of their checks."""
    bodies: list[Json] = []
    for row in rows:
        bodies.append(render_entity(row))
        power: EdoPowerOfAttorney | None = getattr(row, "power_of_attorney", None)
        if power:
            bodies.append(render_power(power, row))
            if power.status:
                bodies.append(render_power_status(power))
    return bodies


def _render_with_children(document: EdoDocument, box_id: str) -> list[Json]:
    rows = list(visible_entities(document, box_id))
    return [render_document(document, box_id), *render_additions(rows)]


def _inject_content(entities: list[Json]) -> None:
    """Add `Content.Data` to the entities that have content."""
    contents = EdoContent.objects.in_bulk([body["EntityId"] for body in entities])
    for body in entities:
        if content := contents.get(body["EntityId"]):
            body["Content"]["Data"] = encode_base64(content.data)
