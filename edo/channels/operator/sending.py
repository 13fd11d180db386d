"""Sending a document to the client through an EDO operator.

The result of every step is stored before the next one, by an UPDATE that also requires the state
it expects. After a crash anywhere another worker continues from there. No transaction is open
during an outside call.
"""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid5

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.moscow_time import MOSCOW
from edo.channels.operator import recipients
from edo.channels.operator.consent import ensure_consent
from edo.channels.operator.document_digests import compute_digests
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.refusals import (
    SYSTEM,
    SendRefusalCode,
    send_refused,
    to_signing_refused,
)
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.values import (
    OperatorRefusalCode,
    OutgoingDocument,
    OutgoingPower,
    SentDocument,
)
from edo.channels.protocol import SigningRecipient
from edo.models import Exchange
from edo.signing import cms
from edo.signing.providers.protocol import ConfirmationPending
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store

State = Exchange.State
# The operator keeps a file for seven days.
SHELF_LIFE = timedelta(days=6)


def send(*, exchange: Exchange, pdf: bytes) -> None:
    """Sign the PDF and send it to the client together with the power of attorney.

    Afterwards the state is SENT, and `message_id`, `document_id` and `sender_signature` are
    stored; or it waits for a person (AWAITING_CONSENT, AWAITING_CONFIRMATION), and a later call
    goes on. Safe to repeat after a crash or a lost answer: an exchange never creates a second
    document at the operator. Raises Unavailable, or SigningRefused with a `SendRefusalCode`; the
    exchange is FAILED then, and every repeat raises the same. Raises ValueError when ``pdf`` is
    not the document of the exchange.
    """
    if hashlib.sha256(pdf).hexdigest() != exchange.document_sha256:
        raise ValueError("The PDF is not the document of this exchange.")
    exchange.refresh_from_db()
    if not exchange.is_unsent:
        _raise_earlier_refusal(exchange)
        return
    gateway = get_gateway(exchange.box)
    try:
        _find_recipient(exchange, gateway)
        if ensure_consent(exchange, gateway) and _sign(exchange, pdf):
            _put_on_shelf(exchange, gateway, pdf)
            if _record_attempt(exchange):
                _post_or_invite(exchange, gateway)
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
        to_department_id=exchange.recipient_department_id,
        custom_id=exchange.pk,
        shelf_name=exchange.shelf_name,
        signature=bytes(exchange.sender_signature),
        power=OutgoingPower(
            xml=bytes(power.xml),
            signature=bytes(power.signature),
            registration_number=power.registration_number,
            principal_inn=power.principal_inn,
            representative_inn=exchange.signatory.inn,
            is_registered=power.is_registered,
        ),
        file_name=exchange.file_name,
        number=exchange.document_number,
        dated=exchange.created_at.astimezone(MOSCOW).date(),
        kind=exchange.document_kind,
        contract_number=exchange.contract_number,
        contract_date=exchange.contract_date,
    )
    _record_sent(exchange, gateway.send(document, exchange.operation_id))


def fail_unsent(exchange: Exchange, code: str, reason: str) -> bool:
    """Mark an exchange that is still being sent as FAILED; False when it no longer is."""
    return exchange.fail(code, reason, state__in=Exchange.UNSENT_STATES)


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
    """Choose the client's box once. Boxes that are not open to everybody need a consent."""
    if exchange.recipient_box_id:
        return
    recipient = SigningRecipient(
        exchange.recipient_inn, exchange.recipient_kpp, exchange.recipient_address_id
    )
    candidates = recipients.find_recipient_boxes(gateway, exchange.box, recipient)
    choice = recipients.choose_recipient_box(candidates, recipient)
    changes = {
        "recipient_box_id": choice.box_id,
        "recipient_department_id": choice.department_id,
        "recipient_box_title": choice.title,
        "state": State.SENDING if choice.accepts_strangers else State.AWAITING_CONSENT,
    }
    exchange.update_if(changes, state=State.SENDING, recipient_box_id="")


def _sign(exchange: Exchange, pdf: bytes) -> bool:
    """Sign once: a repeated sending posts the signature that is stored.

    False while the signatory has yet to confirm.
    """
    if exchange.sender_signature is not None:
        return True
    before = {"state__in": [State.SENDING, State.AWAITING_CONFIRMATION]}
    try:
        signature = sign_content(exchange, pdf, file_name=exchange.file_name)
    except ConfirmationPending as pending:
        changes = {
            "state": State.AWAITING_CONFIRMATION,
            "waits_until": pending.expires_at,
            "reason": f"Подписант {exchange.signatory} должен подтвердить подпись {pending.place}.",
        }
        exchange.update_if(changes, **before)
        return False
    report = cms.verify(signature, pdf, trust=load_trust_store(), at=clock.now())
    if not report.is_valid:
        raise send_refused(SendRefusalCode.CERTIFICATE_INVALID, report.reasons[0].text)
    changes = {
        "sender_signature": signature,
        "document_digests": compute_digests(pdf),
        "state": State.SENDING,
        "waits_until": None,
        "reason": "",
    }
    exchange.update_if(changes, sender_signature=None, **before)
    return exchange.sender_signature is not None


def _put_on_shelf(exchange: Exchange, gateway: OperatorGateway, pdf: bytes) -> None:
    """Upload the PDF, unless the operator still has it. It gives the file a name of its own."""
    if exchange.shelved_at is not None and clock.now() < exchange.shelved_at + SHELF_LIFE:
        return
    changes = {"shelf_name": gateway.upload_to_shelf(pdf), "shelved_at": clock.now()}
    exchange.update_if(changes, state=State.SENDING)


def _post_or_invite(exchange: Exchange, gateway: OperatorGateway) -> None:
    """Post the document. A client who accepts no strangers after all is invited first."""
    try:
        post_document(exchange, gateway)
    except Refused as refusal:
        if refusal.code != OperatorRefusalCode.STRANGER_FORBIDDEN:
            raise
        # The refusal of this operation id also says that no attempt of it has succeeded.
        changes = {"state": State.AWAITING_CONSENT, "attempted_at": None}
        exchange.update_if(changes, state=State.SENDING)
        if ensure_consent(exchange, gateway):
            raise Unavailable(SYSTEM, "the client accepts no documents yet") from refusal


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
