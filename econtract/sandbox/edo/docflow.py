"""Document flow after sending: the recipient signs or rejects, the sender revokes."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.edo import client, delivery, entities
from econtract.sandbox.edo.entities import PowerOfAttorneyToPost
from econtract.sandbox.edo.protocol import EdoError
from econtract.sandbox.edo.xml import build_rejection_xml
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoDocument, EdoEntity, Habit, Organisation

_REJECTION_REASON = "Условия договора не согласованы"


def sign(
    document: EdoDocument,
    signature: bytes,
    power_of_attorney: PowerOfAttorneyToPost | None,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """Add the recipient's signature, check it and notify both sides. Call in a transaction.

    Cryptography and trust are checked; whose certificate it is, the sender must check.
    """
    _check_recipient_may_act(document)
    entity = entities.add_signature(
        document, document.message.to_box, signature, power_of_attorney, now
    )
    check = delivery.check_signature(document, entity, now)
    status = "WithRecipientSignature" if check.valid else "InvalidRecipientSignature"
    return _finish(document, [entity], status, "signed", actor, now, key)


def reject(
    document: EdoDocument,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """The recipient refuses to sign; the XML contains the reason. Call in a transaction."""
    _check_recipient_may_act(document)
    new_entities = _add_signed_attachment(document, "XmlSignatureRejection", xml, signature, now)
    status = "RecipientSignatureRequestRejected"
    return _finish(document, new_entities, status, "rejected", actor, now, key)


def revoke(
    document: EdoDocument,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """The sender revokes an unsigned document. Call in a transaction."""
    _check_unfinished(document)
    document.revocation_status = "RevocationAccepted"
    new_entities = _add_signed_attachment(document, "RevocationRequest", xml, signature, now)
    return _finish(
        document, new_entities, document.recipient_response_status, "revoked", actor, now, key
    )


def answer_by_habit(document: EdoDocument, now: dt.datetime) -> None:
    """Give the answer that fits the organisation's habit."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    if organisation.habit == Habit.NO_SIGNATURE:
        mark_silent(document)
    elif organisation.habit == Habit.REJECTS:
        reject_as_client(document, _REJECTION_REASON, "autopilot", now)
    else:
        habit = organisation.habit
        variant = habit if habit in client.SIGNATURE_VARIANTS else "valid"
        sign_as_client(document, variant, "autopilot", now)


def sign_as_client(document: EdoDocument, variant: str, actor: str, now: dt.datetime) -> None:
    """Sign for the recipient; `variant` is one of `client.SIGNATURE_VARIANTS`."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    content = entities.read_content(document.entity_id)
    sign(document, client.sign(organisation, content, now, variant), None, actor, now)


def reject_as_client(document: EdoDocument, reason: str, actor: str, now: dt.datetime) -> None:
    """Refuse to sign for the recipient, with a reason."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    xml = build_rejection_xml(document, reason, organisation)
    reject(document, xml, client.sign(organisation, xml, now), actor, now)


def mark_silent(document: EdoDocument) -> None:
    """Stop the autopilot from answering this document."""
    document.silent = True
    document.save(update_fields=["silent"])


def _check_recipient_may_act(document: EdoDocument) -> None:
    """Raise a 409 unless the recipient may answer; after an invalid signature they may again."""
    _check_unfinished(document)
    if document.recipient_response_status == "RecipientSignatureRequestRejected":
        raise EdoError(409, "Document.AlreadyRejected")
    if document.delivered_at is None:
        raise EdoError(409, "Document.NotDelivered")


def _check_unfinished(document: EdoDocument) -> None:
    """Raise a 409 when the document is revoked or signed by both sides."""
    if document.revocation_status != "RevocationStatusNone":
        raise EdoError(409, "Document.AlreadyRevoked")
    if document.recipient_response_status == "WithRecipientSignature":
        raise EdoError(409, "Document.AlreadySigned")


def _add_signed_attachment(
    document: EdoDocument, attachment_type: str, xml: bytes, signature: bytes, now: dt.datetime
) -> list[EdoEntity]:
    """Add a rejection or revocation with its signature."""
    message = document.message
    box_id = message.from_box if attachment_type == "RevocationRequest" else message.to_box
    attachment = entities.add_entity(
        document,
        xml,
        now,
        attachment_type=attachment_type,
        box_id=box_id,
        file_name=f"{attachment_type}.xml",
    )
    signature_entity = entities.add_signature(
        document, box_id, signature, None, now, parent=attachment.entity_id
    )
    return [attachment, signature_entity]


def _finish(
    document: EdoDocument,
    new_entities: list[EdoEntity],
    status: str,
    action: str,
    actor: str,
    now: dt.datetime,
    key: str | None,
) -> list[EdoEntity]:
    document.recipient_response_status = status
    document.answered_at = now
    document.save(update_fields=["recipient_response_status", "revocation_status", "answered_at"])
    message = document.message
    # The recipient never sees a document that is revoked before its delivery.
    delivery.publish_patch(
        document, new_entities, now, to_recipient=document.delivered_at is not None
    )
    record_effect(
        "edo",
        action,
        actor,
        now,
        reference=document.custom_document_id,
        ref=message.message_id,
        key=key,
    )
    return new_entities
