"""Sending a document to the operator and taking it back.

Every step's result is stored before the next, by an UPDATE that also names the state it expects;
no transaction is open during an outside call. Whoever dies, the next one goes on from there.
"""

import hashlib
from typing import Any
from uuid import UUID, uuid5

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused
from econtract.platform.common.formatting import MOSCOW
from edo.channels.operator.gateway import Operator, OperatorRefusal, OutgoingDocument, SentDocument
from edo.channels.operator.refusals import (
    ALREADY_SIGNED,
    SYSTEM,
    SendRefusal,
    SendRefused,
    in_our_words,
)
from edo.channels.operator.registry import operator_for
from edo.models import Exchange
from edo.signing import cms
from edo.signing.service import get_signing_service
from edo.signing.trust import load_trust_store

State = Exchange.State
LIVE = (State.SENDING, State.SENT, State.DELIVERED)
REVOCATION_COMMENT = "Документ отозван отправителем."


def send(*, exchange: Exchange, pdf: bytes) -> None:
    """Signs the PDF for the box's organisation and posts it, with the МЧД, to the client.

    Afterwards `message_id`, `document_id`, `sender_signature` and the state SENT are stored. Safe
    to repeat after any death or lost answer: one exchange makes one document at the operator.
    Raises Unavailable (repeat), or SendRefused with a code of `SendRefusal` and Russian words; the
    exchange is then FAILED and a repeat raises the same. ValueError when ``pdf`` is not the
    exchange's document.
    """
    if hashlib.sha256(pdf).hexdigest() != exchange.document_sha256:
        raise ValueError("These bytes are not the exchange's document.")
    exchange.refresh_from_db()
    if exchange.state != State.SENDING:
        _raise_past_refusal(exchange)
        return
    operator = operator_for(exchange.box)
    try:
        _find_recipient(exchange, operator)
        _sign(exchange, pdf)
        operator.put_on_shelf(shelf_name(exchange), pdf)
        if _note_attempt(exchange):
            _note_sent(exchange, _post(exchange, operator))
    except Refused as refusal:
        ours = in_our_words(refusal)
        if _close_unsent(exchange, ours):
            raise ours from refusal
    # Another worker may have been faster: then its outcome holds.
    _raise_past_refusal(exchange)


def revoke(*, exchange: Exchange) -> None:
    """Takes the document back at the operator; afterwards the state is REVOKED.

    A sending whose outcome is unknown is first learnt by repeating the same operation (FAILED when
    the operator refuses it: nothing is there). Nothing happens when nothing live is there.
    Idempotent. Raises Unavailable, or Refused with the code `already_signed` when the client was
    faster.
    """
    exchange.refresh_from_db()
    if exchange.state == State.SIGNED:
        raise Refused(SYSTEM, ALREADY_SIGNED)
    untouched = _close(exchange, State.REVOKED, state=State.SENDING, attempted_at=None)
    if untouched or not exchange.is_live:
        return
    operator = operator_for(exchange.box)
    if exchange.state == State.SENDING and not _is_there(exchange, operator):
        return
    retire(exchange, operator)
    _close(exchange, State.REVOKED, state__in=LIVE)


def retire(exchange: Exchange, operator: Operator) -> None:
    """Revokes the sent document at the operator, leaving our state alone.

    Raises Unavailable, or Refused (`already_signed` among others). Already revoked: silence.
    """
    box_id = exchange.box.operator_box_id
    sent = SentDocument(exchange.message_id, exchange.document_id)
    request = operator.revocation_request(box_id, sent, REVOCATION_COMMENT)
    signature = get_signing_service().sign(
        exchange.signatory.key_ref, request, _signing_key(exchange, request)
    )
    try:
        operator.revoke(
            box_id,
            sent,
            request=request,
            signature=signature,
            operation_id=uuid5(exchange.operation_id, "revoke"),
        )
    except Refused as refusal:
        if refusal.code != OperatorRefusal.ALREADY_REVOKED:
            raise


def fail(exchange: Exchange, code: str, reason: str) -> bool:
    """Closes a live exchange as FAILED; False when it was closed meanwhile."""
    return _close(exchange, State.FAILED, failure=code, reason=reason, state__in=LIVE)


def change(exchange: Exchange, changes: dict[str, Any], **expected: Any) -> bool:
    """Stores ``changes`` if the row still is as ``expected``; the object then equals the row."""
    done = Exchange.objects.filter(pk=exchange.pk, **expected).update(**changes)
    exchange.refresh_from_db()
    return bool(done)


def shelf_name(exchange: Exchange) -> str:
    """Where the operator's shelf holds the PDF: repeating a sending needs no PDF at hand."""
    return f"{exchange.pk.hex}.pdf"


def _raise_past_refusal(exchange: Exchange) -> None:
    if exchange.state == State.FAILED and not exchange.message_id:
        raise SendRefused(SendRefusal(exchange.failure), exchange.reason)
    if exchange.state == State.REVOKED and not exchange.message_id:
        raise SendRefused(SendRefusal.WITHDRAWN)


def _find_recipient(exchange: Exchange, operator: Operator) -> None:
    if exchange.recipient_box_id:
        return
    recipient = operator.find_recipient(exchange.recipient_inn, exchange.recipient_kpp)
    if recipient is None:
        raise SendRefused(SendRefusal.NO_BOX)
    operator.become_partners(exchange.box.operator_box_id, recipient)
    change(exchange, {"recipient_box_id": recipient.box_id})


def _sign(exchange: Exchange, pdf: bytes) -> None:
    """Signs once; whoever repeats the sending posts the same signature."""
    if exchange.sender_signature is not None:
        return
    key_ref = exchange.signatory.key_ref
    signature = get_signing_service().sign(key_ref, pdf, _signing_key(exchange, pdf))
    report = cms.verify(signature, pdf, trust=load_trust_store(), at=clock.now())
    if report.problems:
        raise SendRefused(SendRefusal.CERTIFICATE_INVALID, report.problems[0].text)
    change(exchange, {"sender_signature": signature}, sender_signature=None)


def _signing_key(exchange: Exchange, content: bytes) -> UUID:
    """One key for one content of one exchange: the same key with other bytes is an error."""
    return uuid5(exchange.pk, hashlib.sha256(content).hexdigest())


def _note_attempt(exchange: Exchange) -> bool:
    """From here on the operator may hold the document, whatever we hear.

    False when the exchange is not to be sent any more: it was, or it was revoked.
    """
    attempted_at = exchange.attempted_at or clock.now()
    return change(exchange, {"attempted_at": attempted_at}, state=State.SENDING)


def _is_there(exchange: Exchange, operator: Operator) -> bool:
    """Whether the operator holds the document of a sending whose outcome is unknown."""
    try:
        _note_sent(exchange, _post(exchange, operator))
    except Refused as refusal:
        _close_unsent(exchange, in_our_words(refusal))
    return exchange.is_live


def _close_unsent(exchange: Exchange, refusal: SendRefused) -> bool:
    return _close(
        exchange,
        State.FAILED,
        failure=refusal.code,
        reason=refusal.message,
        state=State.SENDING,
    )


def _post(exchange: Exchange, operator: Operator) -> SentDocument:
    power = exchange.power_of_attorney
    if power is None or exchange.sender_signature is None:
        raise SendRefused(SendRefusal.POWER_OF_ATTORNEY_INVALID)
    document = OutgoingDocument(
        from_box_id=exchange.box.operator_box_id,
        to_box_id=exchange.recipient_box_id,
        custom_id=exchange.pk,
        shelf_name=shelf_name(exchange),
        signature=bytes(exchange.sender_signature),
        power_of_attorney=bytes(power.xml),
        power_of_attorney_signature=bytes(power.signature),
        file_name=exchange.file_name,
        number=exchange.document_number,
        dated=exchange.created_at.astimezone(MOSCOW).date(),
        kind=exchange.document_kind,
    )
    return operator.send(document, exchange.operation_id)


def _note_sent(exchange: Exchange, sent: SentDocument) -> None:
    changes = {
        "state": State.SENT,
        "message_id": sent.message_id,
        "document_id": sent.document_id,
        "sent_at": clock.now(),
    }
    change(exchange, changes, state=State.SENDING)


def _close(
    exchange: Exchange, to: str, *, failure: str = "", reason: str = "", **expected: Any
) -> bool:
    changes = {
        "state": to,
        "failure": failure,
        "reason": reason[:1000],
        "finished_at": clock.now(),
    }
    return change(exchange, changes, **expected)
