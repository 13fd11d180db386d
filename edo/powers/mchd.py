"""МЧД: the unified format 003 (EMCHD_1) of a machine-readable power of attorney. No database.

Only the powers of attorney that a Russian company, represented by its head, gives to one person.
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
class MchdCompany:
    """The company that gives the power of attorney."""

    name: str
    inn: str
    kpp: str
    ogrn: str


@dataclass(frozen=True)
class MchdPerson:
    """The head or the representative. `inn` has 12 digits, `snils` 11."""

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
class MchdPower:
    """One entry of the classifier of powers."""

    code: str
    name: str


@dataclass(frozen=True)
class PowerOfAttorneyData:
    """The content of a power of attorney. `issued_on` and `valid_until` are both inclusive.

    Either `powers` or `powers_text` is empty.
    """

    registration_number: UUID
    internal_number: str
    issued_on: date
    valid_until: date
    principal: MchdCompany
    head: MchdPerson
    representative: MchdPerson
    powers: tuple[MchdPower, ...] = ()
    powers_text: str = ""
    registry_address: str = ""


class MalformedPowerOfAttorney(ValueError):
    """The file is not a power of attorney that we can read."""


def build_file_name(data: PowerOfAttorneyData) -> str:
    """The file name that the format requires: ON_EMCHD_YYYYMMDD_<guid>.xml."""
    return f"{_build_file_id(data)}.xml"


def build(data: PowerOfAttorneyData) -> bytes:
    """The XML (UTF-8) for the head to sign; valid against the official schema."""
    root = _make_element(
        "Доверенность",
        _make_element(
            "Документ",
            _make_element(
                "Довер",
                _build_terms(data),
                _build_principal(data.principal, data.head),
                _build_representative(data.representative),
                _build_powers(data),
            ),
        ),
        ВерсФорм=FORMAT,
        ПрЭлФорм="00000000",
        ИдФайл=_build_file_id(data),
    )
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def parse(xml: bytes) -> PowerOfAttorneyData:
    """Parse the XML. Raises MalformedPowerOfAttorney."""
    try:
        root = parse_xml(xml)
        return _parse_root(root)
    except MalformedPowerOfAttorney:
        raise
    except (ValueError, KeyError, IndexError) as error:
        raise MalformedPowerOfAttorney(str(error)) from error


def find_schema_errors(xml: bytes, schema: Path) -> list[str]:
    """The violations of the official schema, in Russian with line numbers; empty when valid.

    Raises OSError or etree.XMLSchemaError when the schema itself cannot be read.
    """
    xml_schema = _load_schema(schema)
    try:
        root = parse_xml(xml)
    except ValueError as error:
        return [str(error)]
    if xml_schema.validate(root):
        return []
    return [f"строка {error.line}: {error.message}" for error in xml_schema.error_log]  # type: ignore[attr-defined]


@lru_cache(maxsize=2)
def _load_schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


# --- Building --------------------------------------------------------------------------------


def _make_element(tag: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{NAMESPACE}}}{tag}", attributes, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for item in content:
        if isinstance(item, str):
            element.text = item
        else:
            element.append(item)
    return element


def _build_file_id(data: PowerOfAttorneyData) -> str:
    return f"ON_EMCHD_{data.issued_on:%Y%m%d}_{data.registration_number}"


def _build_terms(data: PowerOfAttorneyData) -> etree._Element:
    return _make_element(
        "СвДов",
        _make_element("СведСист", data.registry_address),
        ВидДовер="1",
        ПрПередов="1",
        ВнНомДовер=data.internal_number,
        НомДовер=str(data.registration_number),
        ДатаВыдДовер=data.issued_on.isoformat(),
        СрокДейст=data.valid_until.isoformat(),
    )


def _build_principal(company: MchdCompany, head: MchdPerson) -> etree._Element:
    return _make_element(
        "СвДоверит",
        _make_element(
            "Доверит",
            _make_element(
                "РосОргДовер",
                _make_element(
                    "СвРосОрг",
                    НаимОрг=company.name,
                    ИННЮЛ=company.inn,
                    КПП=company.kpp,
                    ОГРН=company.ogrn,
                ),
                _make_element("ЛицоБезДов", _build_person("СвФЛ", head), ПолнЮЛ="1"),
                ЕИОУК="0",
                ЕИОФЛ="1",
                ЕИОИП="0",
            ),
        ),
        ТипДоверит=RUSSIAN_COMPANY,
    )


def _build_representative(person: MchdPerson) -> etree._Element:
    details = _build_person("СведФизЛ", person)
    return _make_element("СвУпПред", _make_element("Пред", details), ТипПред=NATURAL_PERSON)


def _build_person(tag: str, person: MchdPerson) -> etree._Element:
    name = {"Фамилия": person.surname, "Имя": person.given_name, "Отчество": person.patronymic}
    attributes = {
        "ИННФЛ": person.inn,
        "СНИЛС": _format_snils(person.snils),
        "Должность": person.position,
    }
    full_name = _make_element("ФИО", **_without_empty(name))
    return _make_element(tag, _make_element("СведФЛ", full_name), **_without_empty(attributes))


def _build_powers(data: PowerOfAttorneyData) -> etree._Element:
    if data.powers_text:
        content = [_make_element("ТекстПолн", data.powers_text)]
    else:
        content = [
            _make_element("МашПолн", КодПолн=power.code, НаимПолн=power.name)
            for power in data.powers
        ]
    powers_type = TEXT_POWERS if data.powers_text else MACHINE_POWERS
    return _make_element("СвПолн", *content, ТипПолн=powers_type, ПрСовмПолн="1")


def _without_empty(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _format_snils(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}" if digits else ""


# --- Parsing ---------------------------------------------------------------------------------


def _parse_root(root: etree._Element) -> PowerOfAttorneyData:
    if root.tag != f"{{{NAMESPACE}}}Доверенность" or root.get("ВерсФорм") != FORMAT:
        raise MalformedPowerOfAttorney("Это не доверенность формата EMCHD_1.")
    terms_element = _get_single(root, "m:Документ/m:Довер/m:СвДов")
    terms = _get_attributes(terms_element)
    company = _get_single(root, "m:Документ/m:Довер/m:СвДоверит/m:Доверит/m:РосОргДовер")
    powers = _get_single(root, "m:Документ/m:Довер/m:СвПолн")
    person = _get_single(root, "m:Документ/m:Довер/m:СвУпПред/m:Пред/m:СведФизЛ")
    return PowerOfAttorneyData(
        registration_number=UUID(terms["НомДовер"]),
        internal_number=terms["ВнНомДовер"],
        issued_on=date.fromisoformat(terms["ДатаВыдДовер"]),
        valid_until=date.fromisoformat(terms["СрокДейст"]),
        principal=_parse_company(_get_single(company, "m:СвРосОрг")),
        head=_parse_person(_get_single(company, "m:ЛицоБезДов/m:СвФЛ")),
        representative=_parse_person(person),
        powers=tuple(
            MchdPower(item["КодПолн"], item["НаимПолн"])
            for item in map(_get_attributes, powers.findall("m:МашПолн", NS))
        ),
        powers_text=powers.findtext("m:ТекстПолн", "", NS),
        registry_address=terms_element.findtext("m:СведСист", "", NS),
    )


def _get_single(element: etree._Element, path: str) -> etree._Element:
    matches = element.findall(path, NS)
    if len(matches) != 1:
        raise MalformedPowerOfAttorney(
            f"В доверенности ожидается ровно один элемент {path.rpartition(':')[2]}."
        )
    return matches[0]


def _get_attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _parse_company(element: etree._Element) -> MchdCompany:
    value = _get_attributes(element)
    return MchdCompany(value["НаимОрг"], value.get("ИННЮЛ", ""), value["КПП"], value["ОГРН"])


def _parse_person(element: etree._Element) -> MchdPerson:
    name = _get_attributes(_get_single(element, "m:СведФЛ/m:ФИО"))
    attributes = _get_attributes(element)
    snils = attributes.get("СНИЛС", "")
    return MchdPerson(
        surname=name["Фамилия"],
        given_name=name["Имя"],
        patronymic=name.get("Отчество", ""),
        inn=attributes.get("ИННФЛ", ""),
        snils="".join(char for char in snils if char.isdigit()),
        position=attributes.get("Должность", ""),
    )
