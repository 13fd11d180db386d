"""Files inside of a stored PDF."""

import pytest

from archive.files.attachments import read_attachment
from archive.files.serving import serve_attachment
from archive.findings import Finding
from tests.support.documents.pdfs import attach
from tests.support.documents.uploads import upload_bytes

pytestmark = pytest.mark.django_db
FILES = {"Смета.xml": b"<a/>", "Скан.png": b"\x89PNG", "письмо": b"text"}


@pytest.fixture
def version():
    return upload_bytes(attach(FILES))


def test_every_file_that_the_user_is_told_can_be_read(version) -> None:
    (finding,) = map(Finding.from_json, version.findings)
    contents = [read_attachment(version, index) for index in range(len(finding.files))]
    assert [name for name, _ in contents] == [file.name for file in finding.files]
    assert dict(contents) == FILES


@pytest.mark.parametrize("index", [-1, 3])
def test_a_missing_file_raises_index_error(version, index: int) -> None:
    with pytest.raises(IndexError):
        read_attachment(version, index)


def test_a_browser_saves_the_file_and_never_shows_it() -> None:
    response = serve_attachment("Смета.html", b"<script>alert(1)</script>")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox;")
