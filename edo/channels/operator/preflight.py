"""What would stop a document from being sent, found out before it is."""

from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet

from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.errors import OutsideError, Unavailable
from econtract.platform.common.moscow_time import format_date
from econtract.platform.common.refusals import Refusal
from edo.channels.operator import recipients
from edo.channels.operator.refusals import SendRefusalCode, build_refusal
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.values import PartnershipStatus
from edo.channels.protocol import PreflightCheck, RecipientOption, SigningRecipient
from edo.models import Box, Signatory
from edo.powers.selection import find_current_power
from edo.powers.verification import find_power_problems
from edo.trust.store import is_known_revoked

CERTIFICATE_CODES = frozenset({SendRefusalCode.CERTIFICATE_INVALID})
POWER_CODES = frozenset({SendRefusalCode.POWER_OF_ATTORNEY_INVALID, SendRefusalCode.TRUST_UNKNOWN})
RECIPIENT_LABEL = "Ящик клиента"
NOT_ASKED = Refusal("client_box_not_asked", "Проверяется при отправке.")
NO_RESPONSE = Refusal(
    "client_box_unknown", "Оператор ЭДО не отвечает.", "Ящик проверится при отправке."
)
# A client who is not our partner yet. Sending the document invites them.
CONSENT_CODES = {
    PartnershipStatus.NONE: SendRefusalCode.CONSENT_NEEDED,
    PartnershipStatus.INVITED: SendRefusalCode.CONSENT_PENDING,
    PartnershipStatus.REJECTED_BY_CLIENT: SendRefusalCode.CONSENT_NEEDED,
    PartnershipStatus.REJECTED_BY_US: SendRefusalCode.CLIENT_BLOCKED_BY_US,
}
# Long enough to read the card. A client may open a box at any time.
RECIPIENT_CACHE_SECONDS = 600


def check_sender(
    *, box: Box, signatory: Signatory, at: datetime, fresh: bool = False
) -> tuple[PreflightCheck, ...]:
    """`find_sender_problems`, sorted by what they are about."""
    problems = find_sender_problems(box=box, signatory=signatory, at=at, fresh=fresh)
    certificate = [problem for problem in problems if problem.code in CERTIFICATE_CODES]
    power = [problem for problem in problems if problem.code in POWER_CODES]
    others = [problem for problem in problems if problem not in (*certificate, *power)]
    return (
        PreflightCheck("ЛК ЭДО и подписант", tuple(others)),
        PreflightCheck("Сертификат подписанта", tuple(certificate)),
        PreflightCheck("МЧД и полномочия", tuple(power)),
    )


def find_sender_problems(
    *, box: Box, signatory: Signatory, at: datetime, fresh: bool = False
) -> list[Refusal]:
    """Why ``signatory`` cannot send a document from ``box`` at ``at``; empty: they can.

    Codes are those of `SendRefusalCode`. No outside call. ``fresh`` verifies the power of
    attorney now instead of using a cached result (`find_power_problems`).
    """
    return [
        *_check_box(box, signatory),
        *_check_certificate(signatory, at),
        *_check_power(box, signatory, at, fresh=fresh),
    ]


def get_recipient_check(box: Box, recipient: SigningRecipient) -> PreflightCheck:
    """The cached result of `check_recipient`, or a check that is not known yet."""
    check: PreflightCheck | None = cache.get(_get_cache_key(box, recipient))
    return check or PreflightCheck(RECIPIENT_LABEL, (NOT_ASKED,), is_blocking=False, is_known=False)


def check_recipient(box: Box, recipient: SigningRecipient) -> PreflightCheck:
    """Ask the operator whether the client has a box that accepts documents from ``box``.

    Never raises, and never blocks: the operator says so at the sending in any case, and the
    client may open a box before it.
    """
    try:
        problems = find_recipient_problems(box, recipient)
    except OutsideError:
        return PreflightCheck(RECIPIENT_LABEL, (NO_RESPONSE,), is_blocking=False, is_known=False)
    check = PreflightCheck(RECIPIENT_LABEL, tuple(problems), is_blocking=False)
    cache.set(_get_cache_key(box, recipient), check, RECIPIENT_CACHE_SECONDS)
    return check


def find_recipient_problems(box: Box, recipient: SigningRecipient) -> list[Refusal]:
    """Why the client cannot receive documents from ``box``. Raises Unavailable or Refused."""
    gateway = get_gateway(box)
    candidates = recipients.find_recipient_boxes(gateway, box, recipient)
    choice = recipients.judge_candidates(candidates, recipient)
    if isinstance(choice, Refusal):
        return [choice]
    if choice.accepts_strangers:
        return []
    partnership = gateway.get_partnership(box.operator_box_id, choice.box_id)
    code = CONSENT_CODES.get(partnership.status)
    return [build_refusal(code)] if code else []


def find_recipient_options(box: Box, recipient: SigningRecipient) -> tuple[RecipientOption, ...]:
    """The client's boxes for the manager to choose from. Raises Unavailable or Refused."""
    candidates = recipients.find_recipient_boxes(get_gateway(box), box, recipient)
    return recipients.build_options(candidates, recipient)


def _get_cache_key(box: Box, recipient: SigningRecipient) -> str:
    address = (recipient.inn, recipient.kpp, recipient.address_id.replace("/", "."))
    return ":".join(["recipient-check", str(box.pk), *address])


# Compiled: saves 0.9 of 1.1 ms (`scripts/bench compiled`).
@CompiledQuery
def _signatory_in_box(box: Parameter, signatory: Parameter) -> QuerySet[Signatory]:
    return Signatory.objects.filter(pk=signatory, boxes=box).only("pk")


def _check_box(box: Box, signatory: Signatory) -> list[Refusal]:
    problems = []
    if not box.active:
        text = f"ЛК ЭДО «{box.name}» отключен."
        problems.append(Refusal(SendRefusalCode.BOX_INACTIVE, text, "Выберите другой ЛК ЭДО."))
    if not signatory.active:
        text = f"Подписант {signatory} отключен."
        fix = "Выберите другого подписанта."
        problems.append(Refusal(SendRefusalCode.SIGNATORY_INACTIVE, text, fix))
    elif not _signatory_in_box(box=box.pk, signatory=signatory.pk):
        text = f"Подписант {signatory} не подписывает в ЛК ЭДО «{box.name}»."
        fix = "Выберите подписанта этого ЛК ЭДО."
        problems.append(Refusal(SendRefusalCode.SIGNATORY_INACTIVE, text, fix))
    return problems


def _check_certificate(signatory: Signatory, at: datetime) -> list[Refusal]:
    if at > signatory.certificate_until:
        text = f"Сертификат подписанта истек {format_date(signatory.certificate_until)}."
    elif at < signatory.certificate_from:
        valid_from = format_date(signatory.certificate_from)
        text = f"Сертификат подписанта действует только с {valid_from}."
    elif is_known_revoked(signatory.certificate_pem, at):
        text = "Сертификат подписанта отозван."
    else:
        return []
    return [build_refusal(SendRefusalCode.CERTIFICATE_INVALID, text)]


def _check_power(box: Box, signatory: Signatory, at: datetime, *, fresh: bool) -> list[Refusal]:
    power = find_current_power(signatory, box, at)
    if power is None:
        return [build_refusal(SendRefusalCode.POWER_OF_ATTORNEY_INVALID)]
    try:
        problems = find_power_problems(
            power, signatory=signatory, principal_inn=box.inn, at=at, fresh=fresh
        )
    except ValueError:
        text = "Сертификат подписанта не читается."
        return [build_refusal(SendRefusalCode.CERTIFICATE_INVALID, text)]
    except Unavailable:
        return [build_refusal(SendRefusalCode.TRUST_UNKNOWN)]
    code = SendRefusalCode.POWER_OF_ATTORNEY_INVALID
    return [build_refusal(code, problem.text) for problem in problems]
