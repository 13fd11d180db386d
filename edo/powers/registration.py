"""Signatories' certificates and powers of attorney: taking in, making, choosing."""

from datetime import date, datetime
from hashlib import md5
from pathlib import Path
from uuid import uuid4, uuid5

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery, Parameter
from edo.models import Box, PowerOfAttorney, Signatory
from edo.powers import mchd, mchd_checks
from edo.powers.mchd import Organisation, Person, Power, PowerOfAttorneyData
from edo.powers.mchd_checks import Expected, PowerOfAttorneyReport
from edo.problems import MOSCOW, Problem
from edo.signing import certificates
from edo.signing.service import SigningKey, signing_service
from edo.signing.trust import installed_trust

# Where anybody may check a power of attorney by its number: the tax service's registry.
REGISTRY = "https://m4d.nalog.gov.ru/emchd/check-status"
JUDGED_FOR_SECONDS = 30


class PowerOfAttorneyRefused(Exception):
    """A power of attorney was not taken in; `problems` name every failed check."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def check_power_of_attorney(
    *,
    signatory: Signatory,
    principal_inn: str,
    xml: bytes,
    signature: bytes,
    at: datetime,
    revoked_at: datetime | None = None,
) -> PowerOfAttorneyReport:
    """Every check of a power of attorney by this installation's rules. Raises Unavailable."""
    expected = Expected(
        principal_inn=principal_inn,
        representative=certificates.from_pem(signatory.certificate_pem),
        power_codes=settings.MCHD_POWER_CODES,
        schema=Path(settings.MCHD_XSD) if settings.MCHD_XSD else None,
    )
    return mchd_checks.verify(
        xml,
        signature,
        expected=expected,
        trust=installed_trust(),
        at=at,
        revoked_at=revoked_at,
    )


def problems_of_power(
    power: PowerOfAttorney, *, signatory: Signatory, principal_inn: str, at: datetime, fresh: bool
) -> tuple[Problem, ...]:
    """What `check_power_of_attorney` finds at ``at``, as of the last JUDGED_FOR_SECONDS.

    An open card asks every five seconds, and to verify is dear. Another power, certificate or time
    is judged anew, changed files of roots and revocation lists only when the time is up; with
    ``fresh`` everything is. Raises ValueError for a certificate that cannot be read, Unavailable.
    """
    facts = (
        *(power.registration_number, power.created_at, power.revoked_at, principal_inn),
        *(signatory.certificate_pem, int(at.timestamp()) // JUDGED_FOR_SECONDS),
    )
    key = "power:" + md5(repr(facts).encode(), usedforsecurity=False).hexdigest()
    known: tuple[Problem, ...] | None = None if fresh else cache.get(key)
    if known is None:
        power.refresh_from_db(fields=["xml", "signature"])
        known = check_power_of_attorney(
            signatory=signatory,
            principal_inn=principal_inn,
            xml=bytes(power.xml),
            signature=bytes(power.signature),
            at=at,
            revoked_at=power.revoked_at,
        ).problems
        cache.set(key, known, JUDGED_FOR_SECONDS)
    return known


def checked_power_of_attorney(
    *, signatory: Signatory, principal_inn: str, xml: bytes, signature: bytes
) -> PowerOfAttorney:
    """A power of attorney that passed every check, not saved yet.

    One whose term is ahead is welcome too. Raises PowerOfAttorneyRefused (`number_taken` among
    others: the number is in our base already) or Unavailable.
    """
    report = check_power_of_attorney(
        signatory=signatory,
        principal_inn=principal_inn,
        xml=xml,
        signature=signature,
        at=clock.now(),
    )
    problems = [item for item in report.problems if item.code != "not_yet_valid"]
    data = report.data
    if data is not None and PowerOfAttorney.objects.filter(
        registration_number=data.registration_number
    ):
        text = f"МЧД с номером {data.registration_number} уже загружена."
        problems.append(Problem("number_taken", text))
    if problems or data is None:
        raise PowerOfAttorneyRefused(tuple(problems))
    return PowerOfAttorney(
        signatory=signatory,
        registration_number=data.registration_number,
        principal_inn=data.principal.inn,
        head_name=data.head.full_name,
        powers=_stored_powers(data),
        xml=xml,
        signature=signature,
        valid_from=data.issued_on,
        valid_until=data.valid_until,
    )


def register_power_of_attorney(
    *, signatory: Signatory, principal_inn: str, xml: bytes, signature: bytes
) -> PowerOfAttorney:
    """Takes a signed power of attorney in: `checked_power_of_attorney`, saved."""
    power = checked_power_of_attorney(
        signatory=signatory, principal_inn=principal_inn, xml=xml, signature=signature
    )
    power.save(force_insert=True)
    return power


def make_power_of_attorney(
    *,
    signatory: Signatory,
    principal: Organisation,
    head_key_ref: str,
    valid_from: date,
    valid_until: date,
    powers: tuple[Power, ...],
) -> PowerOfAttorney:
    """Makes the XML, has the head sign it, checks it like any other, and stores it.

    The head is the owner of ``head_key_ref`` at the signing service. Raises Unavailable, Refused
    (the signing service's), PowerOfAttorneyRefused, or LookupError when there is no such key.
    """
    service = signing_service()
    head = next((key for key in service.list_keys() if key.key_ref == head_key_ref), None)
    if head is None:
        raise LookupError(f"The signing service holds no key {head_key_ref}.")
    number = uuid4()
    data = PowerOfAttorneyData(
        registration_number=number,
        internal_number=f"{valid_from:%Y%m%d}-{number.hex[:8]}",
        issued_on=valid_from,
        valid_until=valid_until,
        principal=principal,
        head=_person(head),
        representative=_representative(signatory),
        powers=powers,
        registry_address=REGISTRY,
    )
    xml = mchd.build(data)
    signature = service.sign(head_key_ref, xml, uuid5(number, "head"))
    return register_power_of_attorney(
        signatory=signatory, principal_inn=principal.inn, xml=xml, signature=signature
    )


@CompiledQuery
def _powers_of(signatory: Parameter, principal_inn: Parameter) -> QuerySet[PowerOfAttorney]:
    found = PowerOfAttorney.objects.filter(signatory=signatory, principal_inn=principal_inn)
    return found.defer("xml", "signature")


def current_power(signatory: Signatory, box: Box, at: datetime) -> PowerOfAttorney | None:
    """The power to sign by for the box's organisation at ``at``: of the valid ones the last.

    When none is valid, the latest known one: its checks say why it does not hold.
    """
    today = at.astimezone(MOSCOW).date()
    ours = _powers_of(signatory=signatory.pk, principal_inn=box.inn)

    def merit(power: PowerOfAttorney) -> tuple[bool, date, int]:
        lasts = power.valid_from <= today <= power.valid_until
        return lasts and power.revoked_at is None, power.valid_until, power.pk

    return max(ours, key=merit, default=None)


def import_signatory_keys() -> list[Signatory]:
    """Makes or refreshes a signatory for each key of the signing service that is no head's.

    Names and position are set on the first import only; the certificate every time.
    """
    keys = [key for key in signing_service().list_keys() if key.role == "signatory"]
    return [_import(key) for key in keys]


def certificate_fields(pem: str) -> dict[str, str | datetime]:
    """The fields of a Signatory that its certificate fills. Raises ValueError."""
    details = certificates.from_pem(pem)
    return {
        "certificate_pem": details.pem,
        "certificate_serial": details.serial,
        "certificate_from": details.valid_from,
        "certificate_until": details.valid_until,
        "inn": details.inn,
        "snils": details.snils,
    }


def _import(key: SigningKey) -> Signatory:
    fresh = certificate_fields(key.certificate_pem)
    person = {
        "surname": key.surname,
        "given_name": key.given_name,
        "patronymic": key.patronymic,
        "position": key.position,
    }
    signatory, _ = Signatory.objects.update_or_create(
        key_ref=key.key_ref, defaults=fresh, create_defaults={**person, **fresh}
    )
    return signatory


def _stored_powers(data: PowerOfAttorneyData) -> list[dict[str, str]]:
    if data.powers_text:
        return [{"code": "", "name": data.powers_text}]
    return [{"code": power.code, "name": power.name} for power in data.powers]


def _person(key: SigningKey) -> Person:
    return Person(key.surname, key.given_name, key.patronymic, key.inn, key.snils, key.position)


def _representative(signatory: Signatory) -> Person:
    return Person(
        signatory.surname,
        signatory.given_name,
        signatory.patronymic,
        signatory.inn,
        signatory.snils,
        signatory.position,
    )
