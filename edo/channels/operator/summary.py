"""What the card shows of an exchange: sender, state, both signatures."""

from contextlib import suppress
from datetime import datetime

from django.core.cache import cache

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import format_with_zone
from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import SigningSide
from edo.channels.operator.document_digests import get_digests
from edo.channels.operator.verdicts import OPERATOR_DISAGREES, parse_recipient_verdict
from edo.channels.summaries import SignatureStatus, SignatureSummary, SigningDetail, SigningSummary
from edo.models import Box, Exchange, PowerOfAttorney, Signatory
from edo.powers.mchd import MalformedPowerOfAttorney
from edo.powers.mchd_chain import parse_link
from edo.signing import cms
from edo.signing.report import SignatureReport, Verdict
from edo.signing.revocation import RevocationStatus
from edo.trust.staleness import find_stale_since
from edo.trust.store import load_trust_store

# A certificate may be revoked at any time, but an open card need not show it at once.
REPORT_CACHE_SECONDS = 300
STATUS_BY_VERDICT = {
    Verdict.VALID: SignatureStatus.VALID,
    Verdict.INVALID: SignatureStatus.INVALID,
    Verdict.UNDETERMINED: SignatureStatus.UNCHECKED,
}
MAX_POWERS_LENGTH = 2000
OPERATOR_VERDICTS: dict[str, str] = {
    Exchange.OperatorVerdict.VALID: "Оператор ЭДО считает подпись действительной.",
    Exchange.OperatorVerdict.INVALID: OPERATOR_DISAGREES.text,
    Exchange.OperatorVerdict.UNKNOWN: "",
}
NOT_VERIFIABLE = Refusal(
    "signature_not_verifiable", "Проверить подпись нельзя: корневые сертификаты не читаются"
)


def summarize(box: Box, signatory: Signatory, exchange: Exchange | None) -> SigningSummary:
    """The details in the order in which the card shows them."""
    details = [
        SigningDetail("ЛК ЭДО", box.name),
        SigningDetail("Подписант", _describe_signatory(signatory)),
        SigningDetail("Сертификат", _describe_certificate(signatory), is_code=True),
        *_describe_stale_list(signatory.certificate_pem),
    ]
    if exchange is None:
        return SigningSummary(tuple(details))
    if exchange.power_of_attorney is not None:
        power = _describe_power(exchange.power_of_attorney)
        details.append(SigningDetail("МЧД", power, is_code=True))
    details += _describe_recipient(exchange)
    details.append(SigningDetail("У оператора ЭДО", _describe_state(exchange), is_code=True))
    if exchange.revocation:
        details.append(SigningDetail("Аннулирование", exchange.get_revocation_display()))
    signatures = (_summarize_sender(exchange), _summarize_recipient(exchange))
    return SigningSummary(tuple(details), signatures)


def _describe_recipient(exchange: Exchange) -> list[SigningDetail]:
    details = []
    if exchange.recipient_box_title:
        details.append(SigningDetail("Ящик клиента", exchange.recipient_box_title))
    if exchange.invited_at is not None:
        invited = format_with_zone(exchange.invited_at)
        details.append(SigningDetail("Приглашение отправлено", invited, is_code=True))
    return details


def _describe_signatory(signatory: Signatory) -> str:
    return f"{signatory}, {signatory.position}" if signatory.position else str(signatory)


def _describe_certificate(signatory: Signatory) -> str:
    until = signatory.certificate_until
    suffix = " – истек" if until < clock.now() else ""
    return f"{signatory.certificate_serial}, до {until:%d.%m.%Y}{suffix}"


def _describe_power(power: PowerOfAttorney) -> str:
    suffix = " – отозвана" if power.revoked_at else ""
    return f"{power.registration_number}, до {power.valid_until:%d.%m.%Y}{suffix}"


def _describe_state(exchange: Exchange) -> str:
    times = {
        Exchange.State.SENDING: exchange.created_at,
        Exchange.State.SENT: exchange.sent_at,
        Exchange.State.DELIVERED: exchange.delivered_at,
    }
    at = times.get(Exchange.State(exchange.state), exchange.finished_at)
    state = exchange.get_state_display()
    return f"{state} {format_with_zone(at)}" if at else state


def _summarize_sender(exchange: Exchange) -> SignatureSummary:
    side = SigningSide.SENDER
    if not exchange.sender_signature:
        return SignatureSummary(side, _get_absence(exchange))
    try:
        report = _verify_cached(side, exchange, bytes(exchange.sender_signature))
    except Unavailable:
        return SignatureSummary(side, SignatureStatus.UNCHECKED, (NOT_VERIFIABLE,))
    status = STATUS_BY_VERDICT[report.verdict]
    return SignatureSummary(side, status, report.reasons, _describe_signature(report))


def _summarize_recipient(exchange: Exchange) -> SignatureSummary:
    """Our verdict as it is stored, and the operator's beside it."""
    side = SigningSide.RECIPIENT
    if not exchange.recipient_signature:
        return SignatureSummary(side, _get_absence(exchange))
    try:
        report = _verify_cached(side, exchange, bytes(exchange.recipient_signature))
    except Unavailable:
        return SignatureSummary(side, SignatureStatus.UNCHECKED, (NOT_VERIFIABLE,))
    verdict, reasons = report.verdict, report.reasons
    if exchange.recipient_verdict:
        ours = parse_recipient_verdict(exchange.recipient_verdict)
        verdict, reasons = ours.verdict, ours.reasons
    return SignatureSummary(
        side,
        STATUS_BY_VERDICT[verdict],
        reasons,
        (*_describe_signature(report), *_describe_recipient_powers(exchange, report)),
        OPERATOR_VERDICTS[exchange.operator_verdict],
    )


def _get_absence(exchange: Exchange) -> SignatureStatus:
    return SignatureStatus.PENDING if exchange.is_live else SignatureStatus.ABSENT


def _verify_cached(side: SigningSide, exchange: Exchange, signature: bytes) -> SignatureReport:
    """Raises Unavailable when the trusted roots cannot be read."""
    key = f"signature-report:{exchange.pk}:{side}:{len(signature)}"
    report: SignatureReport | None = cache.get(key)
    if report is None:
        digests = get_digests(exchange)
        report = cms.verify_digest(signature, digests, trust=load_trust_store())
        cache.set(key, report, REPORT_CACHE_SECONDS)
    return report


def _describe_signature(report: SignatureReport) -> tuple[SigningDetail, ...]:
    details = []
    if certificate := report.certificate:
        inn = certificate.organisation_inn or certificate.inn
        term = _describe_term(certificate.valid_from, certificate.valid_until)
        details = [
            SigningDetail("Подписал", certificate.owner),
            SigningDetail("Организация", certificate.organisation),
            SigningDetail("ИНН", inn, is_code=True),
            SigningDetail("Сертификат", certificate.serial, is_code=True),
            SigningDetail("Действует", term, is_code=True),
        ]
    if report.signed_at is not None:
        details.append(SigningDetail("Время", format_with_zone(report.signed_at), is_code=True))
    if report.certificate and report.revocation == RevocationStatus.UNKNOWN:
        details += _describe_stale_list(report.certificate.pem)
    return tuple(detail for detail in details if detail.value)


def _describe_stale_list(pem: str) -> list[SigningDetail]:
    """Nothing while a list about the certificate holds, or when there never was one."""
    since = find_stale_since(pem, clock.now())
    if since is None:
        return []
    text = f"не проверяется: список отзыва УЦ устарел {format_with_zone(since)}"
    return [SigningDetail("Отзыв", text)]


def _describe_recipient_powers(exchange: Exchange, report: SignatureReport) -> list[SigningDetail]:
    """The client's powers of attorney, where they count: a person may have to judge them."""
    certificate = report.certificate
    if certificate is None or certificate.belongs_to(exchange.recipient_inn):
        return []
    details = []
    for power in exchange.recipient_powers.all():
        number = power.registration_number
        details.append(SigningDetail("МЧД клиента", number, is_code=True))
        with suppress(MalformedPowerOfAttorney):
            link = parse_link(bytes(power.xml))
            givers = ", ".join(party.name for party in link.issuers)
            receivers = ", ".join(party.name for party in link.representatives)
            details.append(SigningDetail("Доверитель и представитель", f"{givers} – {receivers}"))
            text = link.powers_text or "; ".join(link.power_names)
            details.append(SigningDetail("Полномочия", text[:MAX_POWERS_LENGTH]))
    return details


def _describe_term(start: datetime, end: datetime) -> str:
    return f"{start:%d.%m.%Y} – {end:%d.%m.%Y}"
