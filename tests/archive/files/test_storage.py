"""Content-addressed storage: files are written once and checked when they are read."""

import io
import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from archive.files import storage
from archive.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> Path:
    options = {"location": tmp_path}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": default}
    storage._hash_matches.cache_clear()
    return tmp_path


def damage(stored: StoredFile) -> None:
    path = Path(default_storage.path(stored.path))
    path.write_bytes(b"x" + path.read_bytes()[1:])
    os.utime(path, (0, 0))  # the file system's clock is too coarse to notice the change


def test_a_stored_file_is_read_back() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    assert storage.read_file(stored) == b"contract"
    assert (stored.size, stored.content_type) == (8, "application/pdf")


def test_the_path_depends_on_the_hash_alone() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    sha256 = stored.sha256
    assert stored.path == f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def test_the_same_bytes_are_stored_once(own_folder: Path) -> None:
    first = storage.store_bytes(b"contract", "application/pdf")
    assert storage.store_bytes(b"contract", "text/plain") == first
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 1


def test_a_damaged_file_is_detected_and_not_read() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    storage.read_file(stored)
    damage(stored)
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.open_file(stored)


def test_a_missing_file_is_detected() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.delete(stored.path)
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)


def test_an_incomplete_file_is_written_again() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    Path(default_storage.path(stored.path)).write_bytes(b"con")
    storage.store_bytes(b"contract", "application/pdf")
    assert storage.read_file(stored) == b"contract"


@pytest.mark.parametrize("scan", [StoredFile.Scan.WAITING, StoredFile.Scan.INFECTED])
def test_a_file_that_has_not_passed_the_scan_is_withheld(scan: StoredFile.Scan) -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    stored.scan = scan
    with pytest.raises(storage.StoredFileWithheld):
        storage.open_file(stored)


@pytest.mark.parametrize(
    ("stored_scan", "new_scan", "expected"),
    [
        ("clean", "waiting", "clean"),
        ("waiting", "clean", "clean"),
        ("infected", "clean", "infected"),
        ("waiting", "waiting", "waiting"),
    ],
)
def test_scan_results_of_the_same_bytes_are_merged(
    stored_scan: str, new_scan: str, expected: str
) -> None:
    sha256 = storage.store_bytes(b"contract", "application/pdf").sha256
    StoredFile.objects.update(scan=stored_scan)
    stored = storage.store_file(
        io.BytesIO(b"contract"),
        sha256=sha256,
        content_type="application/pdf",
        scan=StoredFile.Scan(new_scan),
    )
    assert stored.scan == expected
