"""A stranger's ZIP, read without being hurt by it: nothing is unpacked, everything is bounded."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

MOST_ENTRIES = 100
LARGEST_ENTRY = 80 * 1024 * 1024
LARGEST_TOTAL = 200 * 1024 * 1024
LARGEST_KEPT = 2 * 1024 * 1024  # what is read into memory: signatures, powers of attorney, manifest
LONGEST_NAME = 255
CHUNK = 256 * 1024
_UNSAFE = re.compile(r"\A/|\A[A-Za-z]:|\\|(?:\A|/)\.{1,2}(?:/|\Z)|[\x00-\x1f]")


class UnreadablePackage(ValueError):
    """The file cannot be judged as a package; the text says why, in Russian."""


class DamagedFile(UnreadablePackage):
    """One file of the archive cannot be read; the others may be."""


class PackageFiles:
    """The files of a ZIP by name; their bytes are read on demand and never more than allowed.

    Raises UnreadablePackage for what is no ZIP, or one made to do harm: too many or too large
    entries, paths out of the folder, one name twice, encryption.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            # Russian Windows writes unmarked names in its own code page when it packs anew.
            self._archive = zipfile.ZipFile(file, metadata_encoding="cp866")
            entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadablePackage("Это не ZIP-архив, или он поврежден.") from error
        self._entries = _checked(entries)
        self._left = LARGEST_TOTAL

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def digest(self, name: str) -> tuple[str, int]:
        """SHA-256 (hex) and size of a file's real bytes."""
        digest, size = hashlib.sha256(), 0
        for chunk in self._chunks(name, LARGEST_ENTRY):
            digest.update(chunk)
            size += len(chunk)
        return digest.hexdigest(), size

    def read(self, name: str) -> bytes:
        """A small file whole; at most 2 MB."""
        return b"".join(self._chunks(name, LARGEST_KEPT))

    def _chunks(self, name: str, largest: int) -> Iterator[bytes]:
        size = 0
        try:
            with self._archive.open(self._entries[name]) as entry:
                while chunk := entry.read(CHUNK):
                    size += len(chunk)
                    self._left -= len(chunk)
                    if size > largest or self._left < 0:
                        raise UnreadablePackage(f"Файл «{name}» слишком велик для проверки.")
                    yield chunk
        except UnreadablePackage:
            raise
        except Exception as error:  # hostile bytes fail in every way the unpackers know
            raise DamagedFile(f"Файл «{name}» в архиве поврежден.") from error


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MOST_ENTRIES:
        raise UnreadablePackage(f"В архиве больше {MOST_ENTRIES} файлов.")
    found: dict[str, zipfile.ZipInfo] = {}
    folded = set()
    for entry in entries:
        name = entry.filename
        if _UNSAFE.search(entry.orig_filename) or len(name) > LONGEST_NAME:
            raise UnreadablePackage("В архиве есть недопустимое имя файла.")
        if entry.flag_bits & 1:
            raise UnreadablePackage("Архив зашифрован.")
        if name.casefold() in folded:
            raise UnreadablePackage(f"Файл «{name}» лежит в архиве дважды.")
        folded.add(name.casefold())
        found[name] = entry
    return found
