"""Whatever is done to a file, intake takes it or refuses it; nothing else comes out."""

import functools
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.intake.confined_inspection import examine
from archive.intake.formats import (
    OLE_SIGNATURE,
    PDF_SIGNATURE,
    RTF_SIGNATURE,
    ZIP_SIGNATURE,
    FileFormat,
)
from archive.intake.refusals import IntakeRefused
from tests.support import office

# In this process: a fault of the code must be seen here, not be turned into a refusal.
THOROUGHLY = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RTF = rb"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 Contract {\b No 7}\par\bin3 {{{}}"


@functools.cache
def seeds() -> dict[FileFormat, bytes]:
    return {
        FileFormat.PDF: office.pdf_bytes(2),
        FileFormat.DOCX: office.docx_bytes(),
        FileFormat.XLSX: office.xlsx_bytes(),
        FileFormat.DOC: office.converted(office.docx_bytes(), "docx", "doc"),
        FileFormat.XLS: office.converted(office.xlsx_bytes(), "xlsx", "xls"),
        FileFormat.RTF: RTF,
        FileFormat.ODT: office.converted(office.docx_bytes(), "docx", "odt"),
    }


def examined(data: bytes) -> None:
    try:
        found = examine(io.BytesIO(data), max_pages=50)
    except IntakeRefused:
        return
    assert isinstance(found.kind, FileFormat)


def mutated(data: bytes, seed: int) -> bytes:
    """A few bytes changed, a piece cut out, doubled, or moved."""
    dice = random.Random(seed)
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(changed))
        length = dice.choice([1, 2, 4, 32, 512])
        piece = bytes(changed[at : at + length])
        match dice.randrange(4):
            case 0:
                changed[at : at + length] = dice.randbytes(len(piece))
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = piece * dice.choice([1, 2, 50])
            case _:
                changed[at] = dice.choice([0, 1, 0x7F, 0x80, 0xFF])
        if not changed:
            break
    return bytes(changed)


@pytest.mark.parametrize("kind", [*FileFormat][:-1])
@THOROUGHLY
@given(seed=st.integers(0, 2**32))
def test_a_mutated_file_is_taken_or_refused(kind: FileFormat, seed: int) -> None:
    examined(mutated(seeds()[kind], seed))


@THOROUGHLY
@given(
    head=st.sampled_from([PDF_SIGNATURE, ZIP_SIGNATURE, RTF_SIGNATURE, OLE_SIGNATURE]),
    tail=st.binary(max_size=2000),
)
def test_noise_behind_a_known_beginning_is_refused(head: bytes, tail: bytes) -> None:
    examined(head + tail)


@settings(THOROUGHLY, max_examples=100)
@given(
    part=st.sampled_from(
        ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml"]
    ),
    seed=st.integers(0, 2**32),
)
def test_a_mutated_part_of_a_sound_zip_is_taken_or_refused(part: str, seed: int) -> None:
    data = office.docx_bytes()
    examined(office.repacked(data, {part: mutated(office.entry(data, part), seed)}))
