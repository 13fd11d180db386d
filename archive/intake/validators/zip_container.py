"""DOCX, XLSX, ODT, ODS: documents that are zip archives inside, and zip archives that are not."""

import os
import struct
import zipfile
import zlib
from typing import BinaryIO

from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import odf, ooxml
from archive.intake.validators.xml_parts import is_xml

UNPACKED_LIMIT = 150 * 1024 * 1024
MOST_ENTRIES = 5_000
ENCRYPTED_FLAG = 0x1
CHUNK = 256 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # office programs write no other
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    NotImplementedError,
)


def check(file: BinaryIO) -> FileFormat:
    """The kind of the office document in the zip. Raises IntakeRefused."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_shape(archive, file.seek(0, os.SEEK_END))
            kind, inspector = _told_apart(archive)
            _unpack_others(archive)
            inspector(archive, kind)
            return kind
    except _DAMAGE:
        raise IntakeRefused(refusals.CORRUPT) from None
    except RuntimeError:  # zipfile's word for «the file is encrypted»
        raise IntakeRefused(refusals.ENCRYPTED) from None


def _refuse_shape(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise IntakeRefused(refusals.ENCRYPTED)
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise IntakeRefused(refusals.CORRUPT)
    if len(names) != len(entries):
        raise IntakeRefused(
            refusals.CORRUPT
        )  # two parts by one name: readers disagree on which counts
    # Anything before the first entry or after the directory is a second file in the same bytes.
    start = min((entry.header_offset for entry in entries), default=0)
    directory_end = archive.start_dir + _directory_size(archive)
    if start != 0 or size - directory_end > 22 + 76 + len(archive.comment):
        raise IntakeRefused(refusals.POLYGLOT)


def _directory_size(archive: zipfile.ZipFile) -> int:
    """Bytes of the central directory: 46 an entry and the parts of free length."""
    return sum(
        46
        + len(entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"))
        + len(entry.extra)
        + len(entry.comment)
        for entry in archive.infolist()
    )


def _told_apart(archive: zipfile.ZipFile) -> tuple[FileFormat, ooxml.Inspector]:
    names = set(archive.namelist())
    if ooxml.CONTENT_TYPES in names:
        return ooxml.kind_of(archive), ooxml.check
    if odf.MIMETYPE in names:
        return odf.kind_of(archive), odf.check
    raise IntakeRefused(refusals.ZIP_ARCHIVE)


def _unpack_others(archive: zipfile.ZipFile) -> None:
    """Unpacks every entry that is not going to be parsed, which checks its size and sum."""
    for entry in archive.infolist():
        if not is_xml(entry.filename) or not entry.file_size:
            with archive.open(entry) as part:
                while part.read(CHUNK):
                    pass
