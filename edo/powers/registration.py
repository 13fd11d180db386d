"""Storing powers of attorney: uploaded ones, and ones that our head signs here."""

from datetime import date
from uuid import UUID, uuid4, uuid5

from econtract.platform.common import clock
from econtract.platform.common.refusals import Refusal
from edo.models import PowerOfAttorney, Signatory
from edo.powers import mchd
from edo.powers.mchd import MchdCompany, MchdPerson, MchdPower, PowerOfAttorneyData
from edo.powers.verification import verify_power_of_attorney
from edo.signing.providers.protocol import SigningKey
from edo.signing.providers.registry import get_signing_service

# The tax service's registry, where anybody can check a power of attorney by its number.
REGISTRY_URL = "https://m4d.nalog.gov.ru/emchd/check-status"


class PowerOfAttorneyRefused(Exception):
    """A power of attorney is not known to be valid; `problems` are all the reasons."""

    def __init__(self, problems: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def build_power_of_attorney(
    *, signatory: Signatory, principal_inn: str, xml: bytes, signature: bytes
) -> PowerOfAttorney:
    """Verify an uploaded power of attorney and return it unsaved.

    It may be for later: its term may begin in the future, and the clock of the head's computer may
    be ahead of ours. It is verified again before it is used. Raises PowerOfAttorneyRefused (with
    the code `number_taken` when the number is stored already) or Unavailable.
    """
    report = verify_power_of_attorney(
        signatory=signatory,
        principal_inn=principal_inn,
        xml=xml,
        signature=signature,
        at=clock.now(),
    )
    for_later = {"not_yet_valid", "signed_later"}
    problems = [problem for problem in report.reasons if problem.code not in for_later]
    data = report.data
    if data and _is_number_taken(data.registration_number):
        text = f"МЧД с номером {data.registration_number} уже загружена."
        problems.append(Refusal("number_taken", text))
    if problems or data is None:
        raise PowerOfAttorneyRefused(tuple(problems))
    return PowerOfAttorney(
        signatory=signatory,
        registration_number=data.registration_number,
        principal_inn=data.principal.inn,
        head_name=data.head.full_name,
        powers=_powers_as_json(data),
        xml=xml,
        signature=signature,
        valid_from=data.issued_on,
        valid_until=data.valid_until,
    )


def register_power_of_attorney(
    *, signatory: Signatory, principal_inn: str, xml: bytes, signature: bytes
) -> PowerOfAttorney:
    """`build_power_of_attorney`, saved."""
    power = build_power_of_attorney(
        signatory=signatory, principal_inn=principal_inn, xml=xml, signature=signature
    )
    power.save(force_insert=True)
    return power


def issue_power_of_attorney(
    *,
    signatory: Signatory,
    principal: MchdCompany,
    head_key_ref: str,
    valid_from: date,
    valid_until: date,
    powers: tuple[MchdPower, ...],
    number: UUID | None = None,
) -> PowerOfAttorney:
    """Build the XML, have the head sign it, and register it like an uploaded one.

    The head is the owner of ``head_key_ref`` at the signing service. Raises LookupError when the
    service has no such key, PowerOfAttorneyRefused, Unavailable, or Refused by the service. Raises
    ConfirmationPending while the head has yet to confirm: repeat the call with the same ``number``,
    which is a new one by default.
    """
    service = get_signing_service()
    head = next((key for key in service.list_keys() if key.key_ref == head_key_ref), None)
    if head is None:
        raise LookupError(f"The signing service has no key {head_key_ref}.")
    number = number or uuid4()
    data = PowerOfAttorneyData(
        registration_number=number,
        internal_number=f"{valid_from:%Y%m%d}-{number.hex[:8]}",
        issued_on=valid_from,
        valid_until=valid_until,
        principal=principal,
        head=_build_person(head),
        representative=_build_person(signatory),
        powers=powers,
        registry_address=REGISTRY_URL,
    )
    xml = mchd.build(data)
    signature = service.sign(
        head_key_ref, xml, uuid5(number, "head"), file_name=mchd.build_file_name(data)
    )
    return register_power_of_attorney(
        signatory=signatory, principal_inn=principal.inn, xml=xml, signature=signature
    )


def _is_number_taken(number: UUID) -> bool:
    return PowerOfAttorney.objects.filter(registration_number=number).exists()


def _powers_as_json(data: PowerOfAttorneyData) -> list[dict[str, str]]:
    if data.powers_text:
        return [{"code": "", "name": data.powers_text}]
    return [{"code": power.code, "name": power.name} for power in data.powers]


def _build_person(owner: SigningKey | Signatory) -> MchdPerson:
    return MchdPerson(
        surname=owner.surname,
        given_name=owner.given_name,
        patronymic=owner.patronymic,
        inn=owner.inn,
        snils=owner.snils,
        position=owner.position,
    )
