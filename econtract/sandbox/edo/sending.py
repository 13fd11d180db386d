"""PostMessage: judge a message and take it in (docs/protocols.md, section 9.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from econtract.sandbox import autopilot, faults
from econtract.sandbox.api.protocol import Fields, Json
from econtract.sandbox.edo import entities, wire
from econtract.sandbox.edo.entities import PowerOfAttorney
from econtract.sandbox.edo.organisations import partnership
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, malformed, once
from econtract.sandbox.edo.shelf import content_of
from econtract.sandbox.journal import record
from econtract.sandbox.models import EdoDocument, EdoMessage, FaultKind, Organisation

TYPES = ("Nonformalized", "Contract", "SupplementaryAgreement")
_LOCK_MODES = ("None", "Send", "Full")
_MOST_DOCUMENTS = 40


@dataclass(frozen=True)
class Attachment:
    """A judged `DocumentAttachment`."""

    fields: Fields
    metadata: list[dict[str, str]]
    custom_data: list[dict[str, str]]
    content: bytes
    signature: bytes
    power: PowerOfAttorney | None


@endpoint("POST")
@once
def post_message(call: EdoCall) -> Callable[[], Json]:
    """POST /V3/PostMessage?operationId=."""
    sender = call.caller.box(call.fields.text("FromBoxId"))
    recipient = _recipient(call, sender)
    given = call.fields.data.get("DocumentAttachments")
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_DOCUMENTS:
        raise malformed("DocumentAttachments: 1..40 documents expected")
    attachments = [_attachment(call, item) for item in given]
    if faults.strike(call.request, FaultKind.POWER_OF_ATTORNEY_LOST):
        attachments = [Attachment(**{**vars(item), "power": None}) for item in attachments]
    doomed = faults.strike(call.request, FaultKind.SENDER_SIGNATURE_INVALID) is not None
    return lambda: _store(call, sender, recipient, attachments, doomed)


def _recipient(call: EdoCall, sender: Organisation) -> Organisation:
    recipient = Organisation.objects.filter(box_id=call.fields.text("ToBoxId")).first()
    if recipient is None:
        raise EdoRefused(400, "Box.NotFound", "No box with such ToBoxId")
    if recipient.partners_only and not partnership(sender, recipient):
        raise EdoRefused(409, "Sociability.StrangersForbidden", "Only partners may send there")
    return recipient


def _attachment(call: EdoCall, item: Any) -> Attachment:
    if not isinstance(item, dict):
        raise malformed("DocumentAttachments: objects expected")
    fields = Fields(item)
    if fields.text("TypeNamedId") not in TYPES:
        raise malformed(f"TypeNamedId: one of {', '.join(TYPES)} expected")
    signed, owner = fields.section("SignedContent"), call.caller.shelf
    content, signature = content_of(signed, owner), signed.bytes("Signature")
    if not content or not signature:
        raise malformed("SignedContent: content and Signature are required")
    return Attachment(
        fields,
        _pairs(item, "Metadata"),
        _pairs(item, "CustomData"),
        content,
        signature,
        entities.power_of_attorney(signed, owner),
    )


def _pairs(item: Json, name: str) -> list[dict[str, str]]:
    """A list of `{Key, Value}` strings."""
    given = item.get(name) or []
    if not isinstance(given, list) or not all(isinstance(pair, dict) for pair in given):
        raise malformed(f"{name}: list of Key and Value expected")
    pairs = [Fields(pair) for pair in given]
    return [
        {"Key": pair.text("Key"), "Value": pair.text("Value", required=False)} for pair in pairs
    ]


def _store(
    call: EdoCall,
    sender: Organisation,
    recipient: Organisation,
    attachments: list[Attachment],
    doomed: bool,
) -> Json:
    """Write message, documents, signatures and the sender's event; the `Message` to answer."""
    operation_id = call.argument("operationId").lower()
    lock_mode = call.fields.text("LockMode", required=False) or "None"
    if lock_mode not in _LOCK_MODES:
        raise malformed("LockMode: None, Send or Full expected")
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
        _store_document(call, message, attachment, doomed)
    body = wire.message(message, message.from_box)
    wire.emit(message.from_box, Message=body)
    first = attachments[0].fields.text("CustomDocumentId", required=False, limit=100)
    record(
        "edo",
        "sent",
        "api",
        call.now,
        reference=first,
        ref=message.message_id,
        key=operation_id,
    )
    autopilot.wake(call.now)
    return body


def _store_document(
    call: EdoCall, message: EdoMessage, attachment: Attachment, doomed: bool
) -> None:
    fields = attachment.fields
    custom_id = fields.text("CustomDocumentId", required=False, limit=100)
    sent_before = EdoDocument.objects.filter(
        custom_document_id=custom_id, message__from_box=message.from_box
    )
    if custom_id and sent_before.exclude(message=message).exists():
        raise EdoRefused(409, "Message.Duplicate", "This CustomDocumentId was sent already")
    values = {pair["Key"]: pair["Value"] for pair in attachment.metadata}
    document = EdoDocument.objects.create(
        message=message,
        entity_id=entities.store_content(attachment.content),
        type_named_id=fields.text("TypeNamedId"),
        needs_signature=bool(fields.data.get("NeedRecipientSignature", False)),
        comment=fields.text("Comment", required=False, limit=5000),
        custom_document_id=custom_id,
        custom_data=attachment.custom_data,
        metadata=attachment.metadata,
        file_name=values.get("FileName") or "document.pdf",
        size=len(attachment.content),
        doomed=doomed,
        sent_at=call.now,
    )
    entities.add_signature(
        document, message.from_box, attachment.signature, attachment.power, call.now
    )
