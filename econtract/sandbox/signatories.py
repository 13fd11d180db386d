"""Keys of our company's people and seal, of the operator, the time-stamp service, the ministry."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from econtract.sandbox import ca, numbers
from econtract.sandbox.ca import BACKDATING, VALIDITY, Subject
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.gost.ca import GostAuthority
from econtract.sandbox.models import ClientKey, SigningKey
from econtract.sandbox.organisations import OUR_INN

Issuer = ca.Authority | GostAuthority

# Key, surname, given name, patronymic, position.
_PEOPLE = (
    ("head", "Громов", "Михаил", "Андреевич", "Президент"),
    ("signer-ivanova", "Иванова", "Елена", "Викторовна", "Директор по продажам B2B"),
    ("signer-petrov", "Петров", "Сергей", "Николаевич", "Заместитель директора филиала"),
    ("signer-sidorova", "Сидорова", "Ольга", "Павловна", "Начальник отдела продаж"),
    ("signer-kuznetsov", "Кузнецов", "Дмитрий", "Олегович", "Руководитель группы договоров"),
    ("signer-smirnova", "Смирнова", "Татьяна", "Юрьевна", "Начальник отдела договоров"),
    ("signer-egorov", "Егоров", "Виктор", "Ильич", "Начальник отдела продаж"),
    ("signer-volkova", "Волкова", "Марина", "Сергеевна", "Начальник отдела продаж"),
    ("signer-yakovlev", "Яковлев", "Антон", "Романович", "Начальник отдела продаж"),
)
_OUR_NAME, _OUR_OGRN = "ПАО «Ростелеком»", "1027700198767"
_MINISTRY_OGRN = "1047702026701"
_EXPIRED, _REVOKED, _BLOCKED = "signer-egorov", "signer-volkova", "signer-yakovlev"

# How long before the set-up.
REVOKED_BEFORE = dt.timedelta(days=20)

_NO_PERSON = {"given_name": "", "patronymic": "", "position": "", "inn": "", "snils": ""}


def have_keys() -> bool:
    """Whether the keys were created already."""
    return SigningKey.objects.exists()


def create_keys(now: dt.datetime) -> None:
    """Replace all keys of people with new ones and publish the revocation lists."""
    authority = gost_ca.get_issuer()
    SigningKey.objects.all().delete()
    ClientKey.objects.all().delete()
    keys = [
        _build_signatory_key(authority, number, person, now)
        for number, person in enumerate(_PEOPLE, start=1)
    ]
    SigningKey.objects.bulk_create([*keys, _build_operator_key(authority, now)])
    # Files for those who fetch nothing: they are valid as long as the keys.
    term = (now - BACKDATING, now + VALIDITY)
    (settings.CA_DIR / "crl.der").write_bytes(ca.load().revocation_list([], *term))
    crl_file = "crl.der" if isinstance(authority, ca.Authority) else gost_ca.CRL_FILE
    (settings.CA_DIR / crl_file).write_bytes(authority.revocation_list(list_revocations(), *term))


def list_revocations() -> list[tuple[bytes, dt.datetime]]:
    """The certificates of people that are revoked, and since when."""
    return [
        (bytes(key.certificate), key.not_before + BACKDATING - REVOKED_BEFORE)
        for key in SigningKey.objects.filter(key_ref=_REVOKED)
    ]


def ensure_seal_key(authority: Issuer, now: dt.datetime) -> None:
    """Create the key of our seal unless it exists: older sandboxes were set up without it."""
    if SigningKey.objects.filter(role="seal").exists():
        return
    name = "Печать E-Contract"
    subject = Subject(name, "", "", "", "", company=_OUR_NAME, company_inn=OUR_INN, ogrn=_OUR_OGRN)
    key = authority.issue(subject, now - BACKDATING, now + VALIDITY, is_seal=True)
    SigningKey.objects.create(key_ref="seal", role="seal", surname=name, **_NO_PERSON, **vars(key))


def ensure_trust_list_key(authority: Issuer, now: dt.datetime) -> None:
    """Create the key that signs the list of accredited authorities, as `ensure_seal_key` does."""
    if SigningKey.objects.filter(role="trustlist").exists():
        return
    name = "Минцифры (песочница)"
    subject = Subject(name, "", "", "", "", company=name, ogrn=_MINISTRY_OGRN)
    key = authority.issue(subject, now - BACKDATING, now + VALIDITY)
    SigningKey.objects.create(
        key_ref="trust-list", role="trustlist", surname=name, **_NO_PERSON, **vars(key)
    )


def ensure_timestamp_key(authority: Issuer, now: dt.datetime, *, key_ref: str) -> None:
    """Create that key of the time-stamp service unless it exists, as `ensure_seal_key` does."""
    if SigningKey.objects.filter(key_ref=key_ref).exists():
        return
    name = "Служба времени (песочница)"
    subject = Subject(name, "", "", "", "", company=name)
    key = authority.issue(subject, now - BACKDATING, now + VALIDITY, is_time_stamp=True)
    SigningKey.objects.create(
        key_ref=key_ref, role="timestamp", surname=name, **_NO_PERSON, **vars(key)
    )


def _build_signatory_key(
    authority: Issuer, number: int, person: tuple[str, str, str, str, str], now: dt.datetime
) -> SigningKey:
    key_ref, surname, given_name, patronymic, position = person
    inn = numbers.make_person_inn(f"7707{number * 1117 + 300_000:06d}")
    snils = numbers.make_snils(f"{110_000_000 + number * 7919:09d}")
    is_expired = key_ref == _EXPIRED
    key = authority.issue(
        Subject(
            common_name=f"{surname} {given_name} {patronymic}",
            surname=surname,
            given_name=f"{given_name} {patronymic}",
            title=position,
            company=_OUR_NAME,
            company_inn=OUR_INN,
            ogrn=_OUR_OGRN,
            inn=inn,
            snils=snils,
        ),
        now - BACKDATING,
        now - dt.timedelta(days=30) if is_expired else now + VALIDITY,
    )
    return SigningKey(
        key_ref=key_ref,
        role="head" if key_ref == "head" else "signatory",
        surname=surname,
        given_name=given_name,
        patronymic=patronymic,
        position=position,
        inn=inn,
        snils=snils,
        blocked=key_ref == _BLOCKED,
        **vars(key),
    )


def _build_operator_key(authority: Issuer, now: dt.datetime) -> SigningKey:
    """The key with which the ЭДО operator signs document protocols."""
    name = "Оператор ЭДО (песочница)"
    subject = Subject(name, "", "", "", "", company=name)
    key = authority.issue(subject, now - BACKDATING, now + VALIDITY)
    return SigningKey(
        key_ref="edo-operator",
        role="operator",
        surname=name,
        **_NO_PERSON,
        **vars(key),
    )
