"""ZIP files: office documents (DOCX, XLSX, ODT, ODS), and archives, which are refused."""

import os
import struct
import zipfile
import zlib
from typing import BinaryIO

from archive.findings import Finding
from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import odf, ooxml
from archive.intake.validators.xml_parts import is_xml

MAX_UNPACKED_SIZE = 150 * 1024 * 1024
MAX_ENTRIES = 5_000
ENCRYPTED_FLAG = 0x1
CHUNK_SIZE = 256 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # office programs use no other
_CORRUPTION_ERRORS = (
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


def validate(file: BinaryIO) -> tuple[FileFormat, set[Finding]]:
    """The format of the office document in the ZIP, and what a person must check in it.

    Raises IntakeRefused.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _validate_structure(archive, file.seek(0, os.SEEK_END))
            file_format, validate_document = _identify(archive)
            _unpack_other_entries(archive)
            return file_format, validate_document(archive, file_format)
    except _CORRUPTION_ERRORS:
        raise IntakeRefused(refusals.CORRUPT) from None
    except RuntimeError:  # how zipfile reports an encrypted file
        raise IntakeRefused(refusals.ENCRYPTED) from None


def _validate_structure(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise IntakeRefused(refusals.ENCRYPTED)
    names = {entry.filename for entry in entries}
    unpacked_size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked_size > MAX_UNPACKED_SIZE:
        raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise IntakeRefused(refusals.CORRUPT)
    # Of two parts with one name, some programs read the first and some the last.
    if len(names) != len(entries):
        raise IntakeRefused(refusals.CORRUPT)
    # Data before the first entry or after the directory would be a second file in the same bytes.
    start = min((entry.header_offset for entry in entries), default=0)
    directory_end = archive.start_dir + _directory_size(archive)
    if start != 0 or size - directory_end > 22 + 76 + len(archive.comment):
        raise IntakeRefused(refusals.POLYGLOT)


def _directory_size(archive: zipfile.ZipFile) -> int:
    """The size of the central directory: 46 bytes and the variable fields of each entry."""
    return sum(
        46
        + len(entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"))
        + len(entry.extra)
        + len(entry.comment)
        for entry in archive.infolist()
    )


def _identify(archive: zipfile.ZipFile) -> tuple[FileFormat, ooxml.Validator]:
    names = set(archive.namelist())
    if ooxml.CONTENT_TYPES in names:
        return ooxml.identify(archive), ooxml.validate
    if odf.MIMETYPE in names:
        return odf.identify(archive), odf.validate
    raise IntakeRefused(refusals.ZIP_ARCHIVE)


def _unpack_other_entries(archive: zipfile.ZipFile) -> None:
    """Unpacks the entries that are not parsed as XML, which checks their size and checksum."""
    for entry in archive.infolist():
        if not is_xml(entry.filename) or not entry.file_size:
            with archive.open(entry) as part:
                while part.read(CHUNK_SIZE):
                    pass
