"""Sending a document to the client through an EDO operator.

The result of every step is stored before the next one, by an UPDATE that also requires the state
it expects. After a crash anywhere another worker continues from there. No transaction is open
during an outside call.
"""

import hashlib
from uuid import UUID, uuid5

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused
from econtract.platform.common.moscow_time import MOSCOW
from edo.channels.operator.gateway import OperatorGateway, OutgoingDocument, SentDocument
from edo.channels.operator.refusals import SendRefusalCode, send_refused, to_signing_refused
from edo.channels.operator.registry import get_gateway
from edo.models import Exchange
from edo.signing import cms
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store

State = Exchange.State


def send(*, exchange: Exchange, pdf: bytes) -> None:
    """Sign the PDF and send it to the client together with the power of attorney.

    Afterwards the state is SENT, and `message_id`, `document_id` and `sender_signature` are
    stored. Safe to repeat after a crash or a lost answer: an exchange never creates a second
    document at the operator. Raises Unavailable, or SigningRefused with a `SendRefusalCode`; the
    exchange is FAILED then, and every repeat raises the same. Raises ValueError when ``pdf`` is
    not the document of the exchange.
    """
    if hashlib.sha256(pdf).hexdigest() != exchange.document_sha256:
        raise ValueError("The PDF is not the document of this exchange.")
    exchange.refresh_from_db()
    if exchange.state != State.SENDING:
        _raise_earlier_refusal(exchange)
        return
    gateway = get_gateway(exchange.box)
    try:
        _find_recipient(exchange, gateway)
        _sign(exchange, pdf)
        gateway.upload_to_shelf(get_shelf_name(exchange), pdf)
        if _record_attempt(exchange):
            post_document(exchange, gateway)
    except Refused as refusal:
        error = to_signing_refused(refusal)
        if fail_unsent(exchange, error.code, error.message):
            raise error from refusal
    # Another worker may have been faster. Then its result counts.
    _raise_earlier_refusal(exchange)


def post_document(exchange: Exchange, gateway: OperatorGateway) -> None:
    """Post the document and store its ids. The operator ignores a repeated operation id.

    Raises Unavailable or Refused.
    """
    power = exchange.power_of_attorney
    if power is None or exchange.sender_signature is None:
        raise send_refused(SendRefusalCode.POWER_OF_ATTORNEY_INVALID)
    document = OutgoingDocument(
        from_box_id=exchange.box.operator_box_id,
        to_box_id=exchange.recipient_box_id,
        custom_id=exchange.pk,
        shelf_name=get_shelf_name(exchange),
        signature=bytes(exchange.sender_signature),
        power_of_attorney=bytes(power.xml),
        power_of_attorney_signature=bytes(power.signature),
        file_name=exchange.file_name,
        number=exchange.document_number,
        dated=exchange.created_at.astimezone(MOSCOW).date(),
        kind=exchange.document_kind,
    )
    _record_sent(exchange, gateway.send(document, exchange.operation_id))


def fail_unsent(exchange: Exchange, code: str, reason: str) -> bool:
    """Mark an exchange that is still being sent as FAILED; False when it no longer is."""
    return exchange.fail(code, reason, state=State.SENDING)


def get_shelf_name(exchange: Exchange) -> str:
    """The PDF's name on the operator's shelf. A repeated `post_document` needs no PDF."""
    return f"{exchange.pk.hex}.pdf"


def sign_content(exchange: Exchange, content: bytes, *, file_name: str) -> bytes:
    """The detached signature of the exchange's signatory. Raises as `SigningService.sign`."""
    signatory = exchange.signatory
    return get_signing_service(signatory.provider).sign(
        signatory.key_ref, content, get_signing_key(exchange, content), file_name=file_name
    )


def get_signing_key(exchange: Exchange, content: bytes) -> UUID:
    """The idempotency key for signing ``content``: it must not be used for other content."""
    return uuid5(exchange.pk, hashlib.sha256(content).hexdigest())


def _raise_earlier_refusal(exchange: Exchange) -> None:
    if exchange.state == State.FAILED and not exchange.message_id:
        raise send_refused(SendRefusalCode(exchange.failure), exchange.reason)
    if exchange.state == State.REVOKED and not exchange.message_id:
        raise send_refused(SendRefusalCode.WITHDRAWN)


def _find_recipient(exchange: Exchange, gateway: OperatorGateway) -> None:
    if exchange.recipient_box_id:
        return
    recipient = gateway.find_recipient(exchange.recipient_inn, exchange.recipient_kpp)
    if recipient is None:
        raise send_refused(SendRefusalCode.NO_BOX)
    gateway.ensure_partnership(exchange.box.operator_box_id, recipient)
    exchange.update_if({"recipient_box_id": recipient.box_id})


def _sign(exchange: Exchange, pdf: bytes) -> None:
    """Sign once: a repeated sending posts the signature that is stored."""
    if exchange.sender_signature is not None:
        return
    signature = sign_content(exchange, pdf, file_name=exchange.file_name)
    report = cms.verify(signature, pdf, trust=load_trust_store(), at=clock.now())
    if not report.is_valid:
        raise send_refused(SendRefusalCode.CERTIFICATE_INVALID, report.reasons[0].text)
    exchange.update_if({"sender_signature": signature}, sender_signature=None)


def _record_attempt(exchange: Exchange) -> bool:
    """Store that the operator may have the document from now on, whatever it answers.

    False when the exchange must not be sent any more: it has been sent or revoked meanwhile.
    """
    attempted_at = exchange.attempted_at or clock.now()
    return exchange.update_if({"attempted_at": attempted_at}, state=State.SENDING)


def _record_sent(exchange: Exchange, sent: SentDocument) -> None:
    changes = {
        "state": State.SENT,
        "message_id": sent.message_id,
        "document_id": sent.document_id,
        "sent_at": clock.now(),
    }
    exchange.update_if(changes, state=State.SENDING)
