"""Bad office documents."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

from archive.intake import refusals
from archive.intake.sizes import OFFICE_LIMIT
from tests.support.documents import office
from tests.support.documents.bad_files.types import BadFile
from tests.support.documents.office import build_zip, docx_bytes, pdf_bytes, repack_zip, xlsx_bytes

_MACRO_TYPES = {
    "docx": (b"wordprocessingml.document.main", b"document.macroEnabled.main"),
    "xlsx": (b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"),
}


def _enable_macros(data: bytes, kind: str) -> bytes:
    plain, enabled = _MACRO_TYPES[kind]
    types = office.read_zip_entry(data, "[Content_Types].xml")
    old = b"application/vnd.openxmlformats-officedocument." + plain
    return repack_zip(
        data, {"[Content_Types].xml": types.replace(old, b"application/vnd.ms-" + enabled)}
    )


def _zip_bomb() -> bytes:
    return repack_zip(docx_bytes(), {"word/media/image1.bmp": bytes(160 * 2**20)})


def _zip_with_wrong_sizes() -> bytes:
    """The central directory declares a part smaller than it is."""
    data = bytearray(repack_zip(docx_bytes(), {"word/media/a.bin": bytes(300_000)}))
    size = struct.pack("<I", 300_000)
    return bytes(data.replace(size, struct.pack("<I", 10)))


def _image_bomb() -> bytes:
    """A PNG that declares 60,000 × 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    return repack_zip(docx_bytes(), {"word/media/image1.png": png})


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _docx_with_entities() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    return repack_zip(docx_bytes(), {"word/document.xml": laughs})


def _docx_with_encrypted_entries() -> bytes:
    data = bytearray(docx_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _pptx() -> bytes:
    data = docx_bytes()
    types = office.read_zip_entry(data, "[Content_Types].xml")
    changed = types.replace(b"wordprocessingml.document.main", b"presentationml.presentation.main")
    return repack_zip(data, {"[Content_Types].xml": changed})


def _docx_with_two_main_parts() -> bytes:
    file = io.BytesIO(docx_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("word/document.xml", b"<other/>")
    return file.getvalue()


def _build_odt(**changes: bytes) -> bytes:
    entries = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": b'<office xmlns:text="t"><text:p>Text</text:p></office>',
        "META-INF/manifest.xml": b"<manifest/>",
    }
    return build_zip(entries | {name.replace("__", "/"): data for name, data in changes.items()})


def _patch_doc(patch: Callable[[bytes], bytes]) -> bytes:
    return patch(office.convert_office_file(docx_bytes(), "docx", "doc"))


def _patch_xls(patch: Callable[[bytes], bytes]) -> bytes:
    return patch(office.convert_office_file(xlsx_bytes(), "xlsx", "xls"))


def _set_encrypted_flag(data: bytes) -> bytes:
    at = data.index(b"\xec\xa5")  # the start of the File Information Block
    return data[: at + 11] + bytes([data[at + 11] | 1]) + data[at + 12 :]


def _set_filepass_record(data: bytes) -> bytes:
    """Turns the second record of the workbook into FILEPASS."""
    at = data.index(b"\x09\x08\x10\x00") + 4 + 16
    return data[:at] + b"\x2f\x00" + data[at + 2 :]


def _make_macro_sheet(data: bytes) -> bytes:
    at = data.index(b"\x85\x00", data.index(b"\x09\x08\x10\x00"))
    return data[: at + 9] + b"\x01" + data[at + 10 :]


BAD_OFFICE_FILES: dict[str, BadFile] = {
    "a presentation": (refusals.UNKNOWN_FORMAT, _pptx),
    "a document over 10 MB": (
        refusals.OFFICE_FILE_TOO_LARGE,
        lambda: docx_bytes() + bytes(OFFICE_LIMIT),
    ),
    "a DOCX with a password": (refusals.ENCRYPTED, lambda: office.encrypt_ooxml(docx_bytes())),
    "an XLSX with a password": (refusals.ENCRYPTED, lambda: office.encrypt_ooxml(xlsx_bytes())),
    "encrypted zip entries": (refusals.ENCRYPTED, _docx_with_encrypted_entries),
    "a DOC with a password": (refusals.ENCRYPTED, lambda: _patch_doc(_set_encrypted_flag)),
    "an XLS with a password": (refusals.ENCRYPTED, lambda: _patch_xls(_set_filepass_record)),
    "an ODT with a password": (
        refusals.ENCRYPTED,
        lambda: _build_odt(**{"META-INF__manifest.xml": b"<m><encryption-data/></m>"}),
    ),
    "a DOCM named DOCX": (refusals.MACROS, lambda: _enable_macros(docx_bytes(), "docx")),
    "an XLSM named XLSX": (refusals.MACROS, lambda: _enable_macros(xlsx_bytes(), "xlsx")),
    "a DOCX with a macro part": (
        refusals.MACROS,
        lambda: repack_zip(docx_bytes(), {"word/vbaProject.bin": b"\xd0\xcf"}),
    ),
    "an XLSX with Excel 4 macros": (
        refusals.MACROS,
        lambda: repack_zip(xlsx_bytes(), {"xl/macrosheets/sheet1.xml": b"<x/>"}),
    ),
    "an XLS with Excel 4 macros": (refusals.MACROS, lambda: _patch_xls(_make_macro_sheet)),
    "an ODT with a macro": (refusals.MACROS, lambda: _build_odt(Basic__Standard__Module1=b"<x/>")),
    "a DOCX cut in half": (refusals.CORRUPT, lambda: docx_bytes()[:9_000]),
    "a DOCX with a damaged part": (
        refusals.CORRUPT,
        lambda: docx_bytes().replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    ),
    "a DOCX with incomplete XML": (
        refusals.CORRUPT,
        lambda: repack_zip(docx_bytes(), {"word/document.xml": b"<w:document><w:body>"}),
    ),
    "a DOCX without its main part": (
        refusals.CORRUPT,
        lambda: repack_zip(docx_bytes(), {"word/document.xml": None}),
    ),
    "a DOCX with entities": (refusals.CORRUPT, _docx_with_entities),
    "a DOCX with two main parts": (refusals.CORRUPT, _docx_with_two_main_parts),
    "a DOC cut in half": (
        refusals.CORRUPT,
        lambda: _patch_doc(lambda data: data[: len(data) // 2]),
    ),
    "an XLS cut in half": (refusals.CORRUPT, lambda: _patch_xls(lambda data: data[:1500])),
    "an incomplete RTF": (refusals.CORRUPT, lambda: rb"{\rtf1 {\b Text"),
    "a DOCX without content": (refusals.NO_CONTENT, lambda: docx_bytes(" ")),
    "an XLSX without content": (refusals.NO_CONTENT, lambda: xlsx_bytes([[None]])),
    "an ODT without content": (
        refusals.NO_CONTENT,
        lambda: _build_odt(**{"content.xml": b"<office/>"}),
    ),
    "an RTF without content": (refusals.NO_CONTENT, lambda: rb"{\rtf1\ansi\par}"),
    "a zip bomb": (refusals.TOO_LARGE_UNPACKED, _zip_bomb),
    "a zip with too many entries": (
        refusals.TOO_LARGE_UNPACKED,
        lambda: repack_zip(docx_bytes(), {f"word/a{n}.bin": b"" for n in range(5001)}),
    ),
    "a zip with wrong sizes": (refusals.CORRUPT, _zip_with_wrong_sizes),
    "an image bomb": (refusals.TOO_LARGE_UNPACKED, _image_bomb),
    "an RTF of ten thousand groups": (
        refusals.TOO_LARGE_UNPACKED,
        lambda: rb"{\rtf1 " + b"{" * 10_000 + b"}" * 10_001,
    ),
    "a DOCX with a PDF at its end": (refusals.POLYGLOT, lambda: docx_bytes() + pdf_bytes()),
    "an RTF with trailing data": (refusals.POLYGLOT, lambda: rb"{\rtf1 Text}" + b"<html>"),
}
