"""Keys of the clients, created on first use, and signatures made with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from econtract.sandbox import ca, cms
from econtract.sandbox.ca import IssuedKey, Subject
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.models import ClientKey, Organisation
from econtract.sandbox.numbers import make_person_inn, make_snils

# A good signature; one over other bytes; one with the certificate of another company; one with a
# personal certificate, which names no company, and no power of attorney beside it.
SIGNATURE_VARIANTS = ("valid", "broken", "foreign", "personal")


def sign(
    organisation: Organisation, content: bytes, now: dt.datetime, variant: str = "valid"
) -> bytes:
    """A detached signature by the organisation's head, or a wrong one for demonstrations."""
    signer = organisation if variant != "foreign" else _pick_another_company(organisation)
    key = _issue_personal_key(signer) if variant == "personal" else get_or_issue_key(signer)
    signed_bytes = content if variant != "broken" else content + b" "
    return cms.sign(signed_bytes, bytes(key.private_key), bytes(key.certificate), now)


def get_or_issue_key(organisation: Organisation) -> ClientKey:
    """The organisation's key, issued on first use with the validity of our own certificates."""
    key = ClientKey.objects.filter(organisation=organisation).first()
    if key:
        return key
    issued_key = _issue(_build_subject(organisation))
    return ClientKey.objects.get_or_create(
        organisation=organisation,
        defaults={"private_key": issued_key.private_key, "certificate": issued_key.certificate},
    )[0]


def _issue(subject: Subject) -> IssuedKey:
    not_before = certificates_valid_from()
    not_after = not_before + ca.BACKDATING + ca.VALIDITY
    return gost_ca.get_issuer().issue(subject, not_before, not_after)


def _issue_personal_key(organisation: Organisation) -> IssuedKey:
    """An employee's key: since September 2024 their certificate names no company."""
    subject = _build_subject(organisation)
    return _issue(
        replace(
            subject,
            common_name=f"{subject.surname} {subject.given_name}",
            title="",
            company="",
            company_inn="",
            ogrn="",
        )
    )


def certificates_valid_from() -> dt.datetime:
    """Start of the clients' certificates: the same as ours, for signatures of demo histories."""
    return ca.load().certificate.not_valid_before_utc + 2 * ca.VALIDITY - ca.BACKDATING


def _build_subject(row: Organisation) -> Subject:
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
        inn=make_person_inn(f"77{row.pk:08d}") if is_company else row.inn,
        snils=make_snils(f"{200_000_000 + row.pk:09d}"),
    )


def _pick_another_company(organisation: Organisation) -> Organisation:
    others = Organisation.objects.filter(is_ours=False, kind="legal", is_memorable=True)
    return others.exclude(pk=organisation.pk).earliest("id")
