"""What became of a sent document: the operator's truth, judged by us."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Any

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.refusals import Refusal, join_texts
from edo.channels.operator.gateway import (
    DocumentTruth,
    Operator,
    RecipientAnswer,
    SenderVerdict,
    SentDocument,
)
from edo.channels.operator.refusals import SYSTEM, Failure
from edo.channels.operator.registry import operator_for
from edo.channels.operator.sending import LIVE, change, fail, retire
from edo.models import Exchange
from edo.signing import cms
from edo.signing.cms import SignatureReport
from edo.signing.cms_parsing import HASHES
from edo.signing.trust import load_trust_store

State = Exchange.State
NO_REASON = "Клиент не указал причину."


def follow(*, exchange: Exchange) -> Exchange.State:
    """Asks the operator how the document stands, stores it, and answers the state.

    Goes as far as the truth allows, so a document may pass from SENT to SIGNED at once;
    `delivered_at` is then filled too. DELIVERED means that our signature was accepted and the
    МЧД is attached, SIGNED that the client's signature was verified by us (bytes, chain, dates,
    revocation, ИНН). FAILED and REFUSED carry `reason` in words, FAILED also `failure`; a failed
    document that the client could still sign is revoked at the operator first. Idempotent; a
    closed exchange is not asked about. Raises Unavailable or Refused (the operator's own).
    """
    exchange.refresh_from_db()
    if exchange.is_live and exchange.message_id:
        operator = operator_for(exchange.box)
        sent = SentDocument(exchange.message_id, exchange.document_id)
        truth = operator.truth(exchange.box.operator_box_id, sent)
        _judge(exchange, operator, truth)
    return State(exchange.state)


def _judge(exchange: Exchange, operator: Operator, truth: DocumentTruth) -> None:
    if truth.revoked:
        _close(exchange, State.REVOKED, {})
    elif problem := _sending_problem(truth):
        _give_up(exchange, operator, problem)
    elif truth.sender_verdict != SenderVerdict.VALID:
        return
    elif truth.answer == RecipientAnswer.REFUSED:
        _note_refusal(exchange, operator, truth)
    elif truth.answer in {RecipientAnswer.SIGNED, RecipientAnswer.SIGNED_BADLY}:
        _note_signature(exchange, operator, truth)
    elif truth.delivered_at is not None:
        changes = {"state": State.DELIVERED, "delivered_at": truth.delivered_at}
        change(exchange, changes, state=State.SENT)


def _sending_problem(truth: DocumentTruth) -> Refusal | None:
    """Told by the operator only after the sending, or silently missing."""
    if truth.sender_verdict == SenderVerdict.INVALID:
        text = "Оператор ЭДО не принял нашу подпись, документ клиенту не доставлен."
        return Refusal(Failure.SENDER_SIGNATURE_INVALID, text)
    if truth.sender_verdict == SenderVerdict.PENDING:
        return None
    if not truth.power_attached:
        text = "МЧД не приложена к документу у оператора ЭДО."
        return Refusal(Failure.POWER_OF_ATTORNEY_INVALID, text)
    if not truth.power_valid:
        text = "Оператор ЭДО считает приложенную МЧД недействительной."
        return Refusal(Failure.POWER_OF_ATTORNEY_INVALID, text)
    return None


def _give_up(exchange: Exchange, operator: Operator, problem: Refusal) -> None:
    """FAILED, with nothing left at the operator for the client to sign."""
    # Refused: signed already or not to be revoked, so nothing more can be done there.
    with suppress(Refused):
        retire(exchange, operator)
    fail(exchange, problem.code, problem.text)


def _note_refusal(exchange: Exchange, operator: Operator, truth: DocumentTruth) -> None:
    sent = SentDocument(exchange.message_id, exchange.document_id)
    reason = ""
    if truth.refusal_id:
        box_id = exchange.box.operator_box_id
        reason = operator.refusal_reason(box_id, sent, truth.refusal_id)
    changes = {"reason": reason or NO_REASON, "delivered_at": _delivered_at(exchange, truth)}
    _close(exchange, State.REFUSED, changes)


def _note_signature(exchange: Exchange, operator: Operator, truth: DocumentTruth) -> None:
    box_id = exchange.box.operator_box_id
    if not truth.recipient_signature_id:
        raise Unavailable(SYSTEM, "the recipient's signature is not there yet")
    signature = operator.content(box_id, exchange.message_id, truth.recipient_signature_id)
    report = _verified(exchange, operator, signature, truth.recipient_signed_at)
    if report.is_valid and truth.answer == RecipientAnswer.SIGNED_BADLY:
        text = "Оператор ЭДО считает подпись клиента недействительной."
        report = report.with_problem(Refusal("operator_disagrees", text))
    change(exchange, {"delivered_at": _delivered_at(exchange, truth)}, state__in=LIVE)
    if not report.is_valid:
        reason = f"Подпись клиента не прошла проверку. {join_texts(report.problems)}"
        _give_up(exchange, operator, Refusal(Failure.RECIPIENT_SIGNATURE_INVALID, reason))
        return
    _close(exchange, State.SIGNED, {"recipient_signature": signature})


def _verified(
    exchange: Exchange, operator: Operator, signature: bytes, signed_at: datetime | None
) -> SignatureReport:
    digest, trust = bytes.fromhex(exchange.document_sha256), load_trust_store()
    report = cms.verify_digest(signature, digest, trust=trust, at=signed_at)
    if report.digest_algorithm in HASHES and report.digest_algorithm != "sha256":
        pdf = operator.content(
            exchange.box.operator_box_id, exchange.message_id, exchange.document_id
        )
        if hashlib.sha256(pdf).digest() == digest:
            report = cms.verify(signature, pdf, trust=trust, at=signed_at)
    certificate = report.certificate
    if certificate is None or certificate.belongs_to(exchange.recipient_inn):
        return report
    owner = certificate.organisation or certificate.owner
    text = (
        f"Сертификат принадлежит другому лицу: {owner}, "
        f"ИНН {certificate.organisation_inn or certificate.inn}."
    )
    return report.with_problem(Refusal("foreign_certificate", text))


def _delivered_at(exchange: Exchange, truth: DocumentTruth) -> datetime:
    return exchange.delivered_at or truth.delivered_at or clock.now()


def _close(exchange: Exchange, state: str, changes: dict[str, Any]) -> None:
    change(exchange, {"state": state, "finished_at": clock.now(), **changes}, state__in=LIVE)
