"""МЧД: the unified format 003 (EMCHD_1) of a machine-readable power of attorney. No database.

Made and read: a power of attorney of a Russian company, signed by its head, for one person.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from lxml import etree

from edo.safe_xml import parse_xml

NAMESPACE = "urn://x-artefacts/EMCHD_1"
FORMAT = "EMCHD_1"
NS = {"m": NAMESPACE}
RUSSIAN_COMPANY = "1"
NATURAL_PERSON = "3"
TEXT_POWERS, MACHINE_POWERS = "0", "1"


@dataclass(frozen=True)
class Organisation:
    """The principal company."""

    name: str
    inn: str
    kpp: str
    ogrn: str


@dataclass(frozen=True)
class Person:
    """A head or a representative. `inn` has 12 digits, `snils` 11."""

    surname: str
    given_name: str
    patronymic: str
    inn: str
    snils: str
    position: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))


@dataclass(frozen=True)
class Power:
    """One power of the classifier; the codes are data, never branched on."""

    code: str
    name: str


@dataclass(frozen=True)
class PowerOfAttorneyData:
    """What a power of attorney says. Both days belong to its term.

    Powers are either codes (`powers`) or plain text (`powers_text`).
    """

    registration_number: UUID
    internal_number: str
    issued_on: date
    valid_until: date
    principal: Organisation
    head: Person
    representative: Person
    powers: tuple[Power, ...] = ()
    powers_text: str = ""
    registry_address: str = ""


class MalformedPowerOfAttorney(ValueError):
    """Not a power of attorney of the kind that we read."""


def file_name(data: PowerOfAttorneyData) -> str:
    """The name that the format prescribes: ON_EMCHD_YYYYMMDD_<guid>.xml."""
    return f"{_file_id(data)}.xml"


def build(data: PowerOfAttorneyData) -> bytes:
    """The XML (UTF-8) to be signed by the head; valid against the official schema."""
    root = _make(
        "Доверенность",
        _make(
            "Документ",
            _make(
                "Довер",
                _terms(data),
                _principal(data.principal, data.head),
                _representative(data.representative),
                _powers(data),
            ),
        ),
        ВерсФорм=FORMAT,
        ПрЭлФорм="00000000",
        ИдФайл=_file_id(data),
    )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def parse(xml: bytes) -> PowerOfAttorneyData:
    """Reads the XML. Raises MalformedPowerOfAttorney for anything else than we read."""
    try:
        root = parse_xml(xml)
        return _read(root)
    except MalformedPowerOfAttorney:
        raise
    except (ValueError, KeyError, IndexError) as error:
        raise MalformedPowerOfAttorney(str(error)) from error


def schema_errors(xml: bytes, schema: Path) -> list[str]:
    """What the official schema finds wrong, each with its line; empty when valid.

    Raises OSError or etree.XMLSchemaError when the schema itself cannot be read.
    """
    checker = _schema(schema)
    try:
        root = parse_xml(xml)
    except ValueError as error:
        return [str(error)]
    if checker.validate(root):
        return []
    return [f"строка {error.line}: {error.message}" for error in checker.error_log]  # type: ignore[attr-defined]


@lru_cache(maxsize=2)
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


# --- Making ----------------------------------------------------------------------------------


def _make(tag: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{NAMESPACE}}}{tag}", attributes, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for item in content:
        if isinstance(item, str):
            element.text = item
        else:
            element.append(item)
    return element


def _file_id(data: PowerOfAttorneyData) -> str:
    return f"ON_EMCHD_{data.issued_on:%Y%m%d}_{data.registration_number}"


def _terms(data: PowerOfAttorneyData) -> etree._Element:
    return _make(
        "СвДов",
        _make("СведСист", data.registry_address),
        ВидДовер="1",
        ПрПередов="1",
        ВнНомДовер=data.internal_number,
        НомДовер=str(data.registration_number),
        ДатаВыдДовер=data.issued_on.isoformat(),
        СрокДейст=data.valid_until.isoformat(),
    )


def _principal(company: Organisation, head: Person) -> etree._Element:
    return _make(
        "СвДоверит",
        _make(
            "Доверит",
            _make(
                "РосОргДовер",
                _make(
                    "СвРосОрг",
                    НаимОрг=company.name,
                    ИННЮЛ=company.inn,
                    КПП=company.kpp,
                    ОГРН=company.ogrn,
                ),
                _make("ЛицоБезДов", _person("СвФЛ", head), ПолнЮЛ="1"),
                ЕИОУК="0",
                ЕИОФЛ="1",
                ЕИОИП="0",
            ),
        ),
        ТипДоверит=RUSSIAN_COMPANY,
    )


def _representative(person: Person) -> etree._Element:
    return _make("СвУпПред", _make("Пред", _person("СведФизЛ", person)), ТипПред=NATURAL_PERSON)


def _person(tag: str, person: Person) -> etree._Element:
    name = {"Фамилия": person.surname, "Имя": person.given_name, "Отчество": person.patronymic}
    facts = {
        "ИННФЛ": person.inn,
        "СНИЛС": _spelled_snils(person.snils),
        "Должность": person.position,
    }
    return _make(tag, _make("СведФЛ", _make("ФИО", **_filled(name))), **_filled(facts))


def _powers(data: PowerOfAttorneyData) -> etree._Element:
    if data.powers_text:
        content = [_make("ТекстПолн", data.powers_text)]
    else:
        content = [_make("МашПолн", КодПолн=item.code, НаимПолн=item.name) for item in data.powers]
    kind = TEXT_POWERS if data.powers_text else MACHINE_POWERS
    return _make("СвПолн", *content, ТипПолн=kind, ПрСовмПолн="1")


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _spelled_snils(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}" if digits else ""


# --- Reading ---------------------------------------------------------------------------------


def _read(root: etree._Element) -> PowerOfAttorneyData:
    if root.tag != f"{{{NAMESPACE}}}Доверенность" or root.get("ВерсФорм") != FORMAT:
        raise MalformedPowerOfAttorney("Это не доверенность формата EMCHD_1.")
    terms_element = _one(root, "m:Документ/m:Довер/m:СвДов")
    terms = _attributes(terms_element)
    company = _one(root, "m:Документ/m:Довер/m:СвДоверит/m:Доверит/m:РосОргДовер")
    powers = _one(root, "m:Документ/m:Довер/m:СвПолн")
    person = _one(root, "m:Документ/m:Довер/m:СвУпПред/m:Пред/m:СведФизЛ")
    return PowerOfAttorneyData(
        registration_number=UUID(terms["НомДовер"]),
        internal_number=terms["ВнНомДовер"],
        issued_on=date.fromisoformat(terms["ДатаВыдДовер"]),
        valid_until=date.fromisoformat(terms["СрокДейст"]),
        principal=_read_company(_one(company, "m:СвРосОрг")),
        head=_read_person(_one(company, "m:ЛицоБезДов/m:СвФЛ")),
        representative=_read_person(person),
        powers=tuple(
            Power(item["КодПолн"], item["НаимПолн"])
            for item in map(_attributes, powers.findall("m:МашПолн", NS))
        ),
        powers_text=powers.findtext("m:ТекстПолн", "", NS),
        registry_address=terms_element.findtext("m:СведСист", "", NS),
    )


def _one(element: etree._Element, path: str) -> etree._Element:
    found = element.findall(path, NS)
    if len(found) != 1:
        raise MalformedPowerOfAttorney(
            f"В доверенности ожидается ровно один элемент {path.rpartition(':')[2]}."
        )
    return found[0]


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _read_company(element: etree._Element) -> Organisation:
    value = _attributes(element)
    return Organisation(value["НаимОрг"], value.get("ИННЮЛ", ""), value["КПП"], value["ОГРН"])


def _read_person(element: etree._Element) -> Person:
    name, facts = _attributes(_one(element, "m:СведФЛ/m:ФИО")), _attributes(element)
    snils = facts.get("СНИЛС", "")
    return Person(
        surname=name["Фамилия"],
        given_name=name["Имя"],
        patronymic=name.get("Отчество", ""),
        inn=facts.get("ИННФЛ", ""),
        snils="".join(char for char in snils if char.isdigit()),
        position=facts.get("Должность", ""),
    )
