"""A stranger's file name is shown and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.intake.formats import FileFormat
from archive.intake.names import LONGEST, display_name


@pytest.mark.parametrize(
    ("name", "shown"),
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
def test_a_name_is_made_fit_for_showing(name: str, shown: str) -> None:
    assert display_name(name, FileFormat.PDF) == shown


def test_a_name_of_300_characters_is_shortened_before_its_extension() -> None:
    shown = display_name("я" * 300 + ".docx", FileFormat.DOCX)
    assert len(shown) == LONGEST
    assert shown.endswith("я.docx")


@given(st.text(st.characters()), st.sampled_from(FileFormat))
def test_no_name_can_be_a_path_or_turn_the_text_around(name: str, kind: FileFormat) -> None:
    shown = display_name(name, kind)
    assert shown.endswith(f".{kind}")
    assert 0 < len(shown) <= LONGEST
    assert not {"/", "\\"} & set(shown)
    assert not [char for char in shown if unicodedata.category(char)[0] == "C"]
    assert display_name(shown, kind) == shown
