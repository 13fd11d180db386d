"""Certificates and powers of attorney of active signatories that end soon or are over."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from econtract.platform.common.moscow_time import MOSCOW, format_date
from edo.models import PowerOfAttorney, Signatory
from edo.trust.store import is_known_revoked

EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Expiry:
    """The end of a signatory's certificate, or of `power` when there is one.

    `until` is the last day in Moscow, `is_over` whether it is invalid already, `text` says both
    in Russian.
    """

    signatory: Signatory
    power: PowerOfAttorney | None
    until: date
    text: str
    is_over: bool


def find_expiries(at: datetime) -> list[Expiry]:
    """All that end within EXPIRES_SOON of ``at``, have ended or were revoked; urgent ones first.

    A power of attorney is left out when the signatory has one that ends later for the same
    organisation.
    """
    signatories = Signatory.objects.filter(active=True).prefetch_related("powers")
    expiries = []
    for signatory in signatories:
        expiries += [_check_certificate(signatory, at), *_check_powers(signatory, at)]
    return sorted(
        (expiry for expiry in expiries if expiry),
        key=lambda expiry: (not expiry.is_over, expiry.until),
    )


def _check_certificate(signatory: Signatory, at: datetime) -> Expiry | None:
    ends_at = signatory.certificate_until
    until = ends_at.astimezone(MOSCOW).date()
    if ends_at < at:
        return Expiry(signatory, None, until, f"Истек {format_date(until)}", is_over=True)
    if is_known_revoked(signatory.certificate_pem, at):
        return Expiry(signatory, None, until, "Отозван удостоверяющим центром", is_over=True)
    if ends_at <= at + EXPIRES_SOON:
        return Expiry(signatory, None, until, f"Истекает {format_date(until)}", is_over=False)
    return None


def _check_powers(signatory: Signatory, at: datetime) -> list[Expiry | None]:
    by_principal: dict[str, list[PowerOfAttorney]] = {}
    for power in signatory.powers.all():
        by_principal.setdefault(power.principal_inn, []).append(power)
    return [_check_last_power(signatory, powers, at) for powers in by_principal.values()]


def _check_last_power(
    signatory: Signatory, powers: list[PowerOfAttorney], at: datetime
) -> Expiry | None:
    """Check only the one of ``powers`` (of one organisation) that ends last."""
    power = max(powers, key=lambda power: (not _is_revoked(power, at), power.valid_until))
    until, today = power.valid_until, at.astimezone(MOSCOW).date()
    if power.revoked_at and _is_revoked(power, at):
        text = f"Отозвана {format_date(power.revoked_at)}"
        return Expiry(signatory, power, until, text, is_over=True)
    if until < today:
        return Expiry(signatory, power, until, f"Истекла {format_date(until)}", is_over=True)
    if until <= today + EXPIRES_SOON:
        return Expiry(signatory, power, until, f"Истекает {format_date(until)}", is_over=False)
    return None


def _is_revoked(power: PowerOfAttorney, at: datetime) -> bool:
    return power.revoked_at is not None and power.revoked_at <= at
