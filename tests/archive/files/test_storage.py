"""Content-addressed files: written once, checked whenever they are read."""

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
    os.utime(path, (0, 0))  # the clock of a file system is coarse


def test_what_is_stored_is_read_back() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    assert storage.read_file(stored) == b"contract"
    assert (stored.size, stored.content_type) == (8, "application/pdf")


def test_the_path_is_made_of_the_hash_alone() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    sha = stored.sha256
    assert stored.path == f"{sha[:2]}/{sha[2:4]}/{sha}"


def test_the_same_bytes_are_one_file(own_folder: Path) -> None:
    first = storage.store_bytes(b"contract", "application/pdf")
    assert storage.store_bytes(b"contract", "text/plain") == first
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 1


def test_a_damaged_file_is_reported_and_not_read() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    storage.read_file(stored)
    damage(stored)
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.open_file(stored)


def test_a_file_that_is_gone_is_reported() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.delete(stored.path)
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)


def test_a_half_written_file_is_written_again() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    Path(default_storage.path(stored.path)).write_bytes(b"con")
    storage.store_bytes(b"contract", "application/pdf")
    assert storage.read_file(stored) == b"contract"


@pytest.mark.parametrize("scan", [StoredFile.Scan.WAITING, StoredFile.Scan.INFECTED])
def test_what_has_not_passed_the_scan_is_withheld(scan: StoredFile.Scan) -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    stored.scan = scan
    with pytest.raises(storage.StoredFileWithheld):
        storage.open_file(stored)


@pytest.mark.parametrize(
    ("known", "new", "after"),
    [
        ("clean", "waiting", "clean"),
        ("waiting", "clean", "clean"),
        ("infected", "clean", "infected"),
        ("waiting", "waiting", "waiting"),
    ],
)
def test_a_verdict_holds_for_the_same_bytes(known: str, new: str, after: str) -> None:
    sha = storage.store_bytes(b"contract", "application/pdf").sha256
    StoredFile.objects.update(scan=known)
    again = storage.store_file(
        io.BytesIO(b"contract"),
        sha256=sha,
        content_type="application/pdf",
        scan=StoredFile.Scan(new),
    )
    assert again.scan == after
