"""Clients' keys: made when first needed, used when somebody plays the client."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox import ca, cms
from econtract.sandbox.ca import Subject
from econtract.sandbox.models import ClientKey, Organisation
from econtract.sandbox.numbers import person_inn, snils

# Ways to sign: well; over other bytes; with a certificate of somebody else.
WAYS = ("valid", "broken", "foreign")


def sign(organisation: Organisation, content: bytes, now: dt.datetime, how: str = "valid") -> bytes:
    """A detached signature by the organisation's head, or a bad one for demonstrations."""
    signer = organisation if how != "foreign" else _somebody_else(organisation)
    key = key_of(signer)
    signed = content if how != "broken" else content + b" "
    return cms.sign(signed, bytes(key.private_key), bytes(key.certificate), now)


def key_of(organisation: Organisation) -> ClientKey:
    """The organisation's key, issued on first use for the time of our own certificates."""
    known = ClientKey.objects.filter(organisation=organisation).first()
    if known:
        return known
    began = begins()
    issued = ca.load().issue(_subject(organisation), began, began + ca.HISTORY + ca.LIFETIME)
    return ClientKey.objects.get_or_create(
        organisation=organisation,
        defaults={"private_key": issued.private_key, "certificate": issued.certificate},
    )[0]


def begins() -> dt.datetime:
    """When clients' certificates begin: as ours do, so that demo histories can be signed."""
    return ca.load().certificate.not_valid_before_utc + 2 * ca.LIFETIME - ca.HISTORY


def _subject(row: Organisation) -> Subject:
    is_company = row.kind == "legal"
    return Subject(
        common_name=row.short_name if is_company else row.head_name,
        surname=row.head_surname,
        given_name=f"{row.head_given_name} {row.head_patronymic}".strip(),
        title=row.head_position if is_company else "",
        company=row.short_name if is_company else "",
        company_inn=row.inn if is_company else "",
        ogrn=row.ogrn if is_company else "",
        ogrnip=row.ogrn if row.kind == "sole_proprietor" else "",
        inn=person_inn(f"77{row.pk:08d}") if is_company else row.inn,
        snils=snils(f"{200_000_000 + row.pk:09d}"),
    )


def _somebody_else(organisation: Organisation) -> Organisation:
    others = Organisation.objects.filter(is_ours=False, kind="legal", is_memorable=True)
    return others.exclude(pk=organisation.pk).earliest("id")
