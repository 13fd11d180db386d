"""The recipient's answers to a document: a signature, an approval or a refusal."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.edo import delivery, entities, powers, rendering, revocation
from econtract.sandbox.edo.boxes import HEAD_DEPARTMENT, long_box_id
from econtract.sandbox.edo.powers import PowerOfAttorneyToPost
from econtract.sandbox.edo.protocol import conflict, document_not_found, wrong_state
from econtract.sandbox.models import EdoDocument, EdoEntity

REJECTION_CODE = 3999
_MAX_INVALID_SIGNATURES = 3
_FINAL_RESPONSES = ("WithRecipientSignature", "RecipientSignatureRequestRejected")


def sign(
    document: EdoDocument,
    signature: bytes,
    power: PowerOfAttorneyToPost | None,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """Add the recipient's signature, check it and notify both sides. Call in a transaction.

    Cryptography and trust are checked; whose certificate it is, the sender must check. Only the
    recipient sees an invalid signature: for the sender the document still waits.
    """
    _check_recipient_may_act(document, now)
    message = document.message
    entity = entities.add_signature(document, message.to_box, signature, now)
    check = delivery.verify_signature(document, entity, now)
    if power:
        row = powers.store_power(entity, power, now, fails=False)
        powers.check_power(row, check.person_inn, now)
    name = "PowerOfAttorneyAttached" if power else "PowerOfAttorneyNotRequired"
    entities.set_attachment_status(entity, name)
    if not check.valid:
        entity.only_box = message.to_box
        entity.save(update_fields=["only_box"])
    status = "WithRecipientSignature" if check.valid else "InvalidRecipientSignature"
    _set_response(document, status, now)
    additions = rendering.render_additions([entity])
    patch = delivery.publish_patch(document, additions, now, to_sender=check.valid)
    delivery.record_action(document, "signed", actor, now, key)
    return patch


def approve(
    document: EdoDocument, signature: bytes, actor: str, now: dt.datetime, *, key: str | None = None
) -> Json:
    """Add an approval signature: the document goes on waiting. Call in a transaction."""
    _check_recipient_may_act(document, now)
    entity = entities.add_signature(
        document, document.message.to_box, signature, now, is_approval=True
    )
    entities.set_attachment_status(entity, "PowerOfAttorneyNotRequired")
    patch = delivery.publish_patch(document, rendering.render_additions([entity]), now)
    delivery.record_action(document, "approved", actor, now, key)
    return patch


def reject(
    document: EdoDocument,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """The recipient refuses to sign; the XML contains the reason. Call in a transaction."""
    _check_recipient_may_act(document, now)
    rows = entities.add_signed_attachment(
        document, "XmlSignatureRejection", xml, signature, document.message.to_box, now
    )
    return _finish_rejection(document, rows, actor, now, key)


def reject_by_message(
    document: EdoDocument,
    xml: bytes,
    reason: str,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """The recipient refuses by a universal message with the code 3999. Call in a transaction."""
    _check_recipient_may_act(document, now)
    box_id = document.message.to_box
    info = {
        "UniversalMessageInfo": {
            "CodeGroup": "Rejection",
            "Events": [{"StatusCode": REJECTION_CODE, "PlainText": reason}],
            "UniversalMessageCreator": {
                "BoxId": long_box_id(box_id),
                "DepartmentId": HEAD_DEPARTMENT,
            },
            "IsOutOfWorkflow": False,
        }
    }
    entity = entities.add_entity(
        document,
        xml,
        now,
        attachment_type="UniversalMessage",
        file_name=f"DP_UNISOOBSCH_{document.entity_id}.xml",
        info=info,
    )
    return _finish_rejection(document, [entity], actor, now, key)


def mark_silent(document: EdoDocument) -> None:
    """Stop the autopilot from answering this document."""
    document.silent = True
    document.save(update_fields=["silent"])


def _check_recipient_may_act(document: EdoDocument, now: dt.datetime) -> None:
    """Raise a 409 unless the recipient may answer; after an invalid signature they may again."""
    revocation.check_not_revoked(document)
    if document.recipient_response_status in _FINAL_RESPONSES:
        raise wrong_state("его подписать")
    if document.delivered_at is None:
        raise document_not_found(document.message.message_id)
    day_ago = now - dt.timedelta(days=1)
    invalid = document.entities.filter(
        entity_type="Signature", only_box=document.message.to_box, at__gt=day_ago
    )
    if invalid.count() > _MAX_INVALID_SIGNATURES:
        raise conflict("More than three invalid signatures in a day")


def _finish_rejection(
    document: EdoDocument, rows: list[EdoEntity], actor: str, now: dt.datetime, key: str | None
) -> Json:
    _set_response(document, "RecipientSignatureRequestRejected", now)
    patch = delivery.publish_patch(document, rendering.render_additions(rows), now)
    delivery.record_action(document, "rejected", actor, now, key)
    return patch


def _set_response(document: EdoDocument, status: str, now: dt.datetime) -> None:
    document.recipient_response_status, document.answered_at = status, now
    document.save(update_fields=["recipient_response_status", "answered_at"])
