"""Whatever is done to a file, it is either accepted or refused; no other error is raised."""

import functools
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.intake.confined_inspection import inspect_content
from archive.intake.formats import (
    OLE_SIGNATURE,
    PDF_SIGNATURE,
    RTF_SIGNATURE,
    ZIP_SIGNATURE,
    FileFormat,
)
from archive.intake.refusals import IntakeRefused
from tests.support.documents import office
from tests.support.documents.packages import recipient_signer
from tests.support.documents.pdf_forms import annotation_pdf, check_box_pdf, form_pdf, signed_pdf
from tests.support.documents.pdf_layers import add_expression, add_nested_content, layer_pdf
from tests.support.documents.pdfs import attach

# The confined process, which is not used here, shows no warnings either.
pytestmark = pytest.mark.filterwarnings("ignore:This document has .* form widget")

# In this process, so that an error in our code fails the test and does not become a refusal.
THOROUGHLY = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RTF = rb"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 Contract {\b No 7}\par\bin3 {{{}}"


@functools.cache
def valid_files() -> dict[FileFormat, bytes]:
    return {
        FileFormat.PDF: office.pdf_bytes(2),
        FileFormat.DOCX: office.docx_bytes(),
        FileFormat.XLSX: office.xlsx_bytes(),
        FileFormat.DOC: office.convert_office_file(office.docx_bytes(), "docx", "doc"),
        FileFormat.XLS: office.convert_office_file(office.xlsx_bytes(), "xlsx", "xls"),
        FileFormat.RTF: RTF,
        FileFormat.ODT: office.convert_office_file(office.docx_bytes(), "docx", "odt"),
    }


def assert_accepted_or_refused(data: bytes) -> None:
    try:
        content = inspect_content(io.BytesIO(data), max_pages=50)
    except IntakeRefused:
        return
    assert isinstance(content.file_format, FileFormat)


def mutate(data: bytes, seed: int) -> bytes:
    """``data`` with a few bytes overwritten, removed, repeated or set to a special value."""
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


@pytest.mark.parametrize("file_format", [*FileFormat][:-1])
@THOROUGHLY
@given(seed=st.integers(0, 2**32))
def test_a_mutated_file_is_accepted_or_refused(file_format: FileFormat, seed: int) -> None:
    assert_accepted_or_refused(mutate(valid_files()[file_format], seed))


@functools.cache
def pdfs_with_more_than_pages() -> dict[str, bytes]:
    return {
        "attachments": attach({"a.xml": b"<a/>", "b.docx": office.docx_bytes()}),
        "a form": form_pdf("OOO Romashka"),
        "a check box": check_box_pdf(value="Yes", state="Off"),
        "an annotation": annotation_pdf("FreeText", Contents="Paid"),
        "a signature": signed_pdf(recipient_signer().sign(b"content")),
        "a layer": layer_pdf(add_nested_content),
        "an expression of layers": layer_pdf(add_expression),
    }


@pytest.mark.parametrize("name", pdfs_with_more_than_pages())
@settings(THOROUGHLY, max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_a_mutated_pdf_with_more_than_pages_is_accepted_or_refused(name: str, seed: int) -> None:
    assert_accepted_or_refused(mutate(pdfs_with_more_than_pages()[name], seed))


@THOROUGHLY
@given(
    head=st.sampled_from([PDF_SIGNATURE, ZIP_SIGNATURE, RTF_SIGNATURE, OLE_SIGNATURE]),
    tail=st.binary(max_size=2000),
)
def test_noise_after_a_known_signature_is_accepted_or_refused(head: bytes, tail: bytes) -> None:
    assert_accepted_or_refused(head + tail)


@settings(THOROUGHLY, max_examples=100)
@given(
    part=st.sampled_from(
        ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml"]
    ),
    seed=st.integers(0, 2**32),
)
def test_a_mutated_part_of_a_valid_zip_is_accepted_or_refused(part: str, seed: int) -> None:
    data = office.docx_bytes()
    assert_accepted_or_refused(
        office.repack_zip(data, {part: mutate(office.read_zip_entry(data, part), seed)})
    )
