"""What gets in, and the refusals, each with its own sentence."""

import io
import random
import re
from collections.abc import Callable

import pytest

from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.refusals import Refusal
from tests.support import office
from tests.support.bad_files import BAD


def inspected(data: bytes, name: str = "договор.docx"):
    return inspect_file(io.BytesIO(data), name=name)


GOOD: dict[FileFormat, Callable[[], bytes]] = {
    FileFormat.PDF: office.pdf_bytes,
    FileFormat.DOCX: office.docx_bytes,
    FileFormat.XLSX: office.xlsx_bytes,
    FileFormat.DOC: lambda: office.converted(office.docx_bytes(), "docx", "doc"),
    FileFormat.XLS: lambda: office.converted(office.xlsx_bytes(), "xlsx", "xls"),
    FileFormat.RTF: lambda: office.converted(office.docx_bytes(), "docx", "rtf"),
    FileFormat.ODT: lambda: office.converted(office.docx_bytes(), "docx", "odt"),
    FileFormat.ODS: lambda: office.converted(office.xlsx_bytes(), "xlsx", "ods"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_sound_file_is_taken_by_its_content_whatever_its_name(kind: FileFormat) -> None:
    data = GOOD[kind]()
    found = inspected(data, name="файл.exe")
    assert found.kind is kind
    assert found.size == len(data)
    assert found.file_name == f"файл.exe.{kind}"


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_for_its_own_reason(what: str) -> None:
    refusal, make = BAD[what]
    with pytest.raises(IntakeRefused) as refused:
        inspected(make())
    assert refused.value.refusal == refusal


def test_every_refusal_has_a_sentence_of_its_own_and_a_file_that_earns_it() -> None:
    known = [value for value in vars(refusals).values() if isinstance(value, Refusal)]
    assert {refusal.code: refusal for refusal in known} == refusals.BY_CODE
    assert len(refusals.BY_CODE) == len(known)
    assert len({refusal.message for refusal in known}) == len(known)
    assert not [refusal for refusal in known if re.search("[ёЁ]", refusal.message)]
    earned = {refusal for refusal, _ in BAD.values()}
    # The scanner's verdict and the limits of the confined process have tests of their own.
    assert set(known) - earned == {refusals.INFECTED, refusals.TOO_COMPLEX}


def test_the_pages_of_a_pdf_are_counted() -> None:
    assert inspected(office.pdf_bytes(3)).pages == 3
    assert inspected(office.docx_bytes()).pages is None


def test_a_pdf_that_merely_speaks_of_javascript_is_taken() -> None:
    def change(pdf) -> None:
        pdf.docinfo["/Title"] = "/JavaScript and /JS and /Launch explained"

    assert inspected(office.pdf_bytes(change=change)).kind is FileFormat.PDF


def test_a_pdf_of_almost_30_mb_is_taken() -> None:
    def change(pdf) -> None:
        pdf.Root.Ballast = pdf.make_stream(random.Random(1).randbytes(29_000_000))

    data = office.pdf_bytes(change=change)
    assert inspected(data).size > 29_000_000


def test_a_refusal_found_while_the_upload_streamed_holds() -> None:
    upload = io.BytesIO(b"")
    with pytest.raises(IntakeRefused) as refused:
        inspect_file(_Upload(upload), name="a.pdf")
    assert refused.value.refusal == refusals.PDF_TOO_LARGE


class _Upload:
    refusal = refusals.PDF_TOO_LARGE

    def __init__(self, file: io.BytesIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def test_checks_that_cannot_end_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    from archive import isolation
    from archive.intake import inspection

    tight = isolation.Limits(seconds=0.01, cpu_seconds=0.001, memory=290 * 2**20, file_size=0)
    monkeypatch.setattr(inspection, "LIMITS", tight)
    with pytest.raises(IntakeRefused) as refused:
        inspected(office.pdf_bytes(300))
    assert refused.value.refusal == refusals.TOO_COMPLEX


def test_the_confined_process_is_replaced_when_it_was_killed() -> None:
    from archive.isolation import client

    inspected(office.pdf_bytes())
    assert client._server is not None
    client._server.process.kill()
    client._server.process.wait()
    assert inspected(office.pdf_bytes()).kind is FileFormat.PDF
