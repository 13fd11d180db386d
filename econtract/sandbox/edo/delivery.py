"""After sending: the operator checks the sender's signature and delivers, or does not."""

from __future__ import annotations

import datetime as dt
import json

from django.db.models import QuerySet

from econtract.sandbox import cms
from econtract.sandbox.edo import entities, wire
from econtract.sandbox.journal import record
from econtract.sandbox.models import EdoDocument, EdoEntity, Organisation


def unchecked() -> QuerySet[EdoDocument]:
    """Documents whose sender's signature waits for its check."""
    rows = EdoDocument.objects.filter(
        sender_signature_status="SenderSignatureUnchecked",
        revocation_status="RevocationStatusNone",
    )
    return rows.select_related("message").order_by("id")


def waiting() -> QuerySet[EdoDocument]:
    """Documents that wait for the recipient's answer."""
    rows = EdoDocument.objects.filter(
        recipient_response_status="WaitingForRecipientSignature",
        revocation_status="RevocationStatusNone",
    )
    return rows.select_related("message").order_by("id")


def check(document: EdoDocument, now: dt.datetime) -> None:
    """Judge the sender's signature and tell both sides by event. Call in a transaction."""
    signature = EdoEntity.objects.filter(document=document, entity_type="Signature").earliest("id")
    verdict = judge(document, signature, now)
    problem = "Проверка не пройдена" if document.doomed else verdict.problem
    sender = Organisation.objects.get(box_id=document.message.from_box)
    if not problem and verdict.company_inn != sender.inn:
        problem = "Сертификат выдан другой организации"
    report = entities.add(
        document,
        json.dumps({"IsValid": not problem, "Error": problem}, ensure_ascii=False).encode(),
        now,
        attachment_type="SignatureVerificationReport",
        parent=signature.entity_id,
    )
    _conclude(document, not problem, now)
    tell(document, [report], now, to_recipient=False)


def judge(document: EdoDocument, signature: EdoEntity, now: dt.datetime) -> cms.Verdict:
    """Check a signature of the document, and the power of attorney that came with it."""
    verdict = cms.verify(
        entities.content(document.entity_id), entities.content(signature.entity_id), now
    )
    entities.judge_power(signature, verdict, now)
    return verdict


def tell(
    document: EdoDocument, added: list[EdoEntity], now: dt.datetime, *, to_recipient: bool = True
) -> None:
    """Append the patch to the sender's feed, and to the recipient's."""
    message = document.message
    message.patched_at = now
    message.save(update_fields=["patched_at"])
    boxes = (message.from_box, message.to_box) if to_recipient else (message.from_box,)
    for box_id in boxes:
        wire.emit(box_id, Patch=wire.patch(document, box_id, added, now))


def _conclude(document: EdoDocument, valid: bool, now: dt.datetime) -> None:
    outcome = "CheckedAndValid" if valid else "CheckedAndInvalid"
    document.sender_signature_status = f"SenderSignature{outcome}"
    if valid:
        document.delivered_at = now
        if document.needs_signature:
            document.recipient_response_status = "WaitingForRecipientSignature"
    document.save(
        update_fields=["sender_signature_status", "delivered_at", "recipient_response_status"]
    )
    if valid:
        message = document.message
        wire.emit(message.to_box, Message=wire.message(message, message.to_box))
        record(
            "edo",
            "delivered",
            "operator",
            now,
            reference=document.custom_document_id,
            ref=message.message_id,
        )
