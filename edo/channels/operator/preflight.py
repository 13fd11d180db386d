"""What would stop a document from going out, told before it does."""

from datetime import datetime

from django.db.models import QuerySet

from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import moscow_date
from econtract.platform.common.refusals import Refusal
from edo.channels.operator.refusals import FIXES, TEXTS, SendRefusal
from edo.channels.operator.registry import operator_for
from edo.models import Box, Signatory
from edo.powers.selection import find_current_power
from edo.powers.verification import find_power_problems
from edo.signing.trust import is_known_revoked


def preflight(
    *,
    box: Box,
    signatory: Signatory,
    recipient_inn: str,
    recipient_kpp: str,
    at: datetime,
    ask_operator: bool = False,
    fresh: bool = False,
) -> list[Refusal]:
    """Every reason why sending at ``at`` would fail, with its fix; empty when none is known.

    Codes are those of `SendRefusal`. No outside call, unless ``ask_operator``: then the client's
    box is looked for too, and Unavailable or Refused may be raised. ``fresh``: the power of
    attorney is verified now, and not remembered (`edo.powers.verification.find_power_problems`).
    """
    problems = [
        *_box_problems(box, signatory),
        *_certificate_problems(signatory, at),
        *_power_problems(box, signatory, at, fresh=fresh),
    ]
    if ask_operator:
        problems += _recipient_problems(box, recipient_inn, recipient_kpp)
    return problems


# Compiled: saves 0.9 of 1.1 ms (`scripts/bench compiled`).
@CompiledQuery
def _signing_in(box: Parameter, signatory: Parameter) -> QuerySet[Signatory]:
    return Signatory.objects.filter(pk=signatory, boxes=box).only("pk")


def _box_problems(box: Box, signatory: Signatory) -> list[Refusal]:
    problems = []
    if not box.active:
        text = f"ЛК ЭДО «{box.name}» отключен."
        problems.append(Refusal(SendRefusal.BOX_INACTIVE, text, "Выберите другой ЛК ЭДО."))
    if not signatory.active:
        text = f"Подписант {signatory} отключен."
        fix = "Выберите другого подписанта."
        problems.append(Refusal(SendRefusal.SIGNATORY_INACTIVE, text, fix))
    elif not _signing_in(box=box.pk, signatory=signatory.pk):
        text = f"Подписант {signatory} не подписывает в ЛК ЭДО «{box.name}»."
        fix = "Выберите подписанта этого ЛК ЭДО."
        problems.append(Refusal(SendRefusal.SIGNATORY_INACTIVE, text, fix))
    return problems


def _certificate_problems(signatory: Signatory, at: datetime) -> list[Refusal]:
    if at > signatory.certificate_until:
        text = f"Сертификат подписанта истек {moscow_date(signatory.certificate_until)}."
    elif at < signatory.certificate_from:
        text = (
            f"Сертификат подписанта действует только с {moscow_date(signatory.certificate_from)}."
        )
    elif is_known_revoked(signatory.certificate_pem, at):
        text = "Сертификат подписанта отозван."
    else:
        return []
    return [_problem(SendRefusal.CERTIFICATE_INVALID, text)]


def _power_problems(box: Box, signatory: Signatory, at: datetime, *, fresh: bool) -> list[Refusal]:
    power = find_current_power(signatory, box, at)
    if power is None:
        return [_problem(SendRefusal.POWER_OF_ATTORNEY_INVALID)]
    try:
        found = find_power_problems(
            power, signatory=signatory, principal_inn=box.inn, at=at, fresh=fresh
        )
    except ValueError:
        text = "Сертификат подписанта не читается."
        return [_problem(SendRefusal.CERTIFICATE_INVALID, text)]
    except Unavailable:
        return [_problem(SendRefusal.TRUST_UNKNOWN)]
    return [_problem(SendRefusal.POWER_OF_ATTORNEY_INVALID, item.text) for item in found]


def _recipient_problems(box: Box, inn: str, kpp: str) -> list[Refusal]:
    operator = operator_for(box)
    recipient = operator.find_recipient(inn, kpp)
    if recipient is None:
        return [_problem(SendRefusal.NO_BOX)]
    if not operator.accepts(box.operator_box_id, recipient):
        return [_problem(SendRefusal.STRANGER_FORBIDDEN)]
    return []


def _problem(code: SendRefusal, text: str = "") -> Refusal:
    return Refusal(code, text or TEXTS[code], FIXES.get(code, ""))
