"""Files that are accepted, and files that are refused, each for its own reason."""

import io
import random
import re
from collections.abc import Callable

import pytest

from archive.intake import office_findings, refusals
from archive.intake.formats import FileFormat
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.refusals import Refusal
from tests.support.documents import changes, office
from tests.support.documents.bad_files import BAD_FILES


def inspect_bytes(data: bytes, name: str = "договор.docx"):
    return inspect_file(io.BytesIO(data), name=name)


GOOD_FILES: dict[FileFormat, Callable[[], bytes]] = {
    FileFormat.PDF: office.pdf_bytes,
    FileFormat.DOCX: office.docx_bytes,
    FileFormat.XLSX: office.xlsx_bytes,
    FileFormat.DOC: lambda: office.convert_office_file(office.docx_bytes(), "docx", "doc"),
    FileFormat.XLS: lambda: office.convert_office_file(office.xlsx_bytes(), "xlsx", "xls"),
    FileFormat.RTF: lambda: office.convert_office_file(office.docx_bytes(), "docx", "rtf"),
    FileFormat.ODT: lambda: office.convert_office_file(office.docx_bytes(), "docx", "odt"),
    FileFormat.ODS: lambda: office.convert_office_file(office.xlsx_bytes(), "xlsx", "ods"),
}


@pytest.mark.parametrize("file_format", GOOD_FILES)
def test_a_valid_file_is_accepted_by_its_content_whatever_its_name(
    file_format: FileFormat,
) -> None:
    data = GOOD_FILES[file_format]()
    inspected = inspect_bytes(data, name="файл.exe")
    assert inspected.file_format is file_format
    assert inspected.size == len(data)
    assert inspected.file_name == f"файл.exe.{file_format}"


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_for_its_own_reason(name: str) -> None:
    refusal, make_file = BAD_FILES[name]
    with pytest.raises(IntakeRefused) as refused:
        inspect_bytes(make_file())
    assert refused.value.refusal == refusal


def test_every_refusal_has_its_own_text_and_a_bad_file_that_gets_it() -> None:
    known = [value for value in vars(refusals).values() if isinstance(value, Refusal)]
    assert {refusal.code: refusal for refusal in known} == refusals.BY_CODE
    assert len(refusals.BY_CODE) == len(known)
    assert len({refusal.message for refusal in known}) == len(known)
    assert not [refusal for refusal in known if re.search("[ёЁ]", refusal.message)]
    covered = {refusal for refusal, _ in BAD_FILES.values()}
    # The virus scanner, the limits of the confined process, the queue and documents of several
    # files have their own tests.
    others = {
        *(refusals.INFECTED, refusals.TOO_COMPLEX),
        *(refusals.TOO_MANY_WAITING, refusals.TOO_MANY_FILES),
    }
    assert set(known) - covered == others


def test_the_pages_of_a_pdf_are_counted() -> None:
    assert inspect_bytes(office.pdf_bytes(3)).pages == 3
    assert inspect_bytes(office.docx_bytes()).pages is None


def test_a_pdf_that_only_mentions_javascript_is_accepted() -> None:
    def change(pdf) -> None:
        pdf.docinfo["/Title"] = "/JavaScript and /JS and /Launch explained"

    assert inspect_bytes(office.pdf_bytes(change=change)).file_format is FileFormat.PDF


def test_a_pdf_of_almost_30_mb_is_accepted() -> None:
    def change(pdf) -> None:
        pdf.Root.Ballast = pdf.make_stream(random.Random(1).randbytes(29_000_000))

    data = office.pdf_bytes(change=change)
    assert inspect_bytes(data).size > 29_000_000


def test_a_refusal_set_while_the_upload_streamed_is_raised() -> None:
    upload = io.BytesIO(b"")
    with pytest.raises(IntakeRefused) as refused:
        inspect_file(_Upload(upload), name="a.pdf")
    assert refused.value.refusal == refusals.PDF_TOO_LARGE


class _Upload:
    refusal = refusals.PDF_TOO_LARGE

    def __init__(self, file: io.BytesIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def test_an_inspection_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from archive import isolation
    from archive.intake import inspection

    tight = isolation.Limits(seconds=0.01, cpu_seconds=0.001, memory=290 * 2**20, file_size=0)
    monkeypatch.setattr(inspection, "LIMITS", tight)
    with pytest.raises(IntakeRefused) as refused:
        inspect_bytes(office.pdf_bytes(300))
    assert refused.value.refusal == refusals.TOO_COMPLEX


def test_a_killed_confined_process_is_replaced() -> None:
    from archive.isolation import client

    inspect_bytes(office.pdf_bytes())
    assert client._server is not None
    client._server.process.kill()
    client._server.process.wait()
    assert inspect_bytes(office.pdf_bytes()).file_format is FileFormat.PDF


@pytest.mark.parametrize("target", ["docx", "odt", "rtf"])
def test_tracked_changes_and_comments_are_told_at_the_upload(target: str) -> None:
    tracked, commented = changes.tracked_docx(), changes.commented_docx()
    if target != "docx":
        tracked = office.convert_office_file(tracked, "docx", target)
        commented = office.convert_office_file(commented, "docx", target)
    assert inspect_bytes(tracked).findings == (office_findings.TRACKED_CHANGES,)
    assert inspect_bytes(commented).findings == (office_findings.COMMENTS,)


def test_a_document_without_changes_has_no_findings() -> None:
    rtf = rb"{\rtf1 The word \\deleted is text, and \revised0\deleted0 ends a change}"
    for data in (office.docx_bytes(), office.xlsx_bytes(), rtf):
        assert inspect_bytes(data).findings == ()


def test_a_document_of_comments_only_has_no_content() -> None:
    data = office.repack_zip(
        changes.commented_docx(),
        {"word/document.xml": office.read_zip_entry(office.docx_bytes(" "), "word/document.xml")},
    )
    with pytest.raises(IntakeRefused) as refused:
        inspect_bytes(data)
    assert refused.value.refusal == refusals.NO_CONTENT
