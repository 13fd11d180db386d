"""A ZIP of stored files, built while it is sent, so that memory use does not grow with it."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from archive.files import storage
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import StoredFile
from econtract.platform.common import clock

CHUNK_SIZE = 256 * 1024
FILE_MODE = 0o100644 << 16  # a regular file that everybody may read
UNREADABLE = "файл поврежден или еще проверяется на вирусы"


class _WriteBuffer:
    """The file that ZipFile writes to. It cannot seek, so that written data can be sent at once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: `drain` returns everything that was written."""

    def drain(self) -> bytes:
        """The data written since the previous call."""
        data = b"".join(self._written)
        self._written.clear()
        return data


def stream_zip(
    files: Iterable[tuple[str, StoredFile]], *, notes: Iterable[str] = (), notes_name: str
) -> Iterator[bytes]:
    """The ZIP of ``files`` (name, file) in chunks. PDF and ZIP files are not compressed again.

    ``notes``, and a line for every file that could not be read, are written to a text file
    ``notes_name`` at the end. Without any notes there is no such file.
    """
    lines, buffer = list(notes), _WriteBuffer()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, stored in files:
            try:
                source = storage.open_file(stored)
            except (StoredFileDamaged, StoredFileWithheld):
                lines.append(f"{name}: {UNREADABLE}")
                continue
            with source, archive.open(_zip_info(name, stored.size), "w") as target:
                while chunk := source.read(CHUNK_SIZE):
                    target.write(chunk)
                    yield buffer.drain()
        if lines:
            text = "\r\n".join(["\ufeff" + lines[0], *lines[1:], ""])
            archive.writestr(_zip_info(notes_name), text)
    yield buffer.drain()


def _zip_info(name: str, size: int = 0) -> ZipInfo:
    info = ZipInfo(name, timezone.localtime(clock.now()).timetuple()[:6])
    info.external_attr, info.file_size = FILE_MODE, size
    return info
