"""After sending: the operator checks the sender's signature and delivers the document."""

from __future__ import annotations

import base64
import datetime as dt

from django.db.models import QuerySet

from econtract.sandbox import clock, cms
from econtract.sandbox.api.protocol import Json
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo import entities, powers, rendering
from econtract.sandbox.edo.wire import protobuf
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import (
    EdoDocument,
    EdoEntity,
    EdoPowerOfAttorney,
    Habit,
    Organisation,
)

_SLOW_DELIVERY = dt.timedelta(hours=1)
# X509ChainStatusFlags: NotTimeValid stands for any problem of the certificate.
_CHAIN_PROBLEM = 1


def documents_to_check() -> QuerySet[EdoDocument]:
    """Documents whose sender's signature has not been checked yet."""
    rows = EdoDocument.objects.filter(
        sender_signature_status="SenderSignatureUnchecked",
        revocation=EdoDocument.Revocation.NONE,
    )
    return rows.select_related("message").order_by("id")


def documents_to_deliver() -> QuerySet[EdoDocument]:
    """Checked documents whose delivery takes longer."""
    rows = EdoDocument.objects.filter(
        delivered_at=None, revocation=EdoDocument.Revocation.NONE
    ).exclude(deliver_at=None)
    return rows.select_related("message").order_by("id")


def documents_to_answer() -> QuerySet[EdoDocument]:
    """Documents that wait for the recipient's answer."""
    rows = EdoDocument.objects.filter(
        recipient_response_status="WaitingForRecipientSignature",
        revocation=EdoDocument.Revocation.NONE,
    )
    return rows.select_related("message").order_by("id")


def powers_to_check() -> QuerySet[EdoPowerOfAttorney]:
    """Powers of attorney whose check takes longer than that of their signatures."""
    rows = EdoPowerOfAttorney.objects.exclude(check_at=None).exclude(
        signature__document__sender_signature_status="SenderSignatureUnchecked"
    )
    return rows.select_related("signature__document__message").order_by("id")


def check_sender_signature(document: EdoDocument, now: dt.datetime) -> None:
    """Check the sender's signature, then deliver the document or not. Call in a transaction."""
    signature = EdoEntity.objects.filter(document=document, entity_type="Signature").earliest("id")
    check = verify_signature(document, signature, now)
    problem = "Проверка не пройдена" if document.fails_verification else check.problem
    sender = Organisation.objects.get(box_id=document.message.from_box)
    if not problem and check.company_inn != sender.inn:
        problem = "Сертификат выдан другой организации"
    result = "CheckedAndInvalid" if problem else "CheckedAndValid"
    document.sender_signature_status = f"SenderSignature{result}"
    document.save(update_fields=["sender_signature_status"])
    if problem:
        report = _add_report(document, signature, now)
        publish_patch(document, [rendering.render_entity(report)], now, to_recipient=False)
        return
    power = EdoPowerOfAttorney.objects.filter(signature=signature).first()
    if power is None:
        entities.set_attachment_status(signature, "PowerOfAttorneyRequired")
    elif power.check_at and power.check_at <= now:
        finish_power_check(power, now)
    _start_delivery(document, now)


def finish_power_check(power: EdoPowerOfAttorney, now: dt.datetime) -> None:
    """Check a power of attorney and tell both sides. Call in a transaction."""
    signature = power.signature
    document = signature.document
    check = verify_signature(document, signature, now)
    powers.check_power(power, check.person_inn, now)
    entities.set_attachment_status(signature, "PowerOfAttorneyAttached")
    body = powers.render_power_status(power)
    publish_patch(document, [body], now, to_recipient=document.delivered_at is not None)


def deliver(document: EdoDocument, now: dt.datetime) -> None:
    """Put the document into the recipient's box and tell both sides. Call in a transaction."""
    document.delivered_at, document.deliver_at = now, None
    if document.needs_signature:
        document.recipient_response_status = "WaitingForRecipientSignature"
    document.save(update_fields=["delivered_at", "deliver_at", "recipient_response_status"])
    message = document.message
    body = rendering.render_message(message, message.to_box)
    entities.append_event(message.to_box, Message=body)
    publish_patch(document, [], now, to_recipient=False, MessageIsDelivered=True)
    record_action(document, "delivered", "operator", now)
    clock.schedule_answer(now)


def verify_signature(
    document: EdoDocument, signature: EdoEntity, now: dt.datetime
) -> cms.SignatureCheck:
    """The cryptographic check of a signature under the document."""
    content = entities.read_content(document.entity_id)
    return cms.verify(content, entities.read_content(signature.entity_id), now)


def boxes_with_access(document: EdoDocument) -> tuple[str, ...]:
    """The sender's box and, after delivery, the recipient's."""
    message = document.message
    if document.delivered_at is None:
        return (message.from_box,)
    return (message.from_box, message.to_box)


def publish_patch(
    document: EdoDocument,
    additions: list[Json],
    now: dt.datetime,
    *,
    to_recipient: bool = True,
    to_sender: bool = True,
    **flags: bool,
) -> Json:
    """Append a patch with the additions to the feeds of the two boxes; returns the patch."""
    message = document.message
    message.patched_at = now
    message.save(update_fields=["patched_at"])
    patch = rendering.render_patch(message, additions, now, **flags)
    boxes = ((message.from_box, to_sender), (message.to_box, to_recipient))
    for box_id in (box_id for box_id, is_told in boxes if is_told):
        entities.append_event(box_id, Patch=patch)
    return patch


def record_action(
    document: EdoDocument, action: str, actor: str, now: dt.datetime, key: str | None = None
) -> None:
    """Add what was done with the document to the journal."""
    record_effect(
        "edo",
        action,
        actor,
        now,
        reference=document.custom_document_id,
        ref=document.message.message_id,
        key=key,
    )


def _start_delivery(document: EdoDocument, now: dt.datetime) -> None:
    recipient = Organisation.objects.get(box_id=document.message.to_box)
    if recipient.habit == Habit.DELIVERY_FAILS:
        _fail_delivery(document, recipient, now)
        return
    if recipient.habit == Habit.SLOW_DELIVERY:
        document.deliver_at = now + _SLOW_DELIVERY
        document.save(update_fields=["deliver_at"])
        clock.schedule_run(document.deliver_at)
        return
    if recipient.is_roaming:
        _notify_of_roaming(document, now)
    deliver(document, now)


def _notify_of_roaming(document: EdoDocument, now: dt.datetime) -> None:
    """The recipient's operator has accepted the document."""
    document.roaming_status = "RoamingNotificationStatusSuccess"
    document.save(update_fields=["roaming_status"])
    text = "Документ принят оператором получателя".encode()
    note = entities.add_entity(
        document,
        text,
        now,
        attachment_type="RoamingNotification",
        only_box=document.message.from_box,
    )
    publish_patch(document, [rendering.render_entity(note)], now, to_recipient=False)


def _fail_delivery(document: EdoDocument, recipient: Organisation, now: dt.datetime) -> None:
    """Tell the sender that the document does not reach the recipient."""
    if recipient.is_roaming:
        document.roaming_status = "RoamingNotificationStatusError"
        document.save(update_fields=["roaming_status"])
    message = document.message
    note = entities.add_entity(
        document,
        "Документ не доставлен: ящик получателя недоступен".encode(),
        now,
        attachment_type="DeliveryFailureNotification",
        only_box=message.from_box,
        info={"NotDeliveredEventId": message.message_id},
    )
    publish_patch(document, [rendering.render_entity(note)], now, to_recipient=False)


def _add_report(document: EdoDocument, signature: EdoEntity, now: dt.datetime) -> EdoEntity:
    """The report of a check that has found problems: `SignatureVerificationResult`."""
    moment = {"Ticks": ticks(now)}
    element = {
        "CertificateChainStatusFlags": _CHAIN_PROBLEM,
        "DerCertificate": base64.b64encode(b"").decode(),
    }
    body = {
        "IsValid": False,
        "CertificateStatus": {
            "IsValid": False,
            "CertificateChain": [element],
            "VerificationTime": moment,
        },
    }
    return entities.add_entity(
        document,
        protobuf.encode(body, "SignatureVerificationResult"),
        now,
        attachment_type="SignatureVerificationReport",
        parent=signature.entity_id,
        only_box=document.message.from_box,
    )
