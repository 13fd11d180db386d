"""Powers of attorney: made valid, read safely, every failed check named."""

import uuid
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from lxml import etree

from edo.powers import mchd, mchd_checks
from edo.powers.mchd import (
    MalformedPowerOfAttorney,
    MchdCompany,
    MchdPerson,
    MchdPower,
    PowerOfAttorneyData,
)
from edo.powers.mchd_checks import PowerOfAttorneyReport, PowerRequirements
from edo.safe_xml import MAX_XML_BYTES
from edo.signing import certificates
from tests.support.signing.pki import DAY, NOW, YEAR, Authority, Signer, authority

CODE = "ECONTRACT_SIGN_DOCUMENTS"
OURS = MchdCompany("ПАО «Ростелеком» & Ко", "7707049388", "784001001", "1027700198767")
HEAD = MchdPerson("Головин", "Глеб", "Ильич", "771234567859", "11223344595", "Президент")
SIGNATORY = MchdPerson("Иванова", "Анна", "", "772345678901", "22334455606")
DATA = PowerOfAttorneyData(
    registration_number=uuid.UUID("4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"),
    internal_number="12/2026",
    issued_on=date(2026, 11, 1),
    valid_until=date(2027, 10, 31),
    principal=OURS,
    head=HEAD,
    representative=SIGNATORY,
    powers=(MchdPower(CODE, "Подписание договоров"),),
    registry_address="https://registry.example/",
)


@pytest.fixture(scope="module")
def head() -> Signer:
    return authority().signer(inn=HEAD.inn, snils=HEAD.snils, organisation_inn=OURS.inn)


@pytest.fixture(scope="module")
def signatory() -> Signer:
    return authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils, organisation_inn=OURS.inn)


def check(
    xml: bytes, signature: bytes, signatory: Signer, expected: Any = None, **more: Any
) -> PowerOfAttorneyReport:
    wanted: dict[str, Any] = {
        "principal_inn": OURS.inn,
        "representative": certificates.read_certificate(signatory.certificate),
        "power_codes": (CODE,),
    }
    return mchd_checks.verify(
        xml,
        signature,
        requirements=PowerRequirements(**{**wanted, **(expected or {})}),
        **{"trust": authority().trust, "at": NOW, **more},
    )


def codes(report: PowerOfAttorneyReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_a_power_that_was_signed_after_its_use_is_not_valid(
    head: Signer, signatory: Signer
) -> None:
    xml = mchd.build(DATA)
    second = timedelta(seconds=1)
    assert codes(check(xml, head.sign(xml, NOW), signatory, at=NOW)) == []
    report = check(xml, head.sign(xml, NOW + second), signatory, at=NOW)
    assert codes(report) == ["signed_later"]
    assert "15:00:01" in report.problems[0].text


@pytest.mark.parametrize(
    "data",
    [
        DATA,
        replace(DATA, powers=(), powers_text="Подписывать договоры <с клиентами>"),
        replace(DATA, representative=replace(SIGNATORY, patronymic="Петровна", position="Юрист")),
        replace(DATA, powers=(MchdPower(CODE, "Одно"), MchdPower("ANOTHER", "Другое"))),
    ],
)
def test_what_is_made_is_read_back_the_same(data: PowerOfAttorneyData) -> None:
    assert mchd.parse(mchd.build(data)) == data


# The schema may not be handed on with the project: where it is not, there is nothing to compare.
SCHEMAS = [Path(settings.MCHD_XSD)] if settings.MCHD_XSD else []


@pytest.mark.parametrize(
    "data", [DATA, replace(DATA, powers=(), powers_text="Подписывать договоры")]
)
def test_what_is_made_is_valid_by_the_official_schema(data: PowerOfAttorneyData) -> None:
    for schema in SCHEMAS:
        assert mchd.find_schema_errors(mchd.build(data), schema) == []


def test_the_file_is_named_as_the_format_prescribes() -> None:
    name = "ON_EMCHD_20261101_4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11.xml"
    assert mchd.build_file_name(DATA) == name


def test_a_good_one_passes_every_check(head: Signer, signatory: Signer) -> None:
    xml = mchd.build(DATA)
    report = check(xml, head.sign(xml), signatory)
    assert report.is_valid
    assert report.data == DATA


@pytest.mark.parametrize(
    ("changes", "at", "code"),
    [
        ({"valid_until": date(2026, 11, 20)}, NOW, "expired"),
        ({"issued_on": date(2026, 11, 22)}, NOW, "not_yet_valid"),
        ({"principal": replace(OURS, inn="7701001100")}, NOW, "foreign_principal"),
        ({"representative": HEAD}, NOW, "foreign_representative"),
        ({"head": SIGNATORY}, NOW, "wrong_head"),
        ({"powers": (MchdPower("ANOTHER", "Другое"),)}, NOW, "powers_missing"),
    ],
)
def test_each_failed_check_is_named(
    changes: dict[str, Any], at: Any, code: str, head: Signer, signatory: Signer
) -> None:
    xml = mchd.build(replace(DATA, **changes))
    report = check(xml, head.sign(xml), signatory, at=at)
    assert code in codes(report)
    assert all(problem.text.endswith(".") and problem.fix for problem in report.problems)


@pytest.mark.parametrize(("hours", "holds"), [(20.9, True), (21.1, False)])
def test_the_term_ends_with_the_moscow_day(
    hours: float, holds: bool, head: Signer, signatory: Signer
) -> None:
    xml = mchd.build(replace(DATA, valid_until=NOW.date()))
    midnight = NOW.replace(hour=0) + timedelta(hours=hours)
    assert check(xml, head.sign(xml), signatory, at=midnight).is_valid is holds


def test_all_failed_checks_are_told_at_once(head: Signer, signatory: Signer) -> None:
    xml = mchd.build(replace(DATA, valid_until=date(2026, 11, 2), powers=()))
    report = check(xml, head.sign(b"other"), signatory, revoked_at=NOW - DAY)
    assert codes(report) == ["expired", "revoked", "head_signature_invalid", "powers_missing"]


def test_one_byte_of_the_xml_changed(head: Signer, signatory: Signer) -> None:
    xml = mchd.build(DATA)
    changed = xml.replace("Анна".encode(), "Инна".encode())
    assert codes(check(changed, head.sign(xml), signatory)) == ["head_signature_invalid"]


def test_signed_by_the_head_of_another_company(signatory: Signer) -> None:
    other = authority().signer(inn=HEAD.inn, snils=HEAD.snils, organisation_inn="7701001100")
    xml = mchd.build(DATA)
    assert codes(check(xml, other.sign(xml), signatory)) == ["wrong_head"]


def test_signed_by_a_certificate_of_an_unknown_authority(signatory: Signer) -> None:
    stranger = Authority("Чужой").signer(inn=HEAD.inn, snils=HEAD.snils, organisation_inn=OURS.inn)
    xml = mchd.build(DATA)
    assert codes(check(xml, stranger.sign(xml), signatory)) == ["head_signature_invalid"]


def test_the_heads_certificate_may_expire_after_signing(signatory: Signer) -> None:
    gone = authority().signer(
        inn=HEAD.inn,
        snils=HEAD.snils,
        organisation_inn=OURS.inn,
        valid_from=NOW - YEAR,
        valid_until=NOW - DAY,
    )
    xml = mchd.build(DATA)
    assert check(xml, gone.sign(xml, NOW - 10 * DAY), signatory).is_valid


def test_a_power_in_plain_text_is_for_people_to_judge(head: Signer, signatory: Signer) -> None:
    xml = mchd.build(replace(DATA, powers=(), powers_text="Подписывать договоры"))
    assert check(xml, head.sign(xml), signatory).is_valid


def test_the_schema_is_asked_where_there_is_one(
    tmp_path: Path, head: Signer, signatory: Signer
) -> None:
    schema = tmp_path / "other.xsd"
    schema.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="other"/>'
        "</xs:schema>"
    )
    xml = mchd.build(DATA)
    report = check(xml, head.sign(xml), signatory, expected={"schema": schema})
    assert codes(report) == ["schema_invalid"]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"<",
        BOMB,
        FILE,
        b"<a/>",
        b"\xff\xfe\x00",
        b"<a>" + b" " * MAX_XML_BYTES + b"</a>",
        mchd.build(DATA).replace(b"EMCHD_1", b"EMCHD_9"),
        mchd.build(DATA).replace(b"2026-11-01", b"2026-99-01"),
        mchd.build(DATA).replace(b"4f0c3bd2-54b0", b"zzzz"),
    ],
)
def test_hostile_files_are_refused_and_not_obeyed(hostile: bytes, signatory: Signer) -> None:
    with pytest.raises(MalformedPowerOfAttorney):
        mchd.parse(hostile)
    assert codes(check(hostile, b"", signatory)) == ["malformed"]


@pytest.mark.parametrize("tag", ["СвДов", "РосОргДовер", "СвФЛ", "СведФизЛ", "СвПолн"])
def test_a_second_or_missing_part_is_refused(tag: str) -> None:
    for times in (0, 2):
        root = etree.fromstring(mchd.build(DATA))
        (element,) = root.findall(f".//{{{mchd.NAMESPACE}}}{tag}")
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        for _ in range(times):
            parent.append(deepcopy(element))
        with pytest.raises(MalformedPowerOfAttorney):
            mchd.parse(etree.tostring(root))


@effort(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_is_a_report(data: st.DataObject) -> None:
    xml = bytearray(mchd.build(DATA))
    for _ in range(data.draw(st.integers(1, 5))):
        xml[data.draw(st.integers(0, len(xml) - 1))] = data.draw(st.integers(0, 255))
    report = check(bytes(xml), b"", _SIGNATORY)
    assert not report.is_valid


_SIGNATORY = authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils)
