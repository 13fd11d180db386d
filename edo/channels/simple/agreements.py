"""The texts that a client accepts before the first signature."""

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, transaction

from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.models import AgreementAcceptance, AgreementText

DATA = Path(__file__).parents[2] / "data"
BACKDATED = Refusal(
    "agreement_backdated",
    "Текст не может действовать задним числом: клиенты его еще не видели.",
    "Укажите время в будущем или оставьте поле пустым: тогда текст начнет действовать сразу.",
)
NEWER_VERSION = Refusal(
    "agreement_newer_version",
    "Пока вы писали, другой администратор добавил версию этого текста.",
    "Прочитайте ее в списке. Если ваш текст все еще нужен, нажмите «Сохранить» снова.",
)


def create_default_texts(
    model: type[AgreementText] = AgreementText, *, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Store the texts of `edo/data/` as the first versions; kinds that have one keep it."""
    rows = model._base_manager.using(using)
    for kind in AgreementText.Kind:
        if not rows.filter(kind=kind).exists():
            text = (DATA / f"agreement_{kind}.txt").read_text(encoding="utf-8")
            values = {**_build_content(text), "in_force_from": clock.now()}
            rows.get_or_create(kind=kind, version=1, defaults=values)


@transaction.atomic
def add_version(
    kind: str,
    text: str,
    *,
    in_force_from: datetime | None = None,
    after_version: int | None = None,
) -> AgreementText:
    """Add the next version of a text, in force at once by default.

    Clients who accepted an earlier one are asked again. ``after_version`` is the last version that
    the author knows. Raises ActionRefused (NEWER_VERSION, BACKDATED).
    """
    last = lock_last_version(kind)
    if after_version is not None and after_version != last:
        raise ActionRefused(NEWER_VERSION)
    now = clock.now()
    if in_force_from is not None and in_force_from < now:
        raise ActionRefused(BACKDATED)
    return AgreementText.objects.create(
        kind=kind,
        version=last + 1,
        in_force_from=in_force_from or now,
        **_build_content(text),
    )


def lock_last_version(kind: str) -> int:
    """The number of the last version; until the transaction ends nobody else adds one."""
    rows = AgreementText.objects.filter(kind=kind).order_by("version")
    # A query of its own: one that has waited for the lock does not see what was added meanwhile.
    rows.select_for_update().first()
    return rows.values_list("version", flat=True).last() or 0


def find_last_versions() -> dict[str, int]:
    """The number of the last version of each kind."""
    rows = AgreementText.objects.order_by("version").values_list("kind", "version")
    return dict(rows)


def _build_content(text: str) -> dict[str, str]:
    content = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
    return {"text": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}


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
    times = list(rows.values_list("withdrawn_at", flat=True))
    return bool(times) and None not in times


def has_texts_in_force(contact_id: int) -> bool:
    """Whether the person has accepted, and not withdrawn, the text in force of every kind."""
    texts = get_texts_in_force()
    accepted = find_acceptances(contact_id)
    return len(texts) == len(AgreementText.Kind) and all(text.pk in accepted for text in texts)


def find_missing_texts(contact_id: int) -> list[AgreementText]:
    """The texts in force that the person has not accepted in this version."""
    accepted = find_acceptances(contact_id)
    return [text for text in get_texts_in_force() if text.pk not in accepted]


def find_contacts_who_accepted(contact_ids: Collection[int]) -> frozenset[int]:
    """Those of ``contact_ids`` for whom `has_texts_in_force` is true; as many queries for any."""
    texts = get_texts_in_force()
    if len(texts) < len(AgreementText.Kind):
        return frozenset()
    rows = AgreementAcceptance.objects.filter(
        contact__in=contact_ids, withdrawn_at=None, text__in=[text.pk for text in texts]
    ).values_list("contact_id", "text_id")
    counts = Counter(contact_id for contact_id, _ in set(rows))
    return frozenset(contact_id for contact_id, count in counts.items() if count == len(texts))


def find_contacts_who_withdrew(contact_ids: Collection[int]) -> frozenset[int]:
    """Those of ``contact_ids`` for whom `has_withdrawn_consent` is true; one query."""
    rows = AgreementAcceptance.objects.filter(
        contact__in=contact_ids, text__kind=AgreementText.Kind.PERSONAL_DATA
    ).values_list("contact_id", "withdrawn_at")
    withdrew = {contact_id for contact_id, withdrawn_at in rows if withdrawn_at is not None}
    return frozenset(withdrew - {contact_id for contact_id, at in rows if at is None})
