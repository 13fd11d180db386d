"""Revocation: a request of one side that the other may have to accept."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from econtract.sandbox import clock
from econtract.sandbox.api.protocol import Json
from econtract.sandbox.edo import delivery, entities, rendering
from econtract.sandbox.edo.boxes import long_box_id
from econtract.sandbox.edo.protocol import EdoError, wrong_state
from econtract.sandbox.models import EdoDocument, EdoEntity, Habit, Organisation

_Revocation = EdoDocument.Revocation
_DECIDES = (Habit.DECIDES_REVOCATION, Habit.REJECTS_REVOCATION)


def check_not_revoked(document: EdoDocument) -> None:
    """Raise a 409 when the document is revoked or one side has asked for it."""
    if document.revocation in (_Revocation.REQUESTED, _Revocation.ACCEPTED):
        text = "Документ аннулирован или находится в процессе аннулирования"
        raise EdoError(409, "DocumentService.DocumentIsRevokedOrRevocationIsInProgress", text)


def request_revocation(
    document: EdoDocument,
    box_id: str,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """Ask for the revocation. Call in a transaction.

    The sender's request takes effect at once while the recipient has not signed; otherwise the
    document stays as it is until the other side signs the request.
    """
    check_not_revoked(document)
    is_immediate = _is_immediate(document, box_id)
    document.revocation = _Revocation.ACCEPTED if is_immediate else _Revocation.REQUESTED
    document.revocation_box = box_id
    document.save(update_fields=["revocation", "revocation_box"])
    info = {"RevocationRequestInfo": {"InitiatorBoxId": long_box_id(box_id)}}
    rows = entities.add_signed_attachment(
        document, "RevocationRequest", xml, signature, box_id, now, info=info
    )
    action = "revoked" if is_immediate else "revocation_requested"
    patch = _publish(document, rows, action, actor, now, key)
    if not is_immediate:
        clock.schedule_answer(now)
    return patch


def accept_revocation(
    document: EdoDocument,
    box_id: str,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """Sign the other side's request: the document is revoked. Call in a transaction."""
    request = _find_open_request(document, box_id)
    document.revocation = _Revocation.ACCEPTED
    document.save(update_fields=["revocation"])
    entity = entities.add_signature(document, box_id, signature, now, parent=request.entity_id)
    entities.set_attachment_status(entity, "PowerOfAttorneyNotRequired")
    return _publish(document, [entity], "revoked", actor, now, key)


def reject_revocation(
    document: EdoDocument,
    box_id: str,
    xml: bytes,
    signature: bytes,
    actor: str,
    now: dt.datetime,
    *,
    key: str | None = None,
) -> Json:
    """Refuse the other side's request: the document stays valid. Call in a transaction."""
    request = _find_open_request(document, box_id)
    document.revocation = _Revocation.REJECTED
    document.save(update_fields=["revocation"])
    rows = entities.add_signed_attachment(
        document,
        "XmlSignatureRejection",
        xml,
        signature,
        box_id,
        now,
        parent=request.entity_id,
    )
    return _publish(document, rows, "revocation_rejected", actor, now, key)


def revocations_to_answer() -> QuerySet[EdoDocument]:
    """Documents whose revocation we have asked for and the client decides on."""
    ours = Organisation.objects.with_box().filter(is_ours=True).values("box_id")
    rows = EdoDocument.objects.filter(revocation=_Revocation.REQUESTED, revocation_box__in=ours)
    return rows.select_related("message").order_by("id")


def find_request(document: EdoDocument) -> EdoEntity:
    """The last request for revocation."""
    return document.entities.filter(attachment_type="RevocationRequest").latest("id")


def _is_immediate(document: EdoDocument, box_id: str) -> bool:
    message = document.message
    is_signed = document.recipient_response_status == "WithRecipientSignature"
    if box_id != message.from_box or is_signed:
        return False
    recipient = Organisation.objects.get(box_id=message.to_box)
    return document.delivered_at is None or recipient.habit not in _DECIDES


def _find_open_request(document: EdoDocument, box_id: str) -> EdoEntity:
    """The request that the box may answer; raises a 409."""
    if document.revocation != _Revocation.REQUESTED or document.revocation_box == box_id:
        raise wrong_state("ответить на запрос на аннулирование")
    return find_request(document)


def _publish(
    document: EdoDocument,
    rows: list[EdoEntity],
    action: str,
    actor: str,
    now: dt.datetime,
    key: str | None,
) -> Json:
    """Tell both sides; the recipient never sees a document that is revoked before delivery."""
    additions = rendering.render_additions(rows)
    is_delivered = document.delivered_at is not None
    patch = delivery.publish_patch(document, additions, now, to_recipient=is_delivered)
    delivery.record_action(document, action, actor, now, key)
    return patch
