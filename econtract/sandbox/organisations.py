"""The sandbox's organisations: ours, memorable ones, and a few thousand made by a fixed recipe."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from typing import Any

from faker import Faker

from econtract.sandbox import numbers
from econtract.sandbox.characters import BRANCHES, COMPANIES, PEOPLE
from econtract.sandbox.models import Organisation
from econtract.sandbox.text import normalise

GENERATED = 3000
OUR_INN = "7707049388"
_NAMESPACE = uuid.UUID("6f2b1a52-94c5-4d0c-8a3a-3a1d9c1f7e10")
_SEED = 20251121

_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "ПАО": "Публичное акционерное общество",
}
# Code of the region, city, first digits of the postal code.
_CITIES = (
    ("77", "Москва", "101"), ("78", "Санкт-Петербург", "190"), ("66", "Екатеринбург", "620"),
    ("54", "Новосибирск", "630"), ("52", "Нижний Новгород", "603"), ("16", "Казань", "420"),
    ("63", "Самара", "443"), ("74", "Челябинск", "454"), ("55", "Омск", "644"),
    ("61", "Ростов-на-Дону", "344"), ("02", "Уфа", "450"), ("24", "Красноярск", "660"),
    ("36", "Воронеж", "394"), ("59", "Пермь", "614"), ("34", "Волгоград", "400"),
    ("23", "Краснодар", "350"), ("64", "Саратов", "410"), ("72", "Тюмень", "625"),
    ("18", "Ижевск", "426"), ("22", "Барнаул", "656"), ("73", "Ульяновск", "432"),
    ("38", "Иркутск", "664"), ("27", "Хабаровск", "680"), ("25", "Владивосток", "690"),
    ("76", "Ярославль", "150"), ("29", "Архангельск", "163"), ("71", "Тула", "300"),
)  # fmt: skip
_BEGINNINGS = (
    "Альфа", "Вега", "Сириус", "Орион", "Атлант", "Спектр", "Титан", "Гранит", "Кристалл",
    "Магистраль", "Меридиан", "Горизонт", "Север", "Юг", "Восток", "Урал", "Сибирь", "Волга",
    "Нева", "Байкал", "Сокол", "Беркут", "Ритм", "Импульс", "Прогресс", "Перспектива",
    "Стандарт", "Профи", "Мастер", "Лидер", "Гарант", "Союз", "Партнер", "Кедр", "Дубрава",
    "Ладья", "Маяк", "Якорь", "Парус", "Квант",
)  # fmt: skip
_ENDINGS = (
    "Строй", "Сервис", "Торг", "Монтаж", "Логистика", "Транс", "Пром", "Агро", "Мед", "Фарм",
    "Инвест", "Консалт", "Энерго", "Газ", "Авто", "Снаб", "Мебель", "Текстиль", "Продукт",
    "Софт", "Связь", "Проект", "Дизайн", "Ресурс", "Металл", "Пласт", "Лес", "Вода", "Тепло",
    "Свет",
)  # fmt: skip
_POSITIONS = ("Генеральный директор",) * 6 + ("Директор", "Директор", "Управляющий")


def everything(today: dt.date) -> Iterator[Organisation]:
    """All organisations, unsaved; the same at every set-up but for ages counted from `today`."""
    fake = Faker("ru_RU")
    fake.seed_instance(_SEED)
    yield from _ours()
    yield from _memorable(fake, today)
    recipe = random.Random(_SEED)  # noqa: S311 - demo data, meant to repeat
    for number in range(GENERATED):
        yield _generated(number, recipe, fake, today)


def _row(**values: Any) -> Organisation:
    """An organisation with ids that depend on ИНН and КПП only, and its search text."""
    row = Organisation(**values)
    row.org_id = str(uuid.uuid5(_NAMESPACE, f"org {row.inn} {row.kpp}"))
    if row.box_id:
        row.box_id = str(uuid.uuid5(_NAMESPACE, f"box {row.inn} {row.kpp}"))
    words = dict.fromkeys(f"{normalise(row.short_name)} {normalise(row.full_name)}".split())
    row.search = f"{' '.join(words)} {row.inn} {row.ogrn}"[:600]
    return row


def _head(fake: Faker, *, male: bool) -> dict[str, str]:
    names = (
        (fake.last_name_male(), fake.first_name_male(), fake.middle_name_male())
        if male
        else (fake.last_name_female(), fake.first_name_female(), fake.middle_name_female())
    )
    surname, given_name, patronymic = (name.replace("ё", "е").replace("Ё", "Е") for name in names)
    return {
        "head_surname": surname,
        "head_given_name": given_name,
        "head_patronymic": patronymic,
    }


def _ours() -> Iterator[Organisation]:
    common = {
        "kind": "legal",
        "inn": OUR_INN,
        "ogrn": "1027700198767",
        "full_name": "Публичное акционерное общество «Ростелеком»",
        "registered_on": dt.date(2002, 9, 9),
        "head_surname": "Громов",
        "head_given_name": "Михаил",
        "head_patronymic": "Андреевич",
        "head_position": "Президент",
        "is_ours": True,
        "is_memorable": True,
        "box_id": "yes",
    }
    address = "191167, г. Санкт-Петербург, Синопская наб., д. 14, литера А"
    place = {"legal_address": address, "city": "Санкт-Петербург"}
    yield _row(short_name="ПАО «Ростелеком»", kpp="784001001", **place, **common)
    for name, kpp, city, address in BRANCHES:
        place = {"legal_address": address, "city": city}
        name = f"ПАО «Ростелеком», макрорегион «{name}»"
        yield _row(short_name=name, kpp=kpp, is_branch=True, **place, **common)


def _memorable(fake: Faker, today: dt.date) -> Iterator[Organisation]:
    for number, (name, inn, ogrn, state, habit, box) in enumerate(COMPANIES):
        form, _, rest = name.partition(" ")
        young = name == "ООО «Новосел»"
        yield _row(
            kind="legal",
            inn=numbers.company_inn(inn),
            kpp="770101001",
            ogrn=numbers.ogrn(ogrn),
            short_name=name,
            full_name=f"{_FORMS[form]} {rest}",
            registered_on=today - dt.timedelta(days=3) if young else dt.date(2015, 3, 12),
            legal_address=f"101000, г. Москва, ул. Мясницкая, д. {number + 3}, офис {number + 101}",
            city="Москва",
            head_position="Генеральный директор",
            state=state,
            habit=habit,
            is_memorable=True,
            box_id=box or None,
            partners_only=box == "partners",
            **_head(fake, male=number % 2 == 0),
        )
    for number, (kind, inn, ogrn, *person) in enumerate(PEOPLE):
        yield _person(
            kind,
            inn,
            ogrn and numbers.ogrn(ogrn),
            person,
            dt.date(2016, 5, 20),
            f"ул. Покровка, д. {number + 11}",
            _CITIES[0],
            is_memorable=True,
        )


def _person(
    kind: str,
    inn: str,
    ogrn: str,
    person: list[str],
    registered_on: dt.date,
    street: str,
    place: tuple[str, str, str],
    **more: Any,
) -> Organisation:
    """A sole proprietor, self-employed person or individual: the person is the organisation."""
    surname, given_name, patronymic = person
    name = " ".join(person)
    is_proprietor = kind == "sole_proprietor"
    return _row(
        kind=kind,
        inn=inn,
        ogrn=ogrn,
        short_name=f"ИП {name}" if is_proprietor else name,
        full_name=f"Индивидуальный предприниматель {name}" if is_proprietor else name,
        registered_on=registered_on,
        legal_address=f"{place[2]}000, г. {place[1]}, {street}",
        city=place[1],
        head_surname=surname,
        head_given_name=given_name,
        head_patronymic=patronymic,
        box_id="yes",
        **more,
    )


def _generated(number: int, recipe: random.Random, fake: Faker, today: dt.date) -> Organisation:
    place = recipe.choice(_CITIES)
    kinds = ("legal", "sole_proprietor", "self_employed", "individual")
    kind = recipe.choices(kinds, (70, 18, 7, 5))[0]
    age = dt.timedelta(days=recipe.randint(20, 9000))
    male = recipe.random() < 0.6
    street = fake.street_address().replace("ё", "е").replace("Ё", "Е")
    head = _head(fake, male=male)
    states = ("active", "liquidating", "liquidated", "bankrupt")
    state = recipe.choices(states, (90, 4, 4, 2))[0]
    if kind != "legal":
        return _person(
            kind,
            numbers.person_inn(f"{place[0]}{number % 40 + 1:02d}{number + 100_000:06d}"),
            numbers.ogrn(f"3{15 + number % 10}{place[0]}0000{number:05d}")
            if kind == "sole_proprietor"
            else "",
            list(head.values()),
            today - min(age, dt.timedelta(days=4000)),
            street,
            place,
            state=state if kind == "sole_proprietor" else "active",
        )
    name = f"{recipe.choice(_BEGINNINGS)}{recipe.choice(_ENDINGS)}"
    form = recipe.choices(("ООО", "АО", "ПАО"), (88, 10, 2))[0]
    return _row(
        kind=kind,
        inn=numbers.company_inn(f"{place[0]}{number % 40 + 1:02d}{number + 50_000:05d}"),
        kpp=f"{place[0]}{number % 40 + 1:02d}01001",
        ogrn=numbers.ogrn(f"1{(today - age).year % 100:02d}{place[0]}{number + 1_000_000:07d}"),
        short_name=f"{form} «{name}»",
        full_name=f"{_FORMS[form]} «{name}»",
        registered_on=today - age,
        legal_address=f"{place[2]}{number % 900:03d}, г. {place[1]}, {street}",
        city=place[1],
        head_position=recipe.choice(_POSITIONS),
        state=state,
        # One organisation in twenty-five has not come to the ЭДО operator.
        box_id="yes" if number % 25 else None,
        partners_only=number % 10 == 3,
        **head,
    )
