"""PostMessage: validate and store a message (docs/protocols.md, section 9.4)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from econtract.sandbox import clock, faults
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.edo import entities, partners, powers, rendering
from econtract.sandbox.edo.boxes import HEAD_DEPARTMENT, parse_box_id
from econtract.sandbox.edo.powers import PowerOfAttorneyToPost
from econtract.sandbox.edo.protocol import (
    EdoCall,
    EdoError,
    conflict,
    endpoint,
    idempotent,
    invalid_request,
)
from econtract.sandbox.edo.shelf import read_content_field
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoDocument, EdoMessage, FaultKind, Organisation

# The metadata that each type requires.
DOCUMENT_TYPES = {
    "Nonformalized": (),
    "Contract": ("DocumentNumber", "DocumentDate"),
    "SupplementaryAgreement": (
        "DocumentNumber",
        "DocumentDate",
        "ContractNumber",
        "ContractDate",
    ),
}
_LATE_CHECK = dt.timedelta(minutes=1)
_LOCK_MODES = ("None", "Send", "Full")
_MAX_DOCUMENTS = 40


@dataclass(frozen=True)
class SendingFaults:
    """Faults of the checks that follow the sending."""

    fails_verification: bool
    is_power_late: bool
    is_power_invalid: bool


@dataclass(frozen=True)
class DocumentAttachment:
    """A validated `DocumentAttachment`."""

    fields: JsonFields
    metadata: list[dict[str, str]]
    custom_data: list[dict[str, str]]
    content: bytes
    signature: bytes
    power_of_attorney: PowerOfAttorneyToPost | None


@endpoint("POST", body="Events.MessageToPost", answer="Events.Message")
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
    kinds = (
        FaultKind.SENDER_SIGNATURE_INVALID,
        FaultKind.POWER_OF_ATTORNEY_LATE,
        FaultKind.POWER_OF_ATTORNEY_INVALID,
    )
    active = SendingFaults(
        *(faults.consume_fault(call.request, kind) is not None for kind in kinds)
    )
    return lambda: _store_message(call, sender, recipient, attachments, active)


def _find_recipient(call: EdoCall, sender: Organisation) -> Organisation:
    box_id = parse_box_id(call.fields.text("ToBoxId"))
    recipient = Organisation.objects.with_box().filter(box_id=box_id).first()
    if recipient is None:
        raise EdoError(404, "DiadocApi.NotFound", "Box is not found")
    if recipient.liquidated_on:
        raise EdoError(403, "DiadocApi.Forbidden", "Организация получателя ликвидирована")
    if recipient.is_test_box != sender.is_test_box:
        raise conflict("Test and real organisations cannot exchange documents")
    department_id = call.fields.text("ToDepartmentId", required=False)
    if department_id and department_id not in _department_ids(recipient):
        raise invalid_request("ToDepartmentId: no such department")
    partners.check_may_send(sender, recipient)
    return recipient


def _department_ids(recipient: Organisation) -> set[str]:
    return {HEAD_DEPARTMENT, *(item["DepartmentId"] for item in recipient.departments)}


def _parse_attachment(call: EdoCall, item: Any) -> DocumentAttachment:
    if not isinstance(item, dict):
        raise invalid_request("DocumentAttachments: objects expected")
    fields = JsonFields(item)
    required_keys = DOCUMENT_TYPES.get(fields.text("TypeNamedId"))
    if required_keys is None:
        raise invalid_request(f"TypeNamedId: one of {', '.join(DOCUMENT_TYPES)} expected")
    metadata = _parse_pairs(item, "Metadata")
    values = {pair["Key"]: pair["Value"] for pair in metadata}
    if missing := [key for key in required_keys if not values.get(key)]:
        raise invalid_request(f"Metadata: {', '.join(missing)} required")
    signed_content, owner = fields.subfields("SignedContent"), call.caller.shelf
    content, signature = (
        read_content_field(signed_content, owner),
        signed_content.bytes("Signature"),
    )
    if not content or not signature:
        raise invalid_request("SignedContent: content and Signature are required")
    return DocumentAttachment(
        fields,
        metadata,
        _parse_pairs(item, "CustomData"),
        content,
        signature,
        powers.parse_power_of_attorney(signed_content, owner),
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
    active: SendingFaults,
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
        to_department=call.fields.text("ToDepartmentId", required=False),
        operation_id=operation_id,
        at=call.now,
        patched_at=call.now,
    )
    for attachment in attachments:
        _store_document(call, message, attachment, active)
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
    clock.schedule_run(call.now)
    return body


def _store_document(
    call: EdoCall, message: EdoMessage, attachment: DocumentAttachment, active: SendingFaults
) -> None:
    fields = attachment.fields
    custom_id = fields.text("CustomDocumentId", required=False, limit=100)
    same_id = EdoDocument.objects.filter(
        custom_document_id=custom_id, message__from_box=message.from_box
    )
    if custom_id and same_id.exclude(message=message).exists():
        raise conflict("A document with this CustomDocumentId has been sent already")
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
        fails_verification=active.fails_verification,
        sent_at=call.now,
    )
    signature = entities.add_signature(document, message.from_box, attachment.signature, call.now)
    entities.set_attachment_status(signature, "Unknown")
    if attachment.power_of_attorney:
        check_at = call.now + (_LATE_CHECK if active.is_power_late else dt.timedelta())
        powers.store_power(
            signature, attachment.power_of_attorney, check_at, fails=active.is_power_invalid
        )
        clock.schedule_run(check_at)
