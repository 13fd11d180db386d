"""The client's power of attorney, its chain of delegation, and who has signed by it."""

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from edo.powers import mchd
from edo.powers.mchd import MchdCompany, MchdPerson, MchdPower, PowerOfAttorneyData
from edo.powers.mchd_chain import MalformedPowerOfAttorney, parse_link
from edo.powers.mchd_chain_checks import ChainReport, ChainRequirements, verify_chain
from edo.signing.certificates import read_certificate
from tests.support.signing.pki import NOW, Signer, authority, name_unknown_algorithm

CLIENT = MchdCompany("ООО «Ромашка»", "7701001100", "770101001", "1157746001104")
HEAD = MchdPerson("Головин", "Глеб", "Ильич", "771234567859", "11223344595", "Директор")
MANAGER = MchdPerson("Сидоров", "Олег", "", "772345678901", "22334455606")
CLERK = MchdPerson("Иванова", "Анна", "", "500100732259", "33445566717")
SIGN, PAY = MchdPower("BBDOCS_DOCS_01", "Договоры"), MchdPower("BBDOCS_PAY_01", "Платежи")
FIRST = PowerOfAttorneyData(
    registration_number=uuid.UUID("4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"),
    internal_number="1",
    issued_on=date(2026, 11, 1),
    valid_until=date(2027, 10, 31),
    principal=CLIENT,
    head=HEAD,
    representative=MANAGER,
    powers=(SIGN, PAY),
    registry_address="https://registry.example/",
)
SECOND_NUMBER = "9f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a99"


def signer(person: MchdPerson, organisation_inn: str = "") -> Signer:
    return authority().signer(
        inn=person.inn, snils=person.snils, organisation_inn=organisation_inn, ogrn=""
    )


@pytest.fixture(scope="module")
def head() -> Signer:
    return signer(HEAD, CLIENT.inn)


@pytest.fixture(scope="module")
def manager() -> Signer:
    return signer(MANAGER)


@pytest.fixture(scope="module")
def clerk() -> Signer:
    return signer(CLERK)


def build_delegated(
    powers: tuple[MchdPower, ...] = (SIGN,),
    giver: MchdPerson = MANAGER,
    parent: str = str(FIRST.registration_number),
    until: str = "2027-10-31",
) -> bytes:
    """The clerk's power of attorney, given by the manager who has one from the head."""
    machine = "".join(f'<МашПолн КодПолн="{p.code}" НаимПолн="{p.name}"/>' for p in powers)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Доверенность xmlns="{mchd.NAMESPACE}" ВерсФорм="EMCHD_1" ПрЭлФорм="00000000"
  ИдФайл="ON_EMCHD_20261110_{SECOND_NUMBER}"><Документ><Передов ПрНалПередов="1">
<СвПервДовер ПрДовер="1" ФормДовер="1" ДатаВыдДовер="2026-11-01" СрокДейст="2027-10-31"
  НомДоверПерв="{parent}"/>
<СвПереДовер ВидДовер="1" ПрПередов="1" ВнНомДовер="2" НомДовер="{SECOND_NUMBER}"
  ДатаВыдДовер="2026-11-10" СрокДейст="{until}"><СведСист>https://r.example/</СведСист></СвПереДовер>
<СвПередПолн ТипПерПолн="3"><ПередПолн><ФЛПерПолн ИННФЛ="{giver.inn}"
  СНИЛС="223-344-556 06"><СведФЛ><ФИО Фамилия="{giver.surname}" Имя="{giver.given_name}"/></СведФЛ>
</ФЛПерПолн></ПередПолн></СвПередПолн>
<СвПолучПолн ТипПред="3"><Пред><СведФизЛ ИННФЛ="{CLERK.inn}"><СведФЛ>
<ФИО Фамилия="Иванова" Имя="Анна"/></СведФЛ></СведФизЛ></Пред></СвПолучПолн>
<СвПолн ТипПолн="1" ПрСовмПолн="1">{machine}</СвПолн></Передов></Документ>
</Доверенность>""".encode()


def check(
    *files: tuple[bytes, bytes], by: Signer, codes: tuple[str, ...] = (), **changes: Any
) -> ChainReport:
    requirements = ChainRequirements(
        principal_inn=CLIENT.inn,
        representative=read_certificate(by.certificate),
        at=NOW,
        power_codes=codes,
    )
    return verify_chain(
        files, requirements=replace(requirements, **changes), trust=authority().trust
    )


def list_codes(report: ChainReport) -> tuple[list[str], list[str]]:
    return [item.code for item in report.problems], [item.code for item in report.doubts]


def sign_file(xml: bytes, by: Signer) -> tuple[bytes, bytes]:
    return xml, by.sign(xml)


def test_a_power_of_attorney_of_the_client_is_accepted(head: Signer, manager: Signer) -> None:
    file = sign_file(mchd.build(FIRST), head)
    assert list_codes(check(file, by=manager)) == ([], [])
    assert list_codes(check(file, by=manager, codes=(SIGN.code,))) == ([], [])


def test_every_failed_check_of_one_power_of_attorney_is_named(
    head: Signer, manager: Signer, clerk: Signer
) -> None:
    xml = mchd.build(FIRST)
    assert list_codes(check(sign_file(xml, head), by=clerk))[0] == ["power_foreign_representative"]
    other = check(sign_file(xml, head), by=manager, principal_inn="7701001206")
    assert list_codes(other)[0] == ["power_foreign_principal"]
    assert list_codes(check(sign_file(xml, clerk), by=manager))[0] == ["power_foreign_issuer"]
    broken = check((xml + b" ", head.sign(xml)), by=manager)
    assert list_codes(broken)[0] == ["power_signature_invalid"]
    late = check(
        sign_file(mchd.build(replace(FIRST, valid_until=date(2026, 11, 5))), head), by=manager
    )
    assert list_codes(late)[0] == ["power_expired"]
    future = mchd.build(replace(FIRST, issued_on=date(2026, 12, 5)))
    assert list_codes(check(sign_file(future, head), by=manager))[0] == ["power_not_yet_valid"]
    codes = check(sign_file(xml, head), by=manager, codes=("OTHER",))
    assert list_codes(codes)[0] == ["powers_missing"]


def test_what_cannot_be_checked_is_a_doubt(head: Signer, manager: Signer) -> None:
    xml = mchd.build(FIRST)
    unknown = check((xml, name_unknown_algorithm(head.sign(xml))), by=manager)
    assert list_codes(unknown) == ([], ["power_signature_unchecked"])
    text = mchd.build(replace(FIRST, powers=(), powers_text="Подписывать договоры"))
    assert list_codes(check(sign_file(text, head), by=manager)) == ([], ["power_text"])
    for garbage in (b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\x00", xml.replace(b"EMCHD_1", b"X")):
        assert list_codes(check((garbage, b""), by=manager)) == ([], ["power_unreadable"])


def test_a_chain_is_accepted_link_by_link(head: Signer, manager: Signer, clerk: Signer) -> None:
    files = sign_file(mchd.build(FIRST), head), sign_file(build_delegated(), manager)
    assert list_codes(check(*files, by=clerk, codes=(SIGN.code,))) == ([], [])
    # The last link names the clerk, not the manager.
    assert list_codes(check(*files, by=manager))[0] == ["power_foreign_representative"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"giver": HEAD}, "power_chain_broken"),
        ({"parent": str(uuid.uuid4())}, "power_chain_broken"),
        ({"powers": (SIGN, MchdPower("X", "Иное"))}, "power_wider"),
        ({"until": "2026-11-15"}, "power_expired"),
    ],
)
def test_a_broken_chain_is_found(
    head: Signer, manager: Signer, clerk: Signer, changes: dict[str, Any], code: str
) -> None:
    files = sign_file(mchd.build(FIRST), head), sign_file(build_delegated(**changes), manager)
    assert code in list_codes(check(*files, by=clerk))[0]


def test_a_link_without_the_one_before_is_not_the_clients(manager: Signer, clerk: Signer) -> None:
    problems, _ = list_codes(check(sign_file(build_delegated(), manager), by=clerk))
    assert problems == ["power_foreign_principal"]


def test_a_sole_proprietor_gives_a_power_of_attorney() -> None:
    xml = mchd.build(FIRST).decode()
    start, end = xml.index("<РосОргДовер"), xml.index("</Доверит>")
    proprietor = (
        '<ИПДовер ОГРНИП="304500116000157" ИННФЛ="500100732259" СНИЛС="334-455-667 17">'
        '<СведФЛ><ФИО Фамилия="Петров" Имя="Петр"/></СведФЛ></ИПДовер>'
    )
    link = parse_link((xml[:start] + proprietor + xml[end:]).encode())
    [issuer] = link.issuers
    assert (issuer.inn, issuer.snils, issuer.name) == ("500100732259", "33445566717", "Петров Петр")
    assert not issuer.is_organisation


def test_a_power_of_attorney_without_a_party_is_malformed() -> None:
    xml = mchd.build(FIRST).replace("СвУпПред".encode(), "Другое".encode())
    with pytest.raises(MalformedPowerOfAttorney):
        parse_link(xml)


@pytest.mark.skipif(not settings.MCHD_XSD, reason="MCHD_XSD names no schema")
def test_what_the_tests_delegate_is_of_the_official_form() -> None:
    assert mchd.find_schema_errors(build_delegated(), Path(settings.MCHD_XSD)) == []
