"""Finding out what has become of a sent document, and verifying the client's signature."""

import hashlib
from contextlib import suppress
from datetime import datetime

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.refusals import Refusal, join_texts
from edo.channels.operator.gateway import (
    DocumentStatus,
    OperatorGateway,
    RecipientResponse,
    SenderSignatureStatus,
    SentDocument,
)
from edo.channels.operator.refusals import SYSTEM, ExchangeFailureCode
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.revocation import revoke_at_operator
from edo.models import Exchange
from edo.signing import cms
from edo.signing.report import SignatureReport, Verdict
from edo.trust.store import load_trust_store

State = Exchange.State
NO_REASON = "Клиент не указал причину."


def follow(*, exchange: Exchange) -> Exchange.State:
    """Ask the operator for the status of the document, store it and return the state.

    The state may skip steps: a document that was SENT may be SIGNED at once (`delivered_at` is
    set then, too). DELIVERED means that our signature was accepted and the power of attorney is
    attached. SIGNED means that the client's signature passed our checks: content, chain, dates,
    revocation, ИНН. FAILED and REFUSED have a `reason`, FAILED a `failure` code as well; a failed
    document that the client could still sign is revoked first. Safe to repeat; a closed exchange
    is not asked about. Raises Unavailable or Refused.
    """
    exchange.refresh_from_db()
    if exchange.is_live and exchange.message_id:
        gateway = get_gateway(exchange.box)
        sent = SentDocument(exchange.message_id, exchange.document_id)
        status = gateway.get_status(exchange.box.operator_box_id, sent)
        _store_status(exchange, gateway, status)
    return State(exchange.state)


def _store_status(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    if status.is_revoked:
        exchange.close(State.REVOKED)
    elif problem := _find_sending_problem(status):
        _fail(exchange, gateway, problem)
    elif status.sender_signature != SenderSignatureStatus.VALID:
        return
    elif status.response == RecipientResponse.REFUSED:
        _store_refusal(exchange, gateway, status)
    elif status.response in {RecipientResponse.SIGNED, RecipientResponse.SIGNED_INVALID}:
        _store_signature(exchange, gateway, status)
    elif status.delivered_at is not None:
        changes = {"state": State.DELIVERED, "delivered_at": status.delivered_at}
        exchange.update_if(changes, state=State.SENT)


def _find_sending_problem(status: DocumentStatus) -> Refusal | None:
    """What the operator finds wrong with our side only after the sending."""
    if status.sender_signature == SenderSignatureStatus.INVALID:
        text = "Оператор ЭДО не принял нашу подпись, документ клиенту не доставлен."
        return Refusal(ExchangeFailureCode.SENDER_SIGNATURE_INVALID, text)
    if status.sender_signature == SenderSignatureStatus.PENDING:
        return None
    if not status.is_power_attached:
        text = "МЧД не приложена к документу у оператора ЭДО."
        return Refusal(ExchangeFailureCode.POWER_OF_ATTORNEY_INVALID, text)
    if not status.is_power_valid:
        text = "Оператор ЭДО считает приложенную МЧД недействительной."
        return Refusal(ExchangeFailureCode.POWER_OF_ATTORNEY_INVALID, text)
    return None


def _fail(exchange: Exchange, gateway: OperatorGateway, problem: Refusal) -> None:
    """Close as FAILED, after revoking what the client could still sign."""
    # Refused: it is signed, or it cannot be revoked. Nothing more can be done at the operator.
    with suppress(Refused):
        revoke_at_operator(exchange, gateway)
    exchange.fail(problem.code, problem.text)


def _store_refusal(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    sent = SentDocument(exchange.message_id, exchange.document_id)
    reason = ""
    if status.refusal_id:
        box_id = exchange.box.operator_box_id
        reason = gateway.fetch_refusal_reason(box_id, sent, status.refusal_id)
    delivered_at = _get_delivery_time(exchange, status)
    exchange.close(State.REFUSED, {"reason": reason or NO_REASON, "delivered_at": delivered_at})


def _store_signature(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    box_id = exchange.box.operator_box_id
    if not status.recipient_signature_id:
        raise Unavailable(SYSTEM, "the recipient's signature is not there yet")
    signature = gateway.fetch_content(box_id, exchange.message_id, status.recipient_signature_id)
    report = _verify_recipient_signature(
        exchange, gateway, signature, at=status.recipient_signed_at
    )
    if report.is_valid and status.response == RecipientResponse.SIGNED_INVALID:
        text = "Оператор ЭДО считает подпись клиента недействительной."
        report = report.with_problem(Refusal("operator_disagrees", text))
    if report.verdict == Verdict.UNDETERMINED:
        codes = ", ".join(doubt.code for doubt in report.doubts)
        raise Unavailable(SYSTEM, f"the recipient's signature cannot be verified: {codes}")
    delivered_at = _get_delivery_time(exchange, status)
    exchange.update_if({"delivered_at": delivered_at}, state__in=Exchange.LIVE_STATES)
    if not report.is_valid:
        reason = f"Подпись клиента не прошла проверку. {join_texts(report.problems)}"
        code = ExchangeFailureCode.RECIPIENT_SIGNATURE_INVALID
        _fail(exchange, gateway, Refusal(code, reason))
        return
    exchange.close(State.SIGNED, {"recipient_signature": signature})


def _verify_recipient_signature(
    exchange: Exchange, gateway: OperatorGateway, signature: bytes, at: datetime | None
) -> SignatureReport:
    digest, trust = bytes.fromhex(exchange.document_sha256), load_trust_store()
    report = cms.verify_digest(signature, {"sha256": digest}, trust=trust, at=at)
    if "digest_unavailable" in {doubt.code for doubt in report.doubts}:
        # We have only the SHA-256 of the document. Another digest needs the document itself.
        pdf = gateway.fetch_content(
            exchange.box.operator_box_id, exchange.message_id, exchange.document_id
        )
        if hashlib.sha256(pdf).digest() == digest:
            report = cms.verify(signature, pdf, trust=trust, at=at)
    certificate = report.certificate
    if certificate is None or certificate.belongs_to(exchange.recipient_inn):
        return report
    owner = certificate.organisation or certificate.owner
    text = (
        f"Сертификат принадлежит другому лицу: {owner}, "
        f"ИНН {certificate.organisation_inn or certificate.inn}."
    )
    return report.with_problem(Refusal("foreign_certificate", text))


def _get_delivery_time(exchange: Exchange, status: DocumentStatus) -> datetime:
    return exchange.delivered_at or status.delivered_at or clock.now()
