"""Our head and signatories with their keys (docs/protocols.md, section 7)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from econtract.sandbox import numbers
from econtract.sandbox.ca import HISTORY, LIFETIME, Authority, Subject
from econtract.sandbox.models import ClientKey, SigningKey
from econtract.sandbox.organisations import OUR_INN

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
    ("signer-zaitsev", "Зайцев", "Антон", "Романович", "Начальник отдела продаж"),
)
_EXPIRED, _REVOKED, _BLOCKED = "signer-egorov", "signer-volkova", "signer-zaitsev"


def exist() -> bool:
    """Whether the keys are there."""
    return SigningKey.objects.exists()


def create(authority: Authority, now: dt.datetime) -> None:
    """Issue everybody's certificate anew and publish the revocation list."""
    SigningKey.objects.all().delete()
    ClientKey.objects.all().delete()
    keys = [_key(authority, number, person, now) for number, person in enumerate(_PEOPLE, start=1)]
    SigningKey.objects.bulk_create([*keys, _operator(authority, now)])
    revoked = [
        (bytes(key.certificate), now - dt.timedelta(days=20))
        for key in keys
        if key.key_ref == _REVOKED
    ]
    (settings.CA_DIR / "crl.der").write_bytes(authority.revocation_list(revoked, now))


def _key(
    authority: Authority, number: int, person: tuple[str, str, str, str, str], now: dt.datetime
) -> SigningKey:
    key_ref, surname, given_name, patronymic, position = person
    inn = numbers.person_inn(f"7707{number * 1117 + 300_000:06d}")
    snils = numbers.snils(f"{110_000_000 + number * 7919:09d}")
    expired = key_ref == _EXPIRED
    issued = authority.issue(
        Subject(
            common_name=f"{surname} {given_name} {patronymic}",
            surname=surname,
            given_name=f"{given_name} {patronymic}",
            title=position,
            company="ПАО «Ростелеком»",
            company_inn=OUR_INN,
            ogrn="1027700198767",
            inn=inn,
            snils=snils,
        ),
        now - HISTORY,
        now - dt.timedelta(days=30) if expired else now + LIFETIME,
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
        **vars(issued),
    )


def _operator(authority: Authority, now: dt.datetime) -> SigningKey:
    """The ЭДО operator's own key, for the protocols it issues."""
    name = "Оператор ЭДО (песочница)"
    subject = Subject(name, "", "", "", "", company=name)
    issued = authority.issue(subject, now - HISTORY, now + LIFETIME)
    return SigningKey(
        key_ref="edo-operator",
        role="operator",
        surname=name,
        given_name="",
        patronymic="",
        position="",
        inn="",
        snils="",
        **vars(issued),
    )
