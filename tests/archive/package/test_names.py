"""Safe and unique file names."""

import pytest

from archive.package.names import UniqueNames, safe_name, safe_stem


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Договор № 5.docx", "Договор № 5"),
        ("ООО «Ромашка».pdf", "ООО «Ромашка»"),
        ("../../etc/passwd.pdf", "etc passwd"),
        ("C:\\Users\\a\\договор.pdf", "C Users a договор"),
        ('a<b>c:d"e|f?g*h.pdf', "a b c d e f g h"),
        ("$(reboot)`id`!x%PATH%^.pdf", "(reboot) id x PATH"),
        ("договор\u202efdp.exe.pdf", "договор fdp.exe"),
        ("а\x00б\nв.pdf", "а б в"),
        ("CON.pdf", "_CON"),
        ("nul", "_nul"),
        ("-rf.pdf", "rf"),
        ("...", "Документ"),
        ("", "Документ"),
        ("   .pdf", "Документ"),
        ("точка. .pdf", "точка"),
        ("и\u0306.pdf", "й"),
    ],
)
def test_a_hostile_name_becomes_safe_and_readable(name: str, expected: str) -> None:
    assert safe_stem(name, default="Документ") == expected


def test_a_long_name_is_shortened() -> None:
    assert safe_stem("д" * 300 + ".pdf", default="Документ") == "д" * 80


def test_the_official_name_of_a_power_of_attorney_is_unchanged() -> None:
    name = "ON_EMCHD_20260101_2f0b1a5e-33f4-4c3b-9ef2-111111111111.xml"
    assert safe_name(name, default="МЧД.xml") == name


def test_names_that_are_equal_on_windows_are_made_unique() -> None:
    names = UniqueNames()
    unique = [names.reserve(name) for name in ("А.xml", "а.XML", "А.xml", "Без", "без")]
    assert unique == ["А.xml", "а (2).XML", "А (3).xml", "Без", "без (2)"]
