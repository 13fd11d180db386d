"""PostMessage: validate and store a message (docs/protocols.md, section 9.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from econtract.sandbox import faults, schedule
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.edo import entities, partners, rendering
from econtract.sandbox.edo.entities import PowerOfAttorneyToPost
from econtract.sandbox.edo.protocol import (
    EdoCall,
    EdoError,
    endpoint,
    idempotent,
    invalid_request,
)
from econtract.sandbox.edo.shelf import read_content_field
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoDocument, EdoMessage, FaultKind, Organisation

DOCUMENT_TYPES = ("Nonformalized", "Contract", "SupplementaryAgreement")
_LOCK_MODES = ("None", "Send", "Full")
_MAX_DOCUMENTS = 40


@dataclass(frozen=True)
class DocumentAttachment:
    """A validated `DocumentAttachment`."""

    fields: JsonFields
    metadata: list[dict[str, str]]
    custom_data: list[dict[str, str]]
    content: bytes
    signature: bytes
    power_of_attorney: PowerOfAttorneyToPost | None


@endpoint("POST")
@idempotent
def post_message(call: EdoCall) -> Callable[[], Json]:
    """POST /V3/PostMessage?operationId=."""
    sender = call.caller.box(call.fields.text("FromBoxId"))
    recipient = _find_recipient(call, sender)
    items = call.fields.data.get("DocumentAttachments")
    if not isinstance(items, list) or not 1 <= len(items) <= _MAX_DOCUMENTS:
        raise invalid_request("DocumentAttachments: 1..40 documents expected")
    attachments = [_parse_attachment(call, item) for item in items]
    if faults.consume_fault(call.request, FaultKind.POWER_OF_ATTORNEY_LOST):
        attachments = [replace(attachment, power_of_attorney=None) for attachment in attachments]
    fails_verification = (
        faults.consume_fault(call.request, FaultKind.SENDER_SIGNATURE_INVALID) is not None
    )
    return lambda: _store_message(call, sender, recipient, attachments, fails_verification)


def _find_recipient(call: EdoCall, sender: Organisation) -> Organisation:
    recipient = Organisation.objects.filter(box_id=call.fields.text("ToBoxId")).first()
    if recipient is None:
        raise EdoError(400, "Box.NotFound", "No box with such ToBoxId")
    partners.check_may_send(sender, recipient)
    return recipient


def _parse_attachment(call: EdoCall, item: Any) -> DocumentAttachment:
    if not isinstance(item, dict):
        raise invalid_request("DocumentAttachments: objects expected")
    fields = JsonFields(item)
    if fields.text("TypeNamedId") not in DOCUMENT_TYPES:
        raise invalid_request(f"TypeNamedId: one of {', '.join(DOCUMENT_TYPES)} expected")
    signed_content, owner = fields.subfields("SignedContent"), call.caller.shelf
    content, signature = (
        read_content_field(signed_content, owner),
        signed_content.bytes("Signature"),
    )
    if not content or not signature:
        raise invalid_request("SignedContent: content and Signature are required")
    return DocumentAttachment(
        fields,
        _parse_pairs(item, "Metadata"),
        _parse_pairs(item, "CustomData"),
        content,
        signature,
        entities.parse_power_of_attorney(signed_content, owner),
    )


def _parse_pairs(item: Json, name: str) -> list[dict[str, str]]:
    """A list of `{Key, Value}` strings; empty when it is missing."""
    values = item.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise invalid_request(f"{name}: list of Key and Value expected")
    pairs = [JsonFields(value) for value in values]
    return [
        {"Key": pair.text("Key"), "Value": pair.text("Value", required=False)} for pair in pairs
    ]


def _store_message(
    call: EdoCall,
    sender: Organisation,
    recipient: Organisation,
    attachments: list[DocumentAttachment],
    fails_verification: bool,
) -> Json:
    """Store message, documents, signatures and the sender's event; returns the `Message`."""
    operation_id = call.argument("operationId").lower()
    lock_mode = call.fields.text("LockMode", required=False) or "None"
    if lock_mode not in _LOCK_MODES:
        raise invalid_request("LockMode: None, Send or Full expected")
    message = EdoMessage.objects.create(
        message_id=str(uuid.uuid4()),
        from_box=sender.box_id or "",
        to_box=recipient.box_id or "",
        from_title=sender.short_name,
        to_title=recipient.short_name,
        lock_mode=lock_mode,
        operation_id=operation_id,
        at=call.now,
        patched_at=call.now,
    )
    for attachment in attachments:
        _store_document(call, message, attachment, fails_verification)
    body = rendering.render_message(message, message.from_box)
    entities.append_event(message.from_box, Message=body)
    first_id = attachments[0].fields.text("CustomDocumentId", required=False, limit=100)
    record_effect(
        "edo",
        "sent",
        "api",
        call.now,
        reference=first_id,
        ref=message.message_id,
        key=operation_id,
    )
    schedule.schedule_run(call.now)
    return body


def _store_document(
    call: EdoCall, message: EdoMessage, attachment: DocumentAttachment, fails_verification: bool
) -> None:
    fields = attachment.fields
    custom_id = fields.text("CustomDocumentId", required=False, limit=100)
    same_id = EdoDocument.objects.filter(
        custom_document_id=custom_id, message__from_box=message.from_box
    )
    if custom_id and same_id.exclude(message=message).exists():
        raise EdoError(409, "Message.Duplicate", "This CustomDocumentId was sent already")
    metadata = {pair["Key"]: pair["Value"] for pair in attachment.metadata}
    document = EdoDocument.objects.create(
        message=message,
        entity_id=entities.store_content(attachment.content),
        type_named_id=fields.text("TypeNamedId"),
        needs_signature=bool(fields.data.get("NeedRecipientSignature", False)),
        comment=fields.text("Comment", required=False, limit=5000),
        custom_document_id=custom_id,
        custom_data=attachment.custom_data,
        metadata=attachment.metadata,
        file_name=metadata.get("FileName") or "document.pdf",
        size=len(attachment.content),
        fails_verification=fails_verification,
        sent_at=call.now,
    )
    entities.add_signature(
        document, message.from_box, attachment.signature, attachment.power_of_attorney, call.now
    )
