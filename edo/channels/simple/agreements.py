"""The texts that a client accepts before the first signature."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from econtract.platform.common import clock
from edo.models import AgreementAcceptance, AgreementText

DATA = Path(__file__).parents[2] / "data"


def load_default_texts() -> None:
    """Store the texts of `edo/data/` as the first versions; kinds that have one keep it."""
    for kind in AgreementText.Kind:
        if not AgreementText.objects.filter(kind=kind).exists():
            add_version(kind, (DATA / f"agreement_{kind}.txt").read_text(encoding="utf-8"))


@transaction.atomic
def add_version(kind: str, text: str, *, in_force_from: datetime | None = None) -> AgreementText:
    """Add the next version of a text, in force at once by default.

    Clients who accepted an earlier one are asked again.
    """
    content = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
    rows = AgreementText.objects.select_for_update().filter(kind=kind)
    last = rows.order_by("-version").first()
    return AgreementText.objects.create(
        kind=kind,
        version=last.version + 1 if last else 1,
        text=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        in_force_from=in_force_from or clock.now(),
    )


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


def has_withdrawn_consent(contact_id: int) -> bool:
    """Whether the person has withdrawn the consent and not given it anew."""
    kind = AgreementText.Kind.PERSONAL_DATA
    rows = AgreementAcceptance.objects.filter(contact_id=contact_id, text__kind=kind)
    return rows.exists() and not rows.filter(withdrawn_at=None).exists()


def has_texts_in_force(contact_id: int) -> bool:
    """Whether the person has accepted, and not withdrawn, the text in force of every kind."""
    texts = get_texts_in_force()
    accepted = find_acceptances(contact_id)
    return len(texts) == len(AgreementText.Kind) and all(text.pk in accepted for text in texts)


def find_missing_texts(contact_id: int) -> list[AgreementText]:
    """The texts in force that the person has not accepted in this version."""
    accepted = find_acceptances(contact_id)
    return [text for text in get_texts_in_force() if text.pk not in accepted]
