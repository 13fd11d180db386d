"""Size limits that are enforced while an upload streams in."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory

from archive.intake import refusals, uploads
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import OFFICE_LIMIT, PDF_LIMIT
from econtract.platform.common.refusals import Refusal
from tests.support.documents import office

CHUNK_SIZE = 64 * 1024


@contextlib.contextmanager
def send_file(name: str, data: bytes) -> Iterator[HttpRequest]:
    """The request of a form with a file, as a view gets it."""
    file = io.BytesIO(data)
    file.name = name
    with contextlib.closing(
        RequestFactory().post("/", {"comment": "осталось", "file": file})
    ) as request:
        yield request


@pytest.mark.parametrize(
    ("head", "limit", "refusal"),
    [
        (b"%PDF-1.7", PDF_LIMIT, refusals.PDF_TOO_LARGE),
        (b"PK\x03\x04", OFFICE_LIMIT, refusals.OFFICE_FILE_TOO_LARGE),
    ],
)
def test_a_file_over_its_limit_is_dropped_and_the_rest_of_the_form_is_kept(
    head: bytes, limit: int, refusal: Refusal
) -> None:
    with send_file("a.pdf", head + bytes(limit)) as request:
        upload = request.FILES["file"]
        assert upload.size == 0
        assert QueryDict("comment=осталось") == request.POST
        with pytest.raises(IntakeRefused) as refused:
            inspect_file(upload, name="a.pdf")
    assert refused.value.refusal == refusal


def test_a_file_within_its_limit_arrives_complete() -> None:
    data = office.pdf_bytes(2)
    with send_file("договор.pdf", data) as request:
        upload = request.FILES["file"]
        assert upload.read() == data
        assert inspect_file(upload, name=upload.name).pages == 2


def test_no_more_than_the_limit_is_ever_kept() -> None:
    handler = uploads.LimitedUploadHandler()
    handler.new_file("file", "a.docx", "application/octet-stream", None)
    for number in range(OFFICE_LIMIT // CHUNK_SIZE + 50):
        handler.receive_data_chunk(b"P" * CHUNK_SIZE, number * CHUNK_SIZE)
        assert handler.file.tell() <= OFFICE_LIMIT
    handler.file.close()


def test_an_endless_upload_is_cut_off() -> None:
    handler = uploads.LimitedUploadHandler()
    handler.new_file("file", "a.docx", "application/octet-stream", None)
    for number in range(uploads.MAX_RECEIVED // CHUNK_SIZE):
        handler.receive_data_chunk(b"P" * CHUNK_SIZE, number * CHUNK_SIZE)
    with pytest.raises(RequestDataTooBig):
        handler.receive_data_chunk(b"P", uploads.MAX_RECEIVED)


def test_a_pdf_is_recognised_even_if_its_first_chunk_is_one_byte() -> None:
    handler = uploads.LimitedUploadHandler()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    for chunk in (b"%", b"PDF", b"-1.7" + bytes(OFFICE_LIMIT + 1)):
        handler.receive_data_chunk(chunk, 0)
    upload = handler.file_complete(0)
    assert upload.refusal is None
    upload.close()


@pytest.mark.parametrize(
    "name", ["a." + "я" * 290, "../../../tmp/a.pdf", "a\u202e.pdf", "😀.pdf", "a.p/df", "aux.pdf"]
)
def test_a_hostile_name_never_becomes_a_path(name: str, tmp_path: Path, settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    with send_file(name, office.pdf_bytes()) as request:
        upload = request.FILES["file"]
        assert inspect_file(upload, name=upload.name).file_name.endswith(".pdf")
        assert list(tmp_path.iterdir()) == []
