"""Which certificates and powers of attorney stop to hold soon, or have already."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from edo.models import PowerOfAttorney, Signatory
from edo.problems import MOSCOW, day
from edo.signing.trust import is_known_revoked

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Expiry:
    """A certificate (`power` None) or a power of an active signatory, and what is the matter.

    `until` is its last day in Moscow; `over` – it holds no longer.
    """

    signatory: Signatory
    power: PowerOfAttorney | None
    until: date
    words: str
    over: bool


def expiring(at: datetime) -> list[Expiry]:
    """What ends within 30 days of ``at``, has ended or was revoked; the most urgent first.

    A power counts only while the signatory has no longer one for the same organisation.
    """
    signatories = Signatory.objects.filter(active=True).prefetch_related("powers")
    found = []
    for signatory in signatories:
        found += [_certificate(signatory, at), *_powers(signatory, at)]
    return sorted((item for item in found if item), key=lambda item: (not item.over, item.until))


def _certificate(signatory: Signatory, at: datetime) -> Expiry | None:
    ends = signatory.certificate_until
    until = ends.astimezone(MOSCOW).date()
    if ends < at:
        return Expiry(signatory, None, until, f"Истек {day(until)}", over=True)
    if is_known_revoked(signatory.certificate_pem, at):
        return Expiry(signatory, None, until, "Отозван удостоверяющим центром", over=True)
    if ends <= at + SOON:
        return Expiry(signatory, None, until, f"Истекает {day(until)}", over=False)
    return None


def _powers(signatory: Signatory, at: datetime) -> list[Expiry | None]:
    by_principal: dict[str, list[PowerOfAttorney]] = {}
    for power in signatory.powers.all():
        by_principal.setdefault(power.principal_inn, []).append(power)
    return [_power(signatory, powers, at) for powers in by_principal.values()]


def _power(signatory: Signatory, powers: list[PowerOfAttorney], at: datetime) -> Expiry | None:
    """The one that lasts longest speaks for all powers of one organisation."""
    longest = max(powers, key=lambda power: (not _is_withdrawn(power, at), power.valid_until))
    until, today = longest.valid_until, at.astimezone(MOSCOW).date()
    if _is_withdrawn(longest, at) and longest.revoked_at:
        return Expiry(signatory, longest, until, f"Отозвана {day(longest.revoked_at)}", over=True)
    if until < today:
        return Expiry(signatory, longest, until, f"Истекла {day(until)}", over=True)
    if until <= today + SOON:
        return Expiry(signatory, longest, until, f"Истекает {day(until)}", over=False)
    return None


def _is_withdrawn(power: PowerOfAttorney, at: datetime) -> bool:
    return power.revoked_at is not None and power.revoked_at <= at
