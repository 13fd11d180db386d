"""Content-addressed files in Django's default storage.

A file is written once under its SHA-256 and never changed. Its hash is checked when it is read: a
file that has changed is logged and not served.
"""

import hashlib
import logging
import os
from functools import lru_cache
from io import BytesIO
from typing import IO, Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from archive.models import StoredFile

log = logging.getLogger(__name__)


class StoredFileDamaged(Exception):
    """The stored bytes are missing, or their hash has changed."""


class StoredFileWithheld(Exception):
    """The file waits for its virus scan or is infected, so that nobody may read it."""


def store_bytes(data: bytes, content_type: str) -> StoredFile:
    """Stores ``data``, which is trusted and not scanned. The same bytes are stored once."""
    return store_file(
        BytesIO(data), sha256=hashlib.sha256(data).hexdigest(), content_type=content_type
    )


def store_file(
    file: IO[bytes],
    *,
    sha256: str,
    content_type: str,
    scan: StoredFile.Scan = StoredFile.Scan.CLEAN,
) -> StoredFile:
    """Stores ``file`` (seekable); the caller has computed its hash from the same bytes.

    Safe against a concurrent clean-up and a concurrent upload of the same bytes: the row, locked
    by its unique hash, is written first, and then the storage is checked once more for the bytes.
    To keep the slow write out of a transaction, call `write_content` before it begins.
    """
    new = StoredFile(
        sha256=sha256,
        size=write_content(file, sha256=sha256),
        content_type=content_type,
        scan=scan,
    )
    with transaction.atomic():
        StoredFile.objects.bulk_create(
            [new], update_conflicts=True, unique_fields=["sha256"], update_fields=["stored_at"]
        )
        stored = StoredFile.objects.get(sha256=sha256)
        if stored.scan != (merged := _merge_scans(stored.scan, scan)):
            stored.scan = merged
            stored.save(update_fields=["scan"])
        _write(file, stored)
    return stored


def write_content(file: IO[bytes], *, sha256: str) -> int:
    """Writes the bytes to the storage without a database row; returns their number.

    No lock is held. `store_file` must follow: the clean-up deletes files without a row.
    """
    size = file.seek(0, os.SEEK_END)
    _write(file, StoredFile(sha256=sha256, size=size))
    return size


def _merge_scans(stored: str, new: str) -> str:
    """The result of two uploads of the same bytes: infected wins, then clean, then waiting."""
    order = [StoredFile.Scan.INFECTED, StoredFile.Scan.CLEAN, StoredFile.Scan.WAITING]
    return min(stored, new, key=lambda scan: order.index(StoredFile.Scan(scan)))


def _write(file: IO[bytes], stored: StoredFile) -> None:
    if default_storage.exists(stored.path):
        if default_storage.size(stored.path) == stored.size:
            return
        default_storage.delete(stored.path)  # incomplete: the process that wrote it was killed
    file.seek(0)
    name = default_storage.save(stored.path, File(file))
    if name != stored.path:
        default_storage.delete(name)  # another process has stored the same bytes meanwhile


def open_file(stored: StoredFile) -> BinaryIO:
    """The stored bytes, checked against their hash and opened at the start; the caller closes it.

    Raises StoredFileDamaged when the hash does not match, StoredFileWithheld when the file has
    not passed the virus scan.
    """
    if stored.scan != StoredFile.Scan.CLEAN:
        raise StoredFileWithheld(stored.sha256)
    return open_unscanned(stored)


def open_unscanned(stored: StoredFile) -> BinaryIO:
    """`open_file` for the virus scanner: the file need not have passed the scan."""
    try:
        # Backends raise different errors for a missing file; `exists` is the same for all.
        if not default_storage.exists(stored.path):
            raise FileNotFoundError
        modified_at = default_storage.get_modified_time(stored.path).isoformat()
        if not _hash_matches(stored.sha256, modified_at):
            raise FileNotFoundError
        file: BinaryIO = _open(stored.path)
    except OSError:
        log.error("stored file damaged sha256=%s", stored.sha256)
        raise StoredFileDamaged(stored.sha256) from None
    return file


def read_file(stored: StoredFile) -> bytes:
    """The stored bytes. Raises the errors of `open_file`."""
    with open_file(stored) as file:
        data = bytes(file.read())
    # `open_file` may rely on an earlier check, but these bytes get signed and archived.
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise StoredFileDamaged(stored.sha256)
    return data


def is_intact(stored: StoredFile) -> bool:
    """Whether the stored bytes match their hash. Always reads the whole file."""
    try:
        return _hash(stored.path) == stored.sha256
    except OSError:
        return False


@lru_cache(maxsize=1024)
def _hash_matches(sha256: str, modified_at: str) -> bool:
    """Cached by the modification time, so that a range request does not read the whole file."""
    return _hash(StoredFile.path_of(sha256)) == sha256


def _hash(path: str) -> str:
    with _open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_files(folder: str) -> list[str]:
    """The names of the files in a folder of the storage; empty when there is no such folder."""
    try:
        return list(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []


def _open(path: str) -> Any:
    """The storage's raw file without Django's wrapper, so that its descriptor can be used."""
    return default_storage.open(path, "rb").file
