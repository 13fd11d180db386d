"""After sending: the operator checks the sender's signature and delivers the document."""

from __future__ import annotations

import datetime as dt
import json

from django.db.models import QuerySet

from econtract.sandbox import cms
from econtract.sandbox.edo import entities, rendering
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoDocument, EdoEntity, Organisation


def documents_to_check() -> QuerySet[EdoDocument]:
    """Documents whose sender's signature has not been checked yet."""
    rows = EdoDocument.objects.filter(
        sender_signature_status="SenderSignatureUnchecked",
        revocation_status="RevocationStatusNone",
    )
    return rows.select_related("message").order_by("id")


def documents_to_answer() -> QuerySet[EdoDocument]:
    """Documents that wait for the recipient's answer."""
    rows = EdoDocument.objects.filter(
        recipient_response_status="WaitingForRecipientSignature",
        revocation_status="RevocationStatusNone",
    )
    return rows.select_related("message").order_by("id")


def check_sender_signature(document: EdoDocument, now: dt.datetime) -> None:
    """Check the sender's signature, then deliver the document or not. Call in a transaction."""
    signature = EdoEntity.objects.filter(document=document, entity_type="Signature").earliest("id")
    check = check_signature(document, signature, now)
    problem = "Проверка не пройдена" if document.fails_verification else check.problem
    sender = Organisation.objects.get(box_id=document.message.from_box)
    if not problem and check.company_inn != sender.inn:
        problem = "Сертификат выдан другой организации"
    report = entities.add_entity(
        document,
        json.dumps({"IsValid": not problem, "Error": problem}, ensure_ascii=False).encode(),
        now,
        attachment_type="SignatureVerificationReport",
        parent=signature.entity_id,
    )
    _finish_check(document, not problem, now)
    publish_patch(document, [report], now, to_recipient=False)


def check_signature(
    document: EdoDocument, signature: EdoEntity, now: dt.datetime
) -> cms.SignatureCheck:
    """Check a signature of the document and the power of attorney that came with it."""
    check = cms.verify(
        entities.read_content(document.entity_id), entities.read_content(signature.entity_id), now
    )
    entities.check_power_of_attorney(signature, check, now)
    return check


def publish_patch(
    document: EdoDocument,
    new_entities: list[EdoEntity],
    now: dt.datetime,
    *,
    to_recipient: bool = True,
) -> None:
    """Append a patch with the added entities to the feed of the sender and of the recipient."""
    message = document.message
    message.patched_at = now
    message.save(update_fields=["patched_at"])
    boxes = (message.from_box, message.to_box) if to_recipient else (message.from_box,)
    for box_id in boxes:
        entities.append_event(
            box_id, Patch=rendering.render_patch(document, box_id, new_entities, now)
        )


def _finish_check(document: EdoDocument, valid: bool, now: dt.datetime) -> None:
    result = "CheckedAndValid" if valid else "CheckedAndInvalid"
    document.sender_signature_status = f"SenderSignature{result}"
    if valid:
        document.delivered_at = now
        if document.needs_signature:
            document.recipient_response_status = "WaitingForRecipientSignature"
    document.save(
        update_fields=["sender_signature_status", "delivered_at", "recipient_response_status"]
    )
    if valid:
        message = document.message
        body = rendering.render_message(message, message.to_box)
        entities.append_event(message.to_box, Message=body)
        record_effect(
            "edo",
            "delivered",
            "operator",
            now,
            reference=document.custom_document_id,
            ref=message.message_id,
        )
