"""What a stamp says, and that it can be read."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from archive.package.parts import SignatureKind
from tests.support.documents.packages import MCHD_NUMBER, contract_pdf
from tests.support.documents.stamped_copies import (
    DOCUMENT_ID,
    page_texts,
    render_pages,
    sample_signatures,
    stamp,
)


def test_a_stamp_on_a_dark_page_has_its_own_ground(tmp_path: Path) -> None:
    dark = BytesIO()
    Image.new("RGB", (1240, 1754), "#102030").save(dark, "PDF", resolution=150)
    page = render_pages(stamp(tmp_path, dark.getvalue()))[0]
    box = page.point(lambda level: 255 if level > 200 else 0).getbbox()
    assert box is not None
    assert page.crop(box).histogram()[255] > 0.6 * (box[2] - box[0]) * (box[3] - box[1])


@pytest.mark.parametrize("serial", ["D" * 40, "4DABCDDE0123456789ABCDEFDDDDBBAA01234567", "0" * 34])
def test_a_serial_number_is_on_one_line(tmp_path: Path, serial: str) -> None:
    signatures = [
        replace(signature, details=replace(signature.details, serial=serial))
        for signature in sample_signatures()
    ]
    text = page_texts(stamp(tmp_path, contract_pdf(), signatures))[0]
    assert text.count(serial) == 2


@pytest.mark.parametrize(
    ("kind", "is_test", "expected"),
    [
        (SignatureKind.QUALIFIED, False, "квалифицированной электронной подписью\n"),
        (SignatureKind.QUALIFIED, True, "квалифицированной электронной подписью (тестовый УЦ)\n"),
        (SignatureKind.ENHANCED, False, "усиленной электронной подписью\n"),
    ],
)
def test_a_stamp_says_what_kind_of_signature_it_is(
    tmp_path: Path, kind: SignatureKind, is_test: bool, expected: str
) -> None:
    signatures = [replace(item, kind=kind, is_test=is_test) for item in sample_signatures()]
    text = page_texts(stamp(tmp_path, contract_pdf(), signatures))[0]
    assert text.count(expected) == 2
    assert ("квалифицированной" in text) == (kind == SignatureKind.QUALIFIED)
    assert ("тестовый УЦ" in text) == is_test


def test_a_stamp_states_what_the_standard_requires(tmp_path: Path) -> None:
    details = sample_signatures()[0].details
    text = page_texts(stamp(tmp_path, contract_pdf()))[0]
    for expected in [
        f"Сертификат {details.serial}",
        f"Владелец {details.owner}",
        "Действителен с 21.11.2025 по 21.11.2027",
        "Подписано 21.11.2026 15:00:00 (GMT+03:00)",
        f"МЧД {MCHD_NUMBER}",
        f"Документ {DOCUMENT_ID}",
        "Подпись соответствует файлу документа",
    ]:
        assert "".join(expected.split()) in "".join(text.split())


def test_long_names_are_complete(tmp_path: Path) -> None:
    organisation = "Общество с ограниченной ответственностью «" + "Дальневосточная " * 9 + "связь»"
    signatures = sample_signatures()
    signatures[1] = replace(
        signatures[1],
        details=replace(signatures[1].details, organisation=organisation, serial="F" * 200),
    )
    text = "".join(page_texts(stamp(tmp_path, contract_pdf(), signatures))[0].split())
    assert "".join(organisation.split()) in text
    assert "F" * 200 in text


def test_markup_in_a_name_is_escaped(tmp_path: Path) -> None:
    signatures = sample_signatures()
    details = replace(signatures[0].details, owner='<img src="file:///etc/passwd"> & <b>Иванов</b>')
    text = page_texts(
        stamp(tmp_path, contract_pdf(), [replace(signatures[0], details=details), signatures[1]])
    )[0]
    assert "<b>Иванов</b>" in text
    assert "&" in text
