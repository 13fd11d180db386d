import pytest

from archive.package.names import UniqueNames, safe_name, safe_stem


@pytest.mark.parametrize(
    ("given", "expected"),
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
def test_a_hostile_name_becomes_a_harmless_readable_one(given: str, expected: str) -> None:
    assert safe_stem(given, default="Документ") == expected


def test_a_long_name_is_cut() -> None:
    assert safe_stem("д" * 300 + ".pdf", default="Документ") == "д" * 80


def test_the_official_name_of_a_power_of_attorney_stays() -> None:
    name = "ON_EMCHD_20260101_2f0b1a5e-33f4-4c3b-9ef2-111111111111.xml"
    assert safe_name(name, default="МЧД.xml") == name


def test_names_that_windows_takes_for_one_are_told_apart() -> None:
    names = UniqueNames()
    taken = [names.reserve(name) for name in ("А.xml", "а.XML", "А.xml", "Без", "без")]
    assert taken == ["А.xml", "а (2).XML", "А (3).xml", "Без", "без (2)"]
