"""Reading an untrusted ZIP safely: nothing is unpacked to disk, and all sizes are limited."""

import posixpath
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from edo.crypto.digests import digest_chunks

MAX_ENTRIES = 1000  # time-stamps of many years
MAX_FILE_SIZE = 80 * 1024 * 1024
MAX_TOTAL_SIZE = 200 * 1024 * 1024
MAX_SMALL_FILE_SIZE = 2 * 1024 * 1024  # signatures, powers of attorney, manifest
MAX_NAME_LENGTH = 255
CHUNK_SIZE = 256 * 1024
# What operating systems add when somebody packs a folder again.
SYSTEM_FILES = {".ds_store", "thumbs.db", "desktop.ini"}
MAC_FOLDER = "__MACOSX"
_UNSAFE_NAME = re.compile(r"\A/|\A[A-Za-z]:|\\|(?:\A|/)\.{1,2}(?:/|\Z)|[\x00-\x1f]")


class UnreadablePackage(ValueError):
    """The file cannot be verified as a package; the text says why, in Russian."""


class DamagedFile(UnreadablePackage):
    """One file of the archive cannot be read; the others may be readable."""


@dataclass(frozen=True)
class FileDigests:
    """The digests of a file by algorithm, and its size."""

    values: dict[str, bytes]
    size: int

    @property
    def sha256(self) -> str:
        return self.values["sha256"].hex()


class PackageFiles:
    """The files of a ZIP by name, read on demand and within the limits.

    A folder that contains everything is left out of the names, and so are the files that systems
    add: the package is the same after somebody has unpacked it and packed it again.

    Raises UnreadablePackage for a file that is not a ZIP, and for a hostile one: too many or too
    large entries, unsafe paths, duplicate names, encryption.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            # Windows in Russian writes names without the UTF-8 flag in code page 866.
            self._archive = zipfile.ZipFile(file, metadata_encoding="cp866")
            entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadablePackage("Это не ZIP-архив, или он поврежден.") from error
        self._entries = _leave_out_common_folder(_validate_entries(entries))
        self._remaining = MAX_TOTAL_SIZE

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def digest(self, name: str, algorithms: Iterable[str] = ("sha256",)) -> "FileDigests":
        """The digests of a file's actual bytes, by the names of `edo.crypto`, and its size."""
        size = 0

        def iterate() -> Iterator[bytes]:
            nonlocal size
            for chunk in self._iter_chunks(name, MAX_FILE_SIZE):
                size += len(chunk)
                yield chunk

        values = digest_chunks(iterate(), algorithms)
        return FileDigests(values, size)

    def read(self, name: str, *, limit: int = MAX_SMALL_FILE_SIZE) -> bytes:
        """The content of a small file, of at most ``limit`` bytes."""
        return b"".join(self._iter_chunks(name, limit))

    def size(self, name: str) -> int:
        """The size of a file that has been read: as the archive states it."""
        return self._entries[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """The file as a stream. `digest` must have read it before: that has enforced the limits."""
        return self._archive.open(self._entries[name])

    def _iter_chunks(self, name: str, max_size: int) -> Iterator[bytes]:
        size = 0
        try:
            with self._archive.open(self._entries[name]) as entry:
                while chunk := entry.read(CHUNK_SIZE):
                    size += len(chunk)
                    self._remaining -= len(chunk)
                    if size > max_size or self._remaining < 0:
                        raise UnreadablePackage(f"Файл «{name}» слишком велик для проверки.")
                    yield chunk
        except UnreadablePackage:
            raise
        except Exception as error:  # the decompressors raise many types of errors
            raise DamagedFile(f"Файл «{name}» в архиве поврежден.") from error


def _validate_entries(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries by name."""
    if len(entries) > MAX_ENTRIES:
        raise UnreadablePackage(f"В архиве больше {MAX_ENTRIES} файлов.")
    by_name: dict[str, zipfile.ZipInfo] = {}
    folded_names = set()
    for entry in entries:
        # macOS writes decomposed names: «й» as «и» and an accent.
        name = unicodedata.normalize("NFC", entry.filename)
        if _UNSAFE_NAME.search(entry.orig_filename) or len(name) > MAX_NAME_LENGTH:
            raise UnreadablePackage("В архиве есть недопустимое имя файла.")
        if entry.flag_bits & 1:
            raise UnreadablePackage("Архив зашифрован.")
        if name.casefold() in folded_names:
            raise UnreadablePackage(f"Файл «{name}» лежит в архиве дважды.")
        folded_names.add(name.casefold())
        if not _is_system_file(name):
            by_name[name] = entry
    return by_name


def _is_system_file(name: str) -> bool:
    *folders, file_name = name.split("/")
    is_added = file_name.lower() in SYSTEM_FILES or file_name.startswith("._")
    return is_added or MAC_FOLDER in folders


def _leave_out_common_folder(entries: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries without the folders that contain all of them."""
    common = posixpath.commonpath([posixpath.dirname(name) for name in entries] or [""])
    depth = len(common.split("/")) if common else 0
    return {"/".join(name.split("/")[depth:]): entry for name, entry in entries.items()}
