"""The accepted file formats."""

import re
from dataclasses import dataclass
from enum import StrEnum

from archive.findings import Finding

MEBIBYTE = 1024 * 1024
HEAD_SIZE = 1024  # bytes that identify the format

PDF_SIGNATURE = b"%PDF-"
ZIP_SIGNATURE = b"PK\x03\x04"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF_SIGNATURE = b"{\\rtf"

# Every reader skips an empty beginning: a byte order mark, line ends, spaces and NUL bytes.
_PDF_START = re.compile(rb"(?:\xef\xbb\xbf)?[\0\t\n\f\r ]*%PDF-")


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (HEAD_SIZE bytes) is a PDF."""
    return _PDF_START.match(head) is not None


class FileFormat(StrEnum):
    """A document format, identified by content; the value is the file name extension."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    DOC = "doc"
    XLS = "xls"
    RTF = "rtf"
    ODT = "odt"
    ODS = "ods"

    @property
    def content_type(self) -> str:
        """The registered media type (MIME)."""
        return _CONTENT_TYPES[self]

    @property
    def is_spreadsheet(self) -> bool:
        return self in (FileFormat.XLSX, FileFormat.XLS, FileFormat.ODS)


_CONTENT_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.DOC: "application/msword",
    FileFormat.XLS: "application/vnd.ms-excel",
    FileFormat.RTF: "application/rtf",
    FileFormat.ODT: "application/vnd.oasis.opendocument.text",
    FileFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True)
class InspectedFile:
    """An accepted file: the result of its inspection."""

    file_format: FileFormat
    file_name: str  # for display only: no path, no control or bidirectional characters
    size: int  # bytes
    sha256: str  # of the bytes, lower-case hexadecimal
    pages: int | None  # None for a file that is not a PDF
    findings: tuple[Finding, ...] = ()

    @property
    def content_type(self) -> str:
        return self.file_format.content_type
