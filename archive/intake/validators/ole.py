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


def validate(file: BinaryIO) -> FileFormat:
    """The format of the document in the compound file. Raises IntakeRefused."""
    file.seek(0)
    try:
        # Strict: any structural defect is an error.
        with olefile.OleFileIO(file, raise_defects=olefile.DEFECT_INCORRECT) as compound:
            return _validate_streams(compound)
    except (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, struct.error):
        raise IntakeRefused(refusals.CORRUPT) from None
    except RecursionError:
        raise IntakeRefused(refusals.TOO_COMPLEX) from None


def _validate_streams(compound: olefile.OleFileIO) -> FileFormat:
    entries = compound.listdir(streams=True, storages=True)
    top = {entry[0].lower(): entry[0] for entry in entries}
    if _ENCRYPTED_PACKAGE.lower() in top:
        raise IntakeRefused(refusals.ENCRYPTED)  # a DOCX or XLSX with a password
    if any(part.lower() in _MACRO_STORAGES for entry in entries for part in entry):
        raise IntakeRefused(refusals.MACROS)
    if "worddocument" in top:
        _validate_word(compound.openstream(top["worddocument"]).read())
        return FileFormat.DOC
    for name in ("workbook", "book"):
        if name in top:
            _validate_workbook(compound.openstream(top[name]).read())
            return FileFormat.XLS
    raise IntakeRefused(refusals.UNKNOWN_FORMAT)


def _validate_word(stream: bytes) -> None:
    """Checks the start of the File Information Block (MS-DOC 2.5.2)."""
    (identifier,) = struct.unpack_from("<H", stream, 0)
    (flags,) = struct.unpack_from("<H", stream, 10)
    if identifier != _WORD_97:
        raise IntakeRefused(refusals.CORRUPT)
    if flags & _FLAG_ENCRYPTED:
        raise IntakeRefused(refusals.ENCRYPTED)


def _validate_workbook(stream: bytes) -> None:
    """Checks the records of the workbook globals substream (MS-XLS 2.1.4)."""
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
