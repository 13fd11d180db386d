"""A client's power of attorney (МЧД) with its chain of delegation. No database.

Unlike `mchd`, which reads what our own organisation gives to one person, this reads every party of
the format that can act for a client: organisations and their branches, sole proprietors, persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lxml import etree

from edo.powers.mchd import FORMAT, NAMESPACE, NS, MalformedPowerOfAttorney
from edo.safe_xml import parse_xml
from edo.signing.certificates import CertificateDetails

ORGANISATIONS = ("РосОргДовер/СвРосОрг", "РосОргПерПолн/СвРосОрг", "ФилПерПолн/СвФил")
PERSONS = ("ИПДовер", "ФЛДовер", "ИППерПолн", "ФЛПерПолн")
REPRESENTING_ORGANISATIONS = ("СведОрг", "СведФилиал")
REPRESENTING_PERSONS = ("СведФизЛ", "СведИП")


@dataclass(frozen=True)
class PowerParty:
    """Who gives or receives a power of attorney; `snils` only of a person."""

    name: str
    inn: str
    snils: str = ""
    is_organisation: bool = False

    def is_same(self, other: "PowerParty") -> bool:
        """Whether both are the same: one known number must agree, and none may differ."""
        if self.is_organisation != other.is_organisation:
            return False
        return _agree([(self.inn, other.inn), (self.snils, other.snils)])

    def owns(self, certificate: CertificateDetails) -> bool:
        """Whether ``certificate`` is theirs; an organisation's is that of its head."""
        if self.is_organisation:
            return _agree([(self.inn, certificate.organisation_inn)])
        return _agree([(self.inn, certificate.inn), (self.snils, certificate.snils)])


@dataclass(frozen=True)
class PowerLink:
    """One power of attorney of a chain; both dates are inclusive.

    Powers are either codes of the classifier, whose names are `power_names`, or `powers_text`.
    `parent_numbers` are the numbers of those that it delegates further, empty for the first.
    """

    registration_number: str
    issuers: tuple[PowerParty, ...]
    representatives: tuple[PowerParty, ...]
    issued_on: date
    valid_until: date
    codes: frozenset[str]
    power_names: tuple[str, ...] = ()
    powers_text: str = ""
    parent_numbers: frozenset[str] = frozenset()


def parse_link(xml: bytes) -> PowerLink:
    """Parse a first or a delegated power of attorney. Raises MalformedPowerOfAttorney."""
    try:
        root = parse_xml(xml)
        if root.tag != f"{{{NAMESPACE}}}Доверенность" or root.get("ВерсФорм") != FORMAT:
            raise MalformedPowerOfAttorney("Это не доверенность формата EMCHD_1.")
        first = root.find("m:Документ/m:Довер", NS)
        delegated = root.find("m:Документ/m:Передов", NS)
        if first is not None:
            return _parse_first(first)
        if delegated is not None:
            return _parse_delegated(delegated)
    except MalformedPowerOfAttorney:
        raise
    except (ValueError, KeyError, IndexError) as error:
        raise MalformedPowerOfAttorney(str(error)) from error
    raise MalformedPowerOfAttorney("В файле нет доверенности.")


def _parse_first(element: etree._Element) -> PowerLink:
    return _build_link(
        element,
        terms=_get_single(element, "СвДов"),
        issuers=element.findall("m:СвДоверит/m:Доверит", NS),
        representatives=element.findall("m:СвУпПред/m:Пред", NS),
    )


def _parse_delegated(element: etree._Element) -> PowerLink:
    parents = [*element.findall("m:СвПервДовер", NS), *element.findall("m:СвПередов", NS)]
    numbers = {parent.get(name) for parent in parents for name in ("НомДоверПерв", "НомДоверN")} - {
        None
    }
    return _build_link(
        element,
        terms=_get_single(element, "СвПереДовер"),
        issuers=element.findall("m:СвПередПолн/m:ПередПолн", NS),
        representatives=element.findall("m:СвПолучПолн/m:Пред", NS),
        parent_numbers=frozenset(str(number).lower() for number in numbers),
    )


def _build_link(
    element: etree._Element,
    *,
    terms: etree._Element,
    issuers: Iterable[etree._Element],
    representatives: Iterable[etree._Element],
    parent_numbers: frozenset[str] = frozenset(),
) -> PowerLink:
    powers = _get_single(element, "СвПолн")
    values = {str(name): str(value) for name, value in terms.attrib.items()}
    return PowerLink(
        registration_number=values["НомДовер"].lower(),
        issuers=tuple(_parse_parties(issuers, ORGANISATIONS, PERSONS)),
        representatives=tuple(
            _parse_parties(representatives, REPRESENTING_ORGANISATIONS, REPRESENTING_PERSONS)
        ),
        issued_on=date.fromisoformat(values["ДатаВыдДовер"]),
        valid_until=date.fromisoformat(values["СрокДейст"]),
        codes=frozenset(str(item.get("КодПолн")) for item in powers.findall("m:МашПолн", NS)),
        power_names=tuple(str(item.get("НаимПолн")) for item in powers.findall("m:МашПолн", NS)),
        powers_text=" ".join(powers.findtext("m:ТекстПолн", "", NS).split()),
        parent_numbers=parent_numbers,
    )


def _parse_parties(
    elements: Iterable[etree._Element], organisations: Iterable[str], persons: Iterable[str]
) -> list[PowerParty]:
    parties = []
    for element in elements:
        for path in organisations:
            for item in element.findall("/".join(f"m:{tag}" for tag in path.split("/")), NS):
                inn = str(item.get("ИННЮЛ") or "")
                parties.append(PowerParty(str(item.get("НаимОрг")), inn, is_organisation=True))
        for tag in persons:
            parties.extend(map(_parse_person, element.findall(f"m:{tag}", NS)))
    if not parties:
        raise MalformedPowerOfAttorney("В доверенности не указана сторона.")
    return parties


def _parse_person(element: etree._Element) -> PowerParty:
    name = element.find("m:СведФЛ/m:ФИО", NS)
    parts = ("Фамилия", "Имя", "Отчество")
    full_name = [] if name is None else [str(name.get(part) or "") for part in parts]
    snils = "".join(char for char in str(element.get("СНИЛС") or "") if char.isdigit())
    return PowerParty(" ".join(filter(None, full_name)), str(element.get("ИННФЛ") or ""), snils)


def _get_single(element: etree._Element, tag: str) -> etree._Element:
    matches = element.findall(f"m:{tag}", NS)
    if len(matches) != 1:
        raise MalformedPowerOfAttorney(f"В доверенности ожидается ровно один элемент {tag}.")
    return matches[0]


def _agree(pairs: Iterable[tuple[str, str]]) -> bool:
    known = [pair for pair in pairs if all(pair)]
    return bool(known) and all(left == right for left, right in known)
