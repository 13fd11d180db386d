"""DOC and XLS (MS-CFB, MS-DOC, MS-XLS)."""

import struct
from typing import BinaryIO

import olefile  # type: ignore[import-untyped]

from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused

_WORD_97 = 0xA5EC
_FLAG_ENCRYPTED = 0x0100
_BOF, _BOUNDSHEET, _FILEPASS, _EOF = 0x0809, 0x0085, 0x002F, 0x000A
_MACRO_SHEETS = {1, 6}  # Excel 4 macro sheet, Visual Basic module
_MACRO_STORAGES = {"macros", "_vba_project_cur", "vba", "_vba_project"}
_ENCRYPTED_PACKAGE = "EncryptedPackage"


def check(file: BinaryIO) -> FileFormat:
    """The kind of the document in the compound file. Raises IntakeRefused."""
    file.seek(0)
    try:
        # A file of nothing else than damage: defects of the structure are not forgiven.
        with olefile.OleFileIO(file, raise_defects=olefile.DEFECT_INCORRECT) as compound:
            return _check_streams(compound)
    except (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, struct.error):
        raise IntakeRefused(refusals.CORRUPT) from None
    except RecursionError:
        raise IntakeRefused(refusals.TOO_COMPLEX) from None


def _check_streams(compound: olefile.OleFileIO) -> FileFormat:
    entries = compound.listdir(streams=True, storages=True)
    top = {entry[0].lower(): entry[0] for entry in entries}
    if _ENCRYPTED_PACKAGE.lower() in top:
        raise IntakeRefused(refusals.ENCRYPTED)  # a DOCX or XLSX under a password
    if any(part.lower() in _MACRO_STORAGES for entry in entries for part in entry):
        raise IntakeRefused(refusals.MACROS)
    if "worddocument" in top:
        _check_word(compound.openstream(top["worddocument"]).read())
        return FileFormat.DOC
    for name in ("workbook", "book"):
        if name in top:
            _check_workbook(compound.openstream(top[name]).read())
            return FileFormat.XLS
    raise IntakeRefused(refusals.UNKNOWN_FORMAT)


def _check_word(stream: bytes) -> None:
    """The head of the File Information Block (MS-DOC 2.5.2)."""
    (identifier,) = struct.unpack_from("<H", stream, 0)
    (flags,) = struct.unpack_from("<H", stream, 10)
    if identifier != _WORD_97:
        raise IntakeRefused(refusals.CORRUPT)
    if flags & _FLAG_ENCRYPTED:
        raise IntakeRefused(refusals.ENCRYPTED)


def _check_workbook(stream: bytes) -> None:
    """Walks the records of the workbook's globals (MS-XLS 2.1.4) up to their end."""
    position, first = 0, True
    while True:
        record, length = struct.unpack_from("<HH", stream, position)
        if first and record != _BOF:
            raise IntakeRefused(refusals.CORRUPT)
        if record == _FILEPASS:
            raise IntakeRefused(refusals.ENCRYPTED)
        if record == _BOUNDSHEET and stream[position + 9] in _MACRO_SHEETS:
            raise IntakeRefused(refusals.MACROS)
        if record == _EOF:
            return
        position, first = position + 4 + length, False
