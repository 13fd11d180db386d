"""The first two records of every chain: who the person is, and since when the number is theirs.

Courts ask for both before anything else.
"""

from clients.models import ContactVersion
from clients.models.formats import mask_phone
from edo import records
from edo.channels.simple.signer import Identification
from edo.evidence_chain.chains import format_time
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning


def record_identity(signing: SimpleSigning, identification: Identification | None) -> None:
    """Record the identification of the signer, if there was one, and the binding of the number.

    The whole number is a personal value; in clear the records have it masked.
    """
    version = signing.signer
    masked: dict[str, records.Fact] = {"phone_masked": mask_phone(version.phone)}
    if identification is not None:
        facts: dict[str, records.Fact] = {
            "method": identification.method.value,
            "reference": identification.reference,
            "identified_at": format_time(identification.at),
        }
        if identification.confirmed_by is not None:
            facts["confirmed_by"] = identification.confirmed_by
        records.append(
            signing,
            RecordKind.PERSON_IDENTIFIED,
            facts={**facts, **masked},
            personal={"name": version.full_name, "phone": version.phone},
        )
    bound = _find_first_with_number(version)
    records.append(
        signing,
        RecordKind.NUMBER_BOUND,
        facts={
            "bound_at": format_time(bound.created_at),
            "by_role": "employee",
            "by_user": bound.created_by_id,
            # Another number before this one: a court would ask why it was changed.
            "is_replacement": bound.number > 1,
            **masked,
        },
        personal={"phone": version.phone},
    )


def _find_first_with_number(version: ContactVersion) -> ContactVersion:
    """The version by which the contact got the phone number that ``version`` has."""
    earlier = ContactVersion.objects.filter(contact=version.contact_id, number__lte=version.number)
    other = earlier.exclude(phone=version.phone).order_by("-number").first()
    since = earlier.filter(number__gt=other.number) if other else earlier
    return since.order_by("number").first() or version
