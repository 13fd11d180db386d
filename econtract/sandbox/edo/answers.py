"""What happens to a delivered document: signed, refused, revoked."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.edo import client, delivery, entities
from econtract.sandbox.edo.entities import PowerOfAttorney
from econtract.sandbox.edo.protocol import EdoRefused
from econtract.sandbox.edo.xml import rejection_xml
from econtract.sandbox.journal import record
from econtract.sandbox.models import EdoDocument, EdoEntity, Habit, Organisation

_REASON = "Условия договора не согласованы"


def sign(
    document: EdoDocument,
    signature: bytes,
    power: PowerOfAttorney | None,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """The recipient's signature: checked at once, and told to both sides. Call in a transaction.

    The check is of cryptography and trust; whose certificate it is, the receiver must see himself.
    """
    _open_to_recipient(document)
    entity = entities.add_signature(document, document.message.to_box, signature, power, now)
    verdict = delivery.judge(document, entity, now)
    status = "WithRecipientSignature" if verdict.valid else "InvalidRecipientSignature"
    return _conclude(document, [entity], status, "signed", actor, now, key)


def reject(
    document: EdoDocument,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """The recipient's refusal with its reason in XML. Call in a transaction."""
    _open_to_recipient(document)
    added = _signed_paper(document, "XmlSignatureRejection", xml, signature, now)
    status = "RecipientSignatureRequestRejected"
    return _conclude(document, added, status, "rejected", actor, now, key)


def revoke(
    document: EdoDocument,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> list[EdoEntity]:
    """The sender takes an unsigned document back. Call in a transaction."""
    _unfinished(document)
    document.revocation_status = "RevocationAccepted"
    added = _signed_paper(document, "RevocationRequest", xml, signature, now)
    return _conclude(
        document, added, document.recipient_response_status, "revoked", actor, now, key
    )


def answer_by_habit(document: EdoDocument, now: dt.datetime) -> None:
    """Answer as the organisation's character would."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    if organisation.habit == Habit.NO_SIGNATURE:
        keep_silent(document)
    elif organisation.habit == Habit.REJECTS:
        reject_as_client(document, _REASON, "autopilot", now)
    else:
        how = organisation.habit if organisation.habit in client.WAYS else "valid"
        sign_as_client(document, how, "autopilot", now)


def sign_as_client(document: EdoDocument, how: str, actor: str, now: dt.datetime) -> None:
    """Sign for the recipient: `how` is one of `client.WAYS`."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    content = entities.content(document.entity_id)
    sign(document, client.sign(organisation, content, now, how), None, actor, now)


def reject_as_client(document: EdoDocument, reason: str, actor: str, now: dt.datetime) -> None:
    """Refuse for the recipient, with his reason."""
    organisation = Organisation.objects.get(box_id=document.message.to_box)
    xml = rejection_xml(document, reason, organisation)
    reject(document, xml, client.sign(organisation, xml, now), actor, now)


def keep_silent(document: EdoDocument) -> None:
    """Take the document out of the autopilot's hands."""
    document.silent = True
    document.save(update_fields=["silent"])


def _open_to_recipient(document: EdoDocument) -> None:
    """409 unless the recipient may sign or reject now; after a bad signature he may sign again."""
    _unfinished(document)
    if document.recipient_response_status == "RecipientSignatureRequestRejected":
        raise EdoRefused(409, "Document.AlreadyRejected")
    if document.delivered_at is None:
        raise EdoRefused(409, "Document.NotDelivered")


def _unfinished(document: EdoDocument) -> None:
    """409 for a document that is revoked or signed by both."""
    if document.revocation_status != "RevocationStatusNone":
        raise EdoRefused(409, "Document.AlreadyRevoked")
    if document.recipient_response_status == "WithRecipientSignature":
        raise EdoRefused(409, "Document.AlreadySigned")


def _signed_paper(
    document: EdoDocument, attachment_type: str, xml: bytes, signature: bytes, now: dt.datetime
) -> list[EdoEntity]:
    """A rejection or revocation with the signature under it."""
    message = document.message
    box_id = message.from_box if attachment_type == "RevocationRequest" else message.to_box
    paper = entities.add(
        document,
        xml,
        now,
        attachment_type=attachment_type,
        box_id=box_id,
        file_name=f"{attachment_type}.xml",
    )
    stamp = entities.add_signature(document, box_id, signature, None, now, parent=paper.entity_id)
    return [paper, stamp]


def _conclude(
    document: EdoDocument,
    added: list[EdoEntity],
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
    # A document revoked before its delivery was never seen by the recipient.
    delivery.tell(document, added, now, to_recipient=document.delivered_at is not None)
    record(
        "edo",
        action,
        actor,
        now,
        reference=document.custom_document_id,
        ref=message.message_id,
        key=key,
    )
    return added
