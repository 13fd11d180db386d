"""The texts that a client accepts before the first signature."""

from econtract.platform.common import clock
from edo.models import AgreementAcceptance, AgreementText


def get_texts_in_force() -> list[AgreementText]:
    """The text in force of each kind, in the order in which they are shown."""
    now = clock.now()
    texts = []
    for kind in AgreementText.Kind:
        rows = AgreementText.objects.filter(kind=kind, in_force_from__lte=now)
        if text := rows.order_by("-version").first():
            texts.append(text)
    return texts


def find_acceptances(contact_id: int) -> dict[int, AgreementAcceptance]:
    """The acceptances of the person that are not withdrawn, by the text's primary key."""
    rows = AgreementAcceptance.objects.filter(contact_id=contact_id, withdrawn_at=None)
    return {row.text_id: row for row in rows}


def has_consent(contact_id: int) -> bool:
    """Whether the person has consented to the processing of personal data, and not withdrawn it."""
    kind = AgreementText.Kind.PERSONAL_DATA
    rows = AgreementAcceptance.objects.filter(contact_id=contact_id, withdrawn_at=None)
    return rows.filter(text__kind=kind).exists()


def find_missing_texts(contact_id: int) -> list[AgreementText]:
    """The texts in force that the person has not accepted in this version."""
    accepted = find_acceptances(contact_id)
    return [text for text in get_texts_in_force() if text.pk not in accepted]
