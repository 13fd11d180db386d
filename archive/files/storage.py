"""Files by their content, behind Django's storage API.

A file is written once under its SHA-256 and never changed. What is read back is compared with
its hash: a file that no longer fits is reported and not served.
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

CHUNK = 1024 * 1024


class StoredFileDamaged(Exception):
    """The stored bytes are gone or are no longer the ones that were stored."""


class StoredFileWithheld(Exception):
    """The file waits for its virus scan or did not pass it; nobody gets it."""


def store_bytes(data: bytes, content_type: str) -> StoredFile:
    """Stores ``data``; the same bytes twice are one file. Trusted content: it is not scanned."""
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
    """Stores ``file`` (seekable), whose hash the caller has computed from these very bytes.

    Safe against the sweeper and against the same upload in another process: the row, locked by
    its unique hash, is written before the last look at whether the bytes are there. In a
    transaction of the caller's, `write_ahead` keeps the long part out of it.
    """
    new = StoredFile(sha256=sha256, size=write_content(file, sha256=sha256))
    new.content_type, new.scan = content_type, scan
    with transaction.atomic():
        StoredFile.objects.bulk_create(
            [new], update_conflicts=True, unique_fields=["sha256"], update_fields=["stored_at"]
        )
        stored = StoredFile.objects.get(sha256=sha256)
        if stored.scan != (verdict := _stricter(stored.scan, scan)):
            stored.scan = verdict
            stored.save(update_fields=["scan"])
        _write(file, stored)
    return stored


def write_content(file: IO[bytes], *, sha256: str) -> int:
    """The bytes alone, before `store_file` names them: no lock is held. Returns their number."""
    size = file.seek(0, os.SEEK_END)
    _write(file, StoredFile(sha256=sha256, size=size))
    return size


def _stricter(known: str, new: str) -> str:
    """A verdict stays; waiting ends as soon as one of the two uploads was scanned."""
    order = [StoredFile.Scan.INFECTED, StoredFile.Scan.CLEAN, StoredFile.Scan.WAITING]
    return min(known, new, key=lambda scan: order.index(StoredFile.Scan(scan)))


def _write(file: IO[bytes], stored: StoredFile) -> None:
    if default_storage.exists(stored.path):
        if default_storage.size(stored.path) == stored.size:
            return
        default_storage.delete(stored.path)  # half-written by a process that was killed
    file.seek(0)
    name = default_storage.save(stored.path, File(file))
    if name != stored.path:
        default_storage.delete(name)  # another process was faster with the same bytes


def open_file(stored: StoredFile) -> BinaryIO:
    """The stored bytes, opened at their beginning; close it. They have been checked.

    Raises StoredFileDamaged when they do not fit their hash, StoredFileWithheld when the file
    has not passed the virus scan.
    """
    if stored.scan != StoredFile.Scan.CLEAN:
        raise StoredFileWithheld(stored.sha256)
    return open_unscanned(stored)


def open_unscanned(stored: StoredFile) -> BinaryIO:
    """As `open_file`, but for the virus scanner itself."""
    try:
        # Only `exists` says of every storage in the same way that there is nothing.
        if not default_storage.exists(stored.path):
            raise FileNotFoundError
        written = default_storage.get_modified_time(stored.path).isoformat()
        if not _fits(stored.sha256, written):
            raise FileNotFoundError
        file: BinaryIO = _opened(stored.path)
    except OSError:
        log.error("stored file damaged sha256=%s", stored.sha256)
        raise StoredFileDamaged(stored.sha256) from None
    return file


def read_file(stored: StoredFile) -> bytes:
    """The stored bytes. Raises as `open_file` does."""
    with open_file(stored) as file:
        data = bytes(file.read())
    # Once more over the very bytes that are handed out: they get signed and archived.
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise StoredFileDamaged(stored.sha256)
    return data


def is_intact(stored: StoredFile) -> bool:
    """Whether the bytes in the storage fit their hash; reads them all, remembers nothing."""
    try:
        return _hash(stored.path) == stored.sha256
    except OSError:
        return False


@lru_cache(maxsize=1024)
def _fits(sha256: str, written: str) -> bool:
    """Checked once for every state of the file: a range request need not read it whole again."""
    return _hash(StoredFile.path_of(sha256)) == sha256


def _hash(path: str) -> str:
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_files(folder: str) -> list[str]:
    """The names of the files in a folder of the storage; none when there is no such folder."""
    try:
        return list(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []


def _opened(path: str) -> Any:
    """The storage's own file under Django's wrapper: whoever can gets its descriptor."""
    return default_storage.open(path, "rb").file
