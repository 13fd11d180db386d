"""The display name of an uploaded file."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.intake.formats import FileFormat
from archive.intake.names import MAX_LENGTH, display_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Договор № 7.pdf", "Договор № 7.pdf"),
        ("договор.PDF", "договор.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\анна\\договор.pdf", "договор.pdf"),
        ("договор\x00.pdf", "договор.pdf"),
        ("line\nbreak\r.pdf", "line break.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("contract.pdf.exe", "contract.pdf.exe.pdf"),
        ("👍 договор.pdf", "👍 договор.pdf"),
        ("и\u0306мя.pdf", "ймя.pdf"),
        ("", "Документ.pdf"),
        ("...", "Документ.pdf"),
        (".pdf", "Документ.pdf"),
        ("lone\ud800surrogate.pdf", "lonesurrogate.pdf"),
    ],
)
def test_a_name_is_made_safe_to_display(name: str, expected: str) -> None:
    assert display_name(name, FileFormat.PDF) == expected


def test_a_name_of_300_characters_is_shortened_before_its_extension() -> None:
    display = display_name("я" * 300 + ".docx", FileFormat.DOCX)
    assert len(display) == MAX_LENGTH
    assert display.endswith("я.docx")


@given(st.text(st.characters()), st.sampled_from(FileFormat))
def test_no_name_contains_a_path_or_invisible_characters(
    name: str, file_format: FileFormat
) -> None:
    display = display_name(name, file_format)
    assert display.endswith(f".{file_format}")
    assert 0 < len(display) <= MAX_LENGTH
    assert not {"/", "\\"} & set(display)
    assert not [char for char in display if unicodedata.category(char)[0] == "C"]
    assert display_name(display, file_format) == display
