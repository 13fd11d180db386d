"""Revoking a document at an EDO operator. Steps are stored as in `sending`."""

from uuid import uuid5

from econtract.platform.common.errors import Refused
from edo.channels.operator.gateway import OperatorGateway, OperatorRefusalCode, SentDocument
from edo.channels.operator.refusals import SYSTEM, to_signing_refused
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.sending import (
    fail_unsent,
    get_signing_key,
    post_document,
    sign_content,
)
from edo.channels.protocol import AlreadySigned
from edo.models import Exchange
from edo.signing.confirmations import forget_refusal

State = Exchange.State
REVOCATION_COMMENT = "Документ отозван отправителем."


def revoke(*, exchange: Exchange) -> None:
    """Revoke the document; afterwards the state is REVOKED.

    When nobody knows whether the operator has the document, the same operation is repeated first
    to find out. If it refuses the document, the state is FAILED. Does nothing when the client can
    sign nothing. Safe to repeat. Raises AlreadySigned, Unavailable, Refused, or
    ConfirmationPending while the signatory has yet to confirm.
    """
    exchange.refresh_from_db()
    if exchange.state == State.SIGNED:
        raise AlreadySigned(SYSTEM)
    never_attempted = exchange.close(State.REVOKED, state=State.SENDING, attempted_at=None)
    if never_attempted or not exchange.is_live:
        return
    gateway = get_gateway(exchange.box)
    if exchange.state == State.SENDING and not _resolve_attempt(exchange, gateway):
        return
    revoke_at_operator(exchange, gateway)
    exchange.close(State.REVOKED)


def revoke_at_operator(exchange: Exchange, gateway: OperatorGateway) -> None:
    """Revoke the sent document at the operator. The state of the exchange stays as it is.

    Raises AlreadySigned, Unavailable or Refused; not when it is revoked already.
    """
    box_id = exchange.box.operator_box_id
    sent = SentDocument(exchange.message_id, exchange.document_id)
    request = _get_request(exchange, gateway, sent)
    signature = _sign_request(exchange, request)
    try:
        gateway.revoke(
            box_id,
            sent,
            request=request,
            signature=signature,
            operation_id=uuid5(exchange.operation_id, "revoke"),
        )
    except Refused as refusal:
        if refusal.code != OperatorRefusalCode.ALREADY_REVOKED:
            raise


def _get_request(exchange: Exchange, gateway: OperatorGateway, sent: SentDocument) -> bytes:
    """The request that was built first: the signatory confirms the signature of these bytes."""
    if exchange.revocation_request is None:
        box_id = exchange.box.operator_box_id
        request = gateway.build_revocation_request(box_id, sent, REVOCATION_COMMENT)
        exchange.update_if({"revocation_request": request}, revocation_request=None)
    return bytes(exchange.revocation_request or b"")


def _sign_request(exchange: Exchange, request: bytes) -> bytes:
    file_name = f"Аннулирование {exchange.file_name}.xml"
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
