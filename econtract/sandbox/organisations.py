"""The sandbox's organisations: ours, the memorable ones, and a few thousand generated ones."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from typing import Any

from faker import Faker

from econtract.sandbox import numbers
from econtract.sandbox.memorable import (
    BRANCHES,
    COMPANIES,
    EDO_COMPANIES,
    EDO_SECOND_BOXES,
    PEOPLE,
)
from econtract.sandbox.models import Organisation
from econtract.sandbox.text import normalise_name

GENERATED_COUNT = 3000
OUR_INN = "7707049388"
_NAMESPACE = uuid.UUID("6f2b1a52-94c5-4d0c-8a3a-3a1d9c1f7e10")
_SEED = 20251121

_LEGAL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "ПАО": "Публичное акционерное общество",
}
# Region code, city, first digits of the postal code.
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
_NAME_PREFIXES = (
    "Альфа", "Вега", "Сириус", "Орион", "Атлант", "Спектр", "Титан", "Гранит", "Кристалл",
    "Магистраль", "Меридиан", "Горизонт", "Север", "Юг", "Восток", "Урал", "Сибирь", "Волга",
    "Нева", "Байкал", "Сокол", "Беркут", "Ритм", "Импульс", "Прогресс", "Перспектива",
    "Стандарт", "Профи", "Мастер", "Лидер", "Гарант", "Союз", "Партнер", "Кедр", "Дубрава",
    "Ладья", "Маяк", "Якорь", "Парус", "Квант",
)  # fmt: skip
_NAME_SUFFIXES = (
    "Строй", "Сервис", "Торг", "Монтаж", "Логистика", "Транс", "Пром", "Агро", "Мед", "Фарм",
    "Инвест", "Консалт", "Энерго", "Газ", "Авто", "Снаб", "Мебель", "Текстиль", "Продукт",
    "Софт", "Связь", "Проект", "Дизайн", "Ресурс", "Металл", "Пласт", "Лес", "Вода", "Тепло",
    "Свет",
)  # fmt: skip
_POSITIONS = ("Генеральный директор",) * 6 + ("Директор", "Директор", "Управляющий")


def build_organisations(today: dt.date) -> Iterator[Organisation]:
    """All organisations, unsaved. The same at every set-up, except dates relative to `today`."""
    fake = Faker("ru_RU")
    fake.seed_instance(_SEED)
    yield from _build_ours()
    yield from _build_memorable(fake, today)
    rng = random.Random(_SEED)  # noqa: S311 - demo data, the same each time
    for number in range(GENERATED_COUNT):
        yield _build_generated(number, rng, fake, today)
    yield from build_edo_companies()


def build_edo_companies() -> Iterator[Organisation]:
    """The companies that show what the ЭДО operator can do, unsaved, with their second boxes."""
    fake = Faker("ru_RU")
    fake.seed_instance(_SEED)
    values_by_name: dict[str, dict[str, Any]] = {}
    for number, (name, inn, habit, differences) in enumerate(EDO_COMPANIES):
        form, _, own_name = name.partition(" ")
        values = {
            "kind": "legal",
            "inn": numbers.make_company_inn(inn),
            "kpp": "770101001",
            "ogrn": numbers.make_ogrn(f"1157746{inn[4:]}"),
            "short_name": name,
            "full_name": f"{_LEGAL_FORMS[form]} {own_name}",
            "registered_on": dt.date(2015, 3, 12),
            "legal_address": f"101000, г. Москва, ул. Маросейка, д. {number + 2}",
            "city": "Москва",
            "head_position": "Генеральный директор",
            "habit": habit,
            "is_memorable": True,
            "box_id": "yes",
            **_make_head_name(fake, male=number % 2 == 0),
            **differences,
        }
        values_by_name[name] = values
        yield _build(**values)
    for name, differences in EDO_SECOND_BOXES:
        yield _build(**{**values_by_name[name], **differences})


def _build(**values: Any) -> Organisation:
    """An organisation with its search text and with ids derived from ИНН and КПП.

    Any `box_id` that is not empty asks for a box; it is replaced by the derived id.
    """
    row = Organisation(**values)
    numbers_text = f"{row.inn} {row.kpp}" + (f" {row.box_number}" if row.box_number else "")
    row.org_id = str(uuid.uuid5(_NAMESPACE, f"org {numbers_text}"))
    if row.box_id:
        row.box_id = str(uuid.uuid5(_NAMESPACE, f"box {numbers_text}"))
    names = f"{normalise_name(row.short_name)} {normalise_name(row.full_name)}"
    unique_words = dict.fromkeys(names.split())
    row.search = f"{' '.join(unique_words)} {row.inn} {row.ogrn}"[:600]
    return row


def _make_head_name(fake: Faker, *, male: bool) -> dict[str, str]:
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


def _build_ours() -> Iterator[Organisation]:
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
    location = {"legal_address": address, "city": "Санкт-Петербург"}
    yield _build(short_name="ПАО «Ростелеком»", kpp="784001001", **location, **common)
    for name, kpp, city, address in BRANCHES:
        location = {"legal_address": address, "city": city}
        name = f"ПАО «Ростелеком», макрорегион «{name}»"
        yield _build(short_name=name, kpp=kpp, is_branch=True, **location, **common)


def _build_memorable(fake: Faker, today: dt.date) -> Iterator[Organisation]:
    for number, (name, inn, ogrn, state, habit, box) in enumerate(COMPANIES):
        form, _, own_name = name.partition(" ")
        is_new = name == "ООО «Новосел»"
        yield _build(
            kind="legal",
            inn=numbers.make_company_inn(inn),
            kpp="770101001",
            ogrn=numbers.make_ogrn(ogrn),
            short_name=name,
            full_name=f"{_LEGAL_FORMS[form]} {own_name}",
            registered_on=today - dt.timedelta(days=3) if is_new else dt.date(2015, 3, 12),
            legal_address=f"101000, г. Москва, ул. Мясницкая, д. {number + 3}, офис {number + 101}",
            city="Москва",
            head_position="Генеральный директор",
            state=state,
            habit=habit,
            is_memorable=True,
            liquidated_on=today - dt.timedelta(days=90) if state == "liquidated" else None,
            box_id=box or None,
            partners_only=box == "partners",
            **_make_head_name(fake, male=number % 2 == 0),
        )
    for number, (kind, inn, ogrn, *person) in enumerate(PEOPLE):
        yield _build_person(
            kind,
            inn,
            ogrn and numbers.make_ogrn(ogrn),
            person,
            dt.date(2016, 5, 20),
            f"ул. Покровка, д. {number + 11}",
            _CITIES[0],
            is_memorable=True,
        )


def _build_person(
    kind: str,
    inn: str,
    ogrn: str,
    person: list[str],
    registered_on: dt.date,
    street: str,
    city: tuple[str, str, str],
    **values: Any,
) -> Organisation:
    """A sole proprietor, a self-employed person or an individual; `city` is one of _CITIES."""
    surname, given_name, patronymic = person
    name = " ".join(person)
    is_proprietor = kind == "sole_proprietor"
    return _build(
        kind=kind,
        inn=inn,
        ogrn=ogrn,
        short_name=f"ИП {name}" if is_proprietor else name,
        full_name=f"Индивидуальный предприниматель {name}" if is_proprietor else name,
        registered_on=registered_on,
        legal_address=f"{city[2]}000, г. {city[1]}, {street}",
        city=city[1],
        head_surname=surname,
        head_given_name=given_name,
        head_patronymic=patronymic,
        box_id="yes",
        **values,
    )


def _build_generated(number: int, rng: random.Random, fake: Faker, today: dt.date) -> Organisation:
    city = rng.choice(_CITIES)
    kinds = ("legal", "sole_proprietor", "self_employed", "individual")
    kind = rng.choices(kinds, (70, 18, 7, 5))[0]
    age = dt.timedelta(days=rng.randint(20, 9000))
    male = rng.random() < 0.6
    street = fake.street_address().replace("ё", "е").replace("Ё", "Е")
    head = _make_head_name(fake, male=male)
    states = ("active", "liquidating", "liquidated", "bankrupt")
    state = rng.choices(states, (90, 4, 4, 2))[0]
    if kind != "legal":
        return _build_person(
            kind,
            numbers.make_person_inn(f"{city[0]}{number % 40 + 1:02d}{number + 100_000:06d}"),
            numbers.make_ogrn(f"3{15 + number % 10}{city[0]}0000{number:05d}")
            if kind == "sole_proprietor"
            else "",
            list(head.values()),
            today - min(age, dt.timedelta(days=4000)),
            street,
            city,
            state=state if kind == "sole_proprietor" else "active",
        )
    name = f"{rng.choice(_NAME_PREFIXES)}{rng.choice(_NAME_SUFFIXES)}"
    form = rng.choices(("ООО", "АО", "ПАО"), (88, 10, 2))[0]
    return _build(
        kind=kind,
        inn=numbers.make_company_inn(f"{city[0]}{number % 40 + 1:02d}{number + 50_000:05d}"),
        kpp=f"{city[0]}{number % 40 + 1:02d}01001",
        ogrn=numbers.make_ogrn(f"1{(today - age).year % 100:02d}{city[0]}{number + 1_000_000:07d}"),
        short_name=f"{form} «{name}»",
        full_name=f"{_LEGAL_FORMS[form]} «{name}»",
        registered_on=today - age,
        legal_address=f"{city[2]}{number % 900:03d}, г. {city[1]}, {street}",
        city=city[1],
        head_position=rng.choice(_POSITIONS),
        state=state,
        # One organisation in 25 is not registered at the ЭДО operator.
        box_id="yes" if number % 25 else None,
        partners_only=number % 10 == 3,
        **head,
    )
