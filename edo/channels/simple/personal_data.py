"""Personal values of the records: erased on demand (152-ФЗ), and the phone opened to a court."""

from dataclasses import dataclass

from django.db import transaction

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo import records
from edo.channels.simple.evidence import WITHHELD_VALUE
from edo.evidence_chain.chains import COMMITMENTS
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceRecord, SimpleSigning

STILL_SIGNING = Refusal(
    "signing_goes_on",
    "Один из документов этого человека еще подписывается, либо пакет документа еще не собран.",
    "Дождитесь окончания подписания или отмените задание, потом повторите.",
)
NOTHING_TO_ERASE = Refusal(
    "values_erased", "Персональные данные этого человека в записях уже стерты."
)
NO_PHONE = Refusal(
    "phone_erased",
    "Номера телефона в записях больше нет: персональные данные стерты.",
)


@dataclass(frozen=True)
class PhoneOpening:
    """The whole number of a record and the random number that its commitment was made with."""

    record_number: int
    phone: str
    nonce: str
    commitment: str


def find_signings_of_person(signing: SimpleSigning) -> list[SimpleSigning]:
    """All signings of the person who signs ``signing``, oldest first."""
    rows = SimpleSigning.objects.filter(signer__contact=signing.signer.contact_id)
    return list(rows.defer("sender_signature").order_by("created_at", "pk"))


@transaction.atomic
def erase_person(signing: SimpleSigning, *, actor_id: int) -> int:
    """Erase the personal values in the records of all signings of the person; returns how many.

    The chains stay valid, and each says who has done it. Packages that have been built keep their
    values. Raises ActionRefused while a signing goes on or its package is not built yet, and when
    nothing is left.
    """
    signings = find_signings_of_person(signing)
    locked = list(
        SimpleSigning.objects.select_for_update()
        .filter(pk__in=[item.pk for item in signings])
        .defer("sender_signature")
        .order_by("pk")
    )
    if any(item.is_live or _lacks_package(item) for item in locked):
        raise ActionRefused(STILL_SIGNING)
    total = 0
    for item in locked:
        count = records.erase_personal_values(item)
        if count:
            facts: dict[str, records.Fact] = {"by_user": actor_id, "values": count}
            records.append(item, RecordKind.VALUES_ERASED, facts=facts)
        total += count
    if not total:
        raise ActionRefused(NOTHING_TO_ERASE)
    return total


@transaction.atomic
def disclose_phone(signing: SimpleSigning, *, actor_id: int) -> list[PhoneOpening]:
    """The openings of the commitments to the phone number, for a court; the chain says who asked.

    Raises ActionRefused when the values have been erased.
    """
    found = [
        PhoneOpening(row.number, value.value, value.nonce, row.facts[COMMITMENTS][WITHHELD_VALUE])
        for row in EvidenceRecord.objects.filter(signing=signing).prefetch_related("values")
        for value in row.values.all()
        if value.name == WITHHELD_VALUE
    ]
    if not found:
        raise ActionRefused(NO_PHONE)
    records.append(signing, RecordKind.NUMBER_DISCLOSED, facts={"by_user": actor_id})
    return found


def _lacks_package(signing: SimpleSigning) -> bool:
    """Whether the package, which needs the values, has not been made of the records yet."""
    is_signed = signing.state == SimpleSigning.State.SIGNED
    return is_signed and not signing.records.filter(kind=RecordKind.MARK_MADE).exists()
