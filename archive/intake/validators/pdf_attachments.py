"""What may be attached to a PDF: documents and data, but no programs, archives and macros."""

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from archive.pdf_content.attachments import PdfAttachment
from econtract.platform.common.refusals import Refusal

PROGRAM_EXTENSIONS = re.compile(
    "apk|app|appimage|appinstaller|application|appx|bash|bat|chm|cmd|com|cpl|deb|dll|dmg|elf|"
    "exe|gadget|hta|inf|ins|iqy|jar|jnlp|job|js|jse|lnk|msc|msh|msi|msix|msp|mst|ocx|out|pif|pkg|"
    "pl|pm|ps1|psd1|psm1|py|pyc|pyw|rb|reg|rgs|rpm|run|scf|scr|sct|sh|shb|shs|slk|so|sys|url|vb|"
    "vbe|vbs|ws|wsc|wsf|wsh|xll|xpi"
)
ARCHIVE_EXTENSIONS = re.compile(
    "7z|ace|alz|ar|arj|bz|bz2|cab|cpio|egg|gz|img|iso|lha|lzh|lz|lzma|rar|tar|taz|tbz|tgz|txz|udf|"
    "vhd|vhdx|xz|z|zip|zipx|zst"
)
MACRO_EXTENSIONS = re.compile(
    "accde|ade|docm|dotm|mdb|mde|potm|ppam|ppsm|pptm|sldm|xla|xlam|xlm|xlsm|xltm"
)
PROGRAM_SIGNATURES = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"L\0\0\0\x01\x14\x02\0", b"\0asm"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
    *(b"ITSF", b"!<arch>", b"\xed\xab\xee\xdb", b"dex\n"),
)
ARCHIVE_SIGNATURES = (
    *(b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"MSCF"),
    *(b"PK\x05\x06", b"\x28\xb5\x2f\xfd", b"LZIP", b"\x1f\x9d", b"\x60\xea", b"vhdxfile"),
)
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
# The class of a Windows Installer package: {000C1084-0000-0000-C000-000000000046}.
_MSI_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
_SCRIPT = re.compile(rb"<(?:script|\?php|hta:)|^\s*@echo\s+off", re.IGNORECASE)
_SCRIPT_HEAD = 64 * 1024
_DOCUMENT_PARTS = {
    "[Content_Types].xml",
    "mimetype",
    "word/document.xml",
    "xl/workbook.xml",
    "ppt/presentation.xml",
}
_MACRO_PART = re.compile(r"vbaProject|^Basic/|^Scripts/|macrosheets/", re.IGNORECASE)


def check(attachment: PdfAttachment, data: bytes) -> None:
    """Refuses the attachment with the content ``data`` if it can run, or hide what can run."""
    refusal = _refusal_of_names(attachment.names) or _refusal_of_content(data)
    if refusal:
        raise IntakeRefused(refusal)


def _refusal_of_names(names: Iterable[str]) -> Refusal | None:
    for name in names:
        # Windows ignores dots and spaces at the end of a name.
        visible_name = "".join(char for char in name if char.isprintable()).rstrip(". ")
        extension = visible_name.rpartition(".")[2].lower()
        if PROGRAM_EXTENSIONS.fullmatch(extension):
            return refusals.PDF_CONTAINS_PROGRAM
        if ARCHIVE_EXTENSIONS.fullmatch(extension):
            return refusals.PDF_CONTAINS_ARCHIVE
        if MACRO_EXTENSIONS.fullmatch(extension):
            return refusals.PDF_CONTAINS_MACROS
    return None


def _refusal_of_content(data: bytes) -> Refusal | None:
    if data.startswith(PROGRAM_SIGNATURES) or _SCRIPT.search(data[:_SCRIPT_HEAD]):
        return refusals.PDF_CONTAINS_PROGRAM
    if data.startswith(ARCHIVE_SIGNATURES) or data[257:262] == b"ustar":
        return refusals.PDF_CONTAINS_ARCHIVE
    if data[32769:32774] == b"CD001":  # ISO 9660, a disk image
        return refusals.PDF_CONTAINS_ARCHIVE
    if data.startswith(_OLE_SIGNATURE):
        if _MSI_CLASS in data:
            return refusals.PDF_CONTAINS_PROGRAM
        return refusals.PDF_CONTAINS_MACROS if _OLE_MACROS in data else None
    return _refusal_of_zip(data) if data.startswith(b"PK\x03\x04") else None


def _refusal_of_zip(data: bytes) -> Refusal | None:
    """Office documents are ZIP files; any other ZIP is an archive."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, LookupError):
        return refusals.PDF_CONTAINS_ARCHIVE
    if not _DOCUMENT_PARTS & set(names):
        return refusals.PDF_CONTAINS_ARCHIVE
    if any(_MACRO_PART.search(name) for name in names):
        return refusals.PDF_CONTAINS_MACROS
    return _refusal_of_names(names)
