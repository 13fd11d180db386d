"""Finding out what has become of a sent document, and storing the client's signature."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused, Refused, Unavailable
from econtract.platform.common.refusals import Refusal, join_texts
from econtract.platform.outbox.leases import fenced_transaction
from edo.channels.operator.answers import get_delivery_time, store_refusal
from edo.channels.operator.document_digests import ensure_digests
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.refusals import SYSTEM, ExchangeFailureCode
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.revocation import revoke_at_operator, store_revocation_request
from edo.channels.operator.values import (
    DocumentRevocation,
    DocumentStatus,
    PowerStatus,
    RecipientResponse,
    SenderSignatureStatus,
    SentDocument,
)
from edo.channels.operator.verdicts import (
    OPERATOR_DISAGREES,
    POWER_REJECTED,
    SIGNED_PARTIALLY,
    RecipientVerdict,
    decide_state,
    judge_recipient_signature,
    verify_recipient_signature,
)
from edo.models import Exchange, RecipientPower
from edo.trust.freshness import freshen_for_signature
from edo.trust.store import load_trust_store

State = Exchange.State
# An exchange with a signature of the client that is not settled yet.
OPEN_STATES = (*Exchange.LIVE_STATES, State.UNVERIFIED)
# How long the operator may leave open whether our power of attorney is attached. After that our own
# check, made before the sending, is all that counts.
POWER_CHECK_WAIT = timedelta(hours=1)
SENDER_SIGNATURE_REJECTED = Refusal(
    ExchangeFailureCode.SENDER_SIGNATURE_INVALID,
    "Оператор ЭДО не принял нашу подпись, документ клиенту не доставлен.",
)
POWER_PROBLEMS = {
    PowerStatus.NOT_ATTACHED: "МЧД не приложена к документу у оператора ЭДО.",
    PowerStatus.INVALID: "Оператор ЭДО считает приложенную МЧД недействительной.",
}
NO_ROOTS = Refusal(
    "trust_unknown", "Корневые сертификаты не читаются.", "Обратитесь в техническую поддержку."
)
NOT_DELIVERED = "Документ не доставлен клиенту."
SIGNER_UNKNOWN = Refusal(
    "signer_unknown",
    "Сертификат в подписи клиента не читается: чья она, неизвестно, и принять ее нельзя.",
    "Отклоните подпись и попросите клиента подписать документ снова.",
)


def follow(*, exchange: Exchange) -> Exchange.State:
    """Ask the operator for the status of the document, store it and return the state.

    The state may skip steps: a document that was SENT may be SIGNED at once (`delivered_at` is
    set then, too). DELIVERED means that our signature was accepted and the power of attorney is
    attached. SIGNED means that the client's signature passed our checks: content, chain, dates,
    revocation, ИНН. UNVERIFIED means that it is open whether it is valid; it is judged anew. FAILED
    and REFUSED have a `reason`, FAILED a `failure` code as well; a failed document that the client
    could still sign is revoked first. Safe to repeat; a closed exchange is not asked about. Raises
    Unavailable, Refused, or ConfirmationPending.
    """
    exchange.refresh_from_db()
    if exchange.message_id and exchange.state in OPEN_STATES:
        gateway = get_gateway(exchange.box)
        sent = SentDocument(exchange.message_id, exchange.document_id)
        status = gateway.get_status(exchange.box.operator_box_id, sent)
        _store_status(exchange, gateway, status)
    return State(exchange.state)


def accept_signature(*, exchange: Exchange) -> None:
    """A person takes the UNVERIFIED signature of the client as valid. Does nothing otherwise.

    Raises ActionRefused for a signature without a certificate that we can read: neither stamp nor
    package could say whose it is; and when the trusted roots cannot be read.
    """
    if exchange.state != State.UNVERIFIED:
        return
    try:
        trust = load_trust_store()
    except Unavailable:
        raise ActionRefused(NO_ROOTS) from None
    if verify_recipient_signature(exchange, trust).certificate is None:
        raise ActionRefused(SIGNER_UNKNOWN)
    exchange.close(State.SIGNED, {"reason": ""}, state=State.UNVERIFIED)


def refuse_signature(*, exchange: Exchange, reason: str) -> None:
    """A person takes the UNVERIFIED signature as invalid. Does nothing otherwise."""
    code = ExchangeFailureCode.RECIPIENT_SIGNATURE_INVALID
    exchange.fail(code, reason, state=State.UNVERIFIED)


def _store_status(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    if status.revocation == DocumentRevocation.REVOKED:
        exchange.close(State.REVOKED, state__in=OPEN_STATES)
        return
    if exchange.state == State.UNVERIFIED:
        # What was missing may have come, such as the client's power of attorney.
        _store_signature(exchange, gateway, status)
        _judge_signature(exchange, gateway, status)
        return
    if problem := _find_delivery_problem(exchange, gateway, status):
        exchange.fail(problem.code, problem.text)
        return
    if problem := _find_sending_problem(status):
        _fail(exchange, gateway, problem)
        return
    store_revocation_request(exchange, status.revocation)
    if status.sender_signature != SenderSignatureStatus.VALID or _is_power_awaited(
        exchange, status
    ):
        return
    if status.response == RecipientResponse.REFUSED:
        store_refusal(exchange, gateway, status)
    elif status.is_signed or status.response == RecipientResponse.SIGNED_INVALID:
        _store_signature(exchange, gateway, status)
        _judge_signature(exchange, gateway, status)
    elif status.delivered_at is not None:
        changes = {"state": State.DELIVERED, "delivered_at": status.delivered_at}
        exchange.update_if(changes, state=State.SENT)


def _find_delivery_problem(
    exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus
) -> Refusal | None:
    reason = status.delivery_failure
    if status.delivery_failure_id:
        sent = SentDocument(exchange.message_id, exchange.document_id)
        box_id = exchange.box.operator_box_id
        reason = gateway.fetch_reason(box_id, sent, status.delivery_failure_id)
    elif not reason:
        return None
    return Refusal(ExchangeFailureCode.NOT_DELIVERED, f"{NOT_DELIVERED} {reason}".strip())


def _find_sending_problem(status: DocumentStatus) -> Refusal | None:
    """What the operator finds wrong with our side only after the sending."""
    if status.sender_signature == SenderSignatureStatus.INVALID:
        return SENDER_SIGNATURE_REJECTED
    # A document that the client has signed is not failed for this: a person decides.
    if status.sender_signature == SenderSignatureStatus.PENDING or status.is_signed:
        return None
    if text := POWER_PROBLEMS.get(status.power):
        return Refusal(ExchangeFailureCode.POWER_OF_ATTORNEY_INVALID, text)
    return None


def _is_power_awaited(exchange: Exchange, status: DocumentStatus) -> bool:
    """Whether the operator has yet to say that our power of attorney is attached."""
    sent_at = exchange.sent_at or exchange.created_at
    return status.power == PowerStatus.PENDING and clock.now() < sent_at + POWER_CHECK_WAIT


def _fail(exchange: Exchange, gateway: OperatorGateway, problem: Refusal) -> None:
    """Close as FAILED, after revoking what the client could still sign."""
    # Refused: it is signed, or it cannot be revoked. Nothing more can be done at the operator.
    with suppress(Refused):
        revoke_at_operator(exchange, gateway)
    exchange.fail(problem.code, problem.text)


def _store_signature(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    """Fetch the client's signature as it came, the stamped one, and their power of attorney."""
    if not status.recipient_signature_id:
        raise Unavailable(SYSTEM, "the recipient's signature is not there yet")
    box_id = exchange.box.operator_box_id
    sent = SentDocument(exchange.message_id, exchange.document_id)
    signature_id = status.recipient_signature_id
    signature = gateway.fetch_content(box_id, exchange.message_id, signature_id)
    stamped = gateway.fetch_stamped_signature(box_id, sent)
    ensure_digests(exchange, gateway)
    if status.recipient_power_id:
        _store_powers(exchange, gateway, status.recipient_power_id)
    changes = {
        "recipient_signature": signature,
        "recipient_signature_stamped": stamped if stamped and stamped != signature else None,
        "recipient_signed_at": status.recipient_signed_at,
        "delivered_at": get_delivery_time(exchange, status),
    }
    exchange.update_if(changes, state__in=OPEN_STATES)


def _store_powers(exchange: Exchange, gateway: OperatorGateway, power_id: str) -> None:
    sent = SentDocument(exchange.message_id, exchange.document_id)
    files = gateway.fetch_recipient_power(exchange.box.operator_box_id, sent, power_id)
    with fenced_transaction():
        exchange.recipient_powers.all().delete()
        RecipientPower.objects.bulk_create(
            RecipientPower(
                exchange=exchange,
                position=position,
                registration_number=file.registration_number[:40],
                xml=file.xml,
                signature=file.signature,
            )
            for position, file in enumerate(files)
        )


def _judge_signature(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    """Store both verdicts on the stored signature, and the state that they mean."""
    operator = _get_operator_verdict(exchange, gateway, status)
    freshen_for_signature(bytes(exchange.recipient_signature or b""), clock.now())
    extra_doubts = []
    if status.response == RecipientResponse.SIGNED_PARTIALLY:
        extra_doubts.append(SIGNED_PARTIALLY)
    if text := POWER_PROBLEMS.get(status.power):
        extra_doubts.append(Refusal(ExchangeFailureCode.POWER_OF_ATTORNEY_INVALID, text))
    if status.recipient_power == PowerStatus.INVALID:
        extra_doubts.append(POWER_REJECTED)
    ours = judge_recipient_signature(exchange, load_trust_store(), extra_doubts)
    changes = {"recipient_verdict": ours.to_json(), "operator_verdict": operator}
    exchange.update_if(changes, state__in=OPEN_STATES)
    state = decide_state(ours, operator)
    if state == State.SIGNED:
        exchange.close(State.SIGNED, {"reason": ""}, state__in=OPEN_STATES)
    elif state == State.UNVERIFIED:
        reason = _build_reason("Подпись клиента не удалось проверить.", _explain(ours, operator))
        exchange.update_if({"state": State.UNVERIFIED, "reason": reason}, state__in=OPEN_STATES)
    else:
        reason = _build_reason("Подпись клиента не прошла проверку.", _explain(ours, operator))
        _fail_signature(exchange, gateway, status, reason)


def _get_operator_verdict(
    exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus
) -> Exchange.OperatorVerdict:
    if status.response == RecipientResponse.SIGNED_INVALID or status.has_error_report:
        return Exchange.OperatorVerdict.INVALID
    sent = SentDocument(exchange.message_id, exchange.document_id)
    is_valid = gateway.fetch_signature_verdict(
        exchange.box.operator_box_id, sent, status.recipient_signature_id
    )
    if is_valid is None:
        return Exchange.OperatorVerdict.UNKNOWN
    return Exchange.OperatorVerdict.VALID if is_valid else Exchange.OperatorVerdict.INVALID


def _explain(ours: RecipientVerdict, operator: str) -> Iterable[Refusal]:
    disagrees = operator == Exchange.OperatorVerdict.INVALID and not ours.problems
    return (*ours.reasons, OPERATOR_DISAGREES) if disagrees else ours.reasons


def _build_reason(lead: str, reasons: Iterable[Refusal]) -> str:
    return f"{lead} {join_texts(tuple(reasons))}"[:1000]


def _fail_signature(
    exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus, reason: str
) -> None:
    code = ExchangeFailureCode.RECIPIENT_SIGNATURE_INVALID
    if exchange.state == State.UNVERIFIED:
        exchange.fail(code, reason, state=State.UNVERIFIED)
    else:
        _fail(exchange, gateway, Refusal(code, reason))
