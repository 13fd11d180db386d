"""Revoking a document at an EDO operator. Steps are stored as in `sending`."""

from uuid import uuid5

from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.answers import store_refusal
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.refusals import SYSTEM, to_signing_refused
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.sending import (
    fail_unsent,
    get_signing_key,
    post_document,
    sign_content,
)
from edo.channels.operator.values import (
    DocumentRevocation,
    DocumentStatus,
    OperatorRefusalCode,
    RecipientResponse,
    RevocationSigner,
    SentDocument,
)
from edo.channels.protocol import AlreadySigned
from edo.models import Exchange
from edo.signing.confirmations import forget_refusal

State = Exchange.State
REVOCATION_COMMENT = "Документ отозван отправителем."
REVOCATION_REASONS = {
    Exchange.RevocationState.REQUESTED_BY_US: (
        "Мы предложили аннулировать документ, клиент еще не согласился и может его подписать. "
        "Попросите клиента принять предложение у своего оператора ЭДО."
    ),
    Exchange.RevocationState.REQUESTED_BY_CLIENT: (
        "Клиент предложил аннулировать документ. Решите, согласны ли вы, и ответьте ему у "
        "оператора ЭДО: система за вас не соглашается."
    ),
    Exchange.RevocationState.REJECTED: "В аннулировании документа отказано: он остается в силе.",
}
# Codes of Refused.
REQUESTED_BY_CLIENT, REJECTED = "revocation_requested_by_client", "revocation_rejected"


def revoke(*, exchange: Exchange) -> None:
    """Revoke the document; afterwards the state is REVOKED, or the client has yet to agree.

    In the second case the exchange stays live and `revocation` says so: `follow` hears of the
    agreement. When nobody knows whether the operator has the document, the same operation is
    repeated first to find out. If it refuses the document, the state is FAILED. Does nothing when
    the client can sign nothing. Safe to repeat. Raises AlreadySigned, also for a signature that is
    yet to be judged; Unavailable, Refused, or ConfirmationPending while the signatory has yet to
    confirm.
    """
    exchange.refresh_from_db()
    if exchange.state in {State.SIGNED, State.UNVERIFIED}:
        raise AlreadySigned(SYSTEM)
    unattempted = {"state__in": Exchange.UNSENT_STATES, "attempted_at": None}
    never_attempted = exchange.close(State.REVOKED, **unattempted)
    if never_attempted or not exchange.is_live:
        return
    gateway = get_gateway(exchange.box)
    if exchange.is_unsent and not _resolve_attempt(exchange, gateway):
        return
    status = revoke_at_operator(exchange, gateway)
    if status.response == RecipientResponse.REFUSED:
        store_refusal(exchange, gateway, status)
    elif status.revocation == DocumentRevocation.REVOKED:
        exchange.close(State.REVOKED)
    else:
        store_revocation_request(exchange, DocumentRevocation.REQUESTED_BY_US)


def store_revocation_request(exchange: Exchange, status: DocumentRevocation) -> None:
    """Store who has proposed to revoke a document that stays live meanwhile, and the answer."""
    if status in {DocumentRevocation.NONE, DocumentRevocation.REVOKED}:
        return
    revocation = Exchange.RevocationState(status.value)
    if exchange.revocation != revocation:
        changes = {"revocation": revocation, "reason": REVOCATION_REASONS[revocation]}
        exchange.update_if(changes, state__in=Exchange.LIVE_STATES)


def revoke_at_operator(exchange: Exchange, gateway: OperatorGateway) -> DocumentStatus:
    """Revoke the sent document, unless the client has signed or refused it; its status then.

    The state of the exchange stays as it is. Raises AlreadySigned, Unavailable or Refused.
    """
    status = _get_status(exchange, gateway)
    if status.is_signed:
        raise AlreadySigned(SYSTEM)
    if status.response == RecipientResponse.REFUSED or status.revocation in {
        DocumentRevocation.REVOKED,
        DocumentRevocation.REQUESTED_BY_US,
    }:
        return status
    if status.revocation == DocumentRevocation.REQUESTED_BY_CLIENT:
        text = "Клиент уже предложил аннулировать документ: ответьте ему у оператора ЭДО."
        raise Refused(SYSTEM, REQUESTED_BY_CLIENT, text)
    if status.revocation == DocumentRevocation.REJECTED:
        raise Refused(SYSTEM, REJECTED, REVOCATION_REASONS[Exchange.RevocationState.REJECTED])
    _post_request(exchange, gateway)
    status = _get_status(exchange, gateway)
    if status.is_signed:
        raise AlreadySigned(SYSTEM)
    return status


def _get_status(exchange: Exchange, gateway: OperatorGateway) -> DocumentStatus:
    sent = SentDocument(exchange.message_id, exchange.document_id)
    return gateway.get_status(exchange.box.operator_box_id, sent)


def _post_request(exchange: Exchange, gateway: OperatorGateway) -> None:
    sent = SentDocument(exchange.message_id, exchange.document_id)
    request = _get_request(exchange, gateway, sent)
    signature = _sign_request(exchange, request)
    try:
        gateway.revoke(
            exchange.box.operator_box_id,
            sent,
            request=request,
            signature=signature,
            operation_id=uuid5(exchange.operation_id, "revoke"),
        )
    except Refused as refusal:
        if refusal.code == OperatorRefusalCode.STATE_CONFLICT:
            # The client was faster. The next attempt begins with the status.
            raise Unavailable(SYSTEM, "the document has just changed") from refusal
        if refusal.code != OperatorRefusalCode.ALREADY_REVOKED:
            raise


def _get_request(exchange: Exchange, gateway: OperatorGateway, sent: SentDocument) -> bytes:
    """The request that was built first: the signatory confirms the signature of these bytes."""
    if exchange.revocation_request is None:
        signatory = exchange.signatory
        request = gateway.build_revocation_request(
            exchange.box.operator_box_id,
            sent,
            REVOCATION_COMMENT,
            RevocationSigner(
                surname=signatory.surname,
                given_name=signatory.given_name,
                patronymic=signatory.patronymic,
                position=signatory.position,
                inn=exchange.box.inn,
            ),
        )
        changes = {
            "revocation_request": request.content,
            "revocation_file_name": request.file_name,
        }
        exchange.update_if(changes, revocation_request=None)
    return bytes(exchange.revocation_request or b"")


def _sign_request(exchange: Exchange, request: bytes) -> bytes:
    file_name = exchange.revocation_file_name or f"Аннулирование {exchange.file_name}.xml"
    try:
        return sign_content(exchange, request, file_name=file_name)
    except Refused:
        # A user may repeat the revocation. Then the signatory is asked again.
        forget_refusal(get_signing_key(exchange, request))
        exchange.update_if({"revocation_request": None})
        raise


def _resolve_attempt(exchange: Exchange, gateway: OperatorGateway) -> bool:
    """Repeat a sending with an unknown result; whether the operator has the document."""
    try:
        post_document(exchange, gateway)
    except Refused as refusal:
        error = to_signing_refused(refusal)
        fail_unsent(exchange, error.code, error.message)
    return exchange.is_live
