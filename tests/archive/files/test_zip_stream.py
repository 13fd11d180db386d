"""A ZIP of stored files that is built while it is sent."""

import io
import zipfile

import pytest

from archive.files import storage
from archive.files.zip_stream import CHUNK_SIZE, UNREADABLE, stream_zip
from archive.models import StoredFile

pytestmark = pytest.mark.django_db


def open_zip(chunks: list[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(chunks)))


def test_files_are_sent_in_chunks_under_their_names() -> None:
    large = bytes(3 * CHUNK_SIZE)
    files = [
        ("Договор.pdf", storage.store_bytes(b"contract", "application/pdf")),
        ("Большой.pdf", storage.store_bytes(large, "application/pdf")),
    ]
    chunks = list(stream_zip(files, notes_name="Не вошло.txt"))
    assert len(chunks) > 3
    with open_zip(chunks) as archive:
        assert archive.namelist() == ["Договор.pdf", "Большой.pdf"]
        assert archive.read("Договор.pdf") == b"contract"
        assert archive.read("Большой.pdf") == large


def test_notes_and_unreadable_files_are_listed_in_a_text_file() -> None:
    withheld = storage.store_bytes(b"contract", "application/pdf")
    withheld.scan = StoredFile.Scan.INFECTED
    files = [("Договор.pdf", withheld)]
    with open_zip(
        list(stream_zip(files, notes=["7: нет файла"], notes_name="note.txt"))
    ) as archive:
        assert archive.namelist() == ["note.txt"]
        lines = archive.read("note.txt").decode("utf-8-sig").splitlines()
    assert lines == ["7: нет файла", f"Договор.pdf: {UNREADABLE}"]
