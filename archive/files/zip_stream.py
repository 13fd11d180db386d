"""Many stored files as one ZIP that is made while it is sent: memory does not grow with it."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from archive.files import storage
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import StoredFile
from econtract.platform.common import clock

CHUNK = 256 * 1024
READABLE = 0o100644 << 16
DAMAGED = "файл поврежден или еще проверяется на вирусы"


class _Sink:
    """What the ZIP writes to: it cannot be rewound, so nothing needs to be kept."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._written)
        self._written.clear()
        return data


def stream_zip(
    files: Iterable[tuple[str, StoredFile]], *, remarks: Iterable[str] = (), remarks_name: str
) -> Iterator[bytes]:
    """The ZIP of ``files`` under their names, in pieces. PDF and ZIP inside are not pressed again.

    ``remarks``, and a line for every file that could not be read, become the text file
    ``remarks_name`` at the end; without any there is no such file.
    """
    lines, sink = list(remarks), _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as book:  # type: ignore[call-overload]
        for name, stored in files:
            try:
                source = storage.open_file(stored)
            except (StoredFileDamaged, StoredFileWithheld):
                lines.append(f"{name}: {DAMAGED}")
                continue
            with source, book.open(_entry(name, stored.size), "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield sink.drain()
        if lines:
            book.writestr(_entry(remarks_name), "\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]))
    yield sink.drain()


def _entry(name: str, size: int = 0) -> ZipInfo:
    entry = ZipInfo(name, timezone.localtime(clock.now()).timetuple()[:6])
    entry.external_attr, entry.file_size = READABLE, size
    return entry
