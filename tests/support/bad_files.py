"""Files that must not get in, each with its refusal."""

import io
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pikepdf

from archive.intake import refusals
from archive.intake.sizes import OFFICE_LIMIT, PDF_LIMIT
from econtract.platform.common.refusals import Refusal
from tests.support import office
from tests.support.office import docx_bytes, pdf_bytes, repacked, xlsx_bytes, zipped

_MACRO_TYPES = {
    "docx": (b"wordprocessingml.document.main", b"document.macroEnabled.main"),
    "xlsx": (b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"),
}


def _macro_enabled(data: bytes, kind: str) -> bytes:
    plain, enabled = _MACRO_TYPES[kind]
    types = office.entry(data, "[Content_Types].xml")
    old = b"application/vnd.openxmlformats-officedocument." + plain
    return repacked(
        data, {"[Content_Types].xml": types.replace(old, b"application/vnd.ms-" + enabled)}
    )


def _encrypted_pdf(*, user: str) -> bytes:
    with office.new_pdf() as pdf:
        protection = pikepdf.Encryption(owner="owner", user=user)
        return office.saved(lambda file: pdf.save(file, encryption=protection))


def _hidden_name() -> bytes:
    """JavaScript spelled with an escape, as viewers still understand it."""
    script = pikepdf.String("alert    ")
    data = office.pdf_with_action(S=pikepdf.Name.JavaScript, JS=script)
    # Four characters less before, four more after: everything else stays where it was.
    return data.replace(b"alert    ", b"alert").replace(b"/JavaScript", b"/#4aavaScrip#74")


def _script_on_page(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
    pdf.pages[0].obj["/AA"] = pikepdf.Dictionary(O=action)


def _script_by_name(pdf: pikepdf.Pdf) -> None:
    action = pdf.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
    )
    tree = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), action]))
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def _xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())


def _pdf_bomb(pdf: pikepdf.Pdf) -> None:
    """One small stream that unpacks to 400 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(400)) + packer.flush()
    stream = pikepdf.Stream(pdf, packed)
    stream.Filter = pikepdf.Name.FlateDecode
    pdf.pages[0].Contents = stream


def _endless_tree(pdf: pikepdf.Pdf) -> None:
    """A page tree whose nodes are each other's children."""
    kids = pdf.Root.Pages
    kids.Kids.append(kids)


def _damaged_contents(pdf: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(pdf, b"this is no zlib stream")
    stream.Filter = pikepdf.Name.FlateDecode
    pdf.pages[0].Contents = stream


def _zip_bomb() -> bytes:
    return repacked(docx_bytes(), {"word/media/image1.bmp": bytes(160 * 2**20)})


def _lying_zip() -> bytes:
    """The directory says that a part is small; it is not."""
    data = bytearray(repacked(docx_bytes(), {"word/media/a.bin": bytes(300_000)}))
    size = struct.pack("<I", 300_000)
    return bytes(data.replace(size, struct.pack("<I", 10)))


def _picture_bomb() -> bytes:
    """A PNG that says it has 60,000 × 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    return repacked(docx_bytes(), {"word/media/image1.png": png})


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _entities() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    return repacked(docx_bytes(), {"word/document.xml": laughs})


def _encrypted_entries() -> bytes:
    data = bytearray(docx_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _presentation() -> bytes:
    data = docx_bytes()
    types = office.entry(data, "[Content_Types].xml")
    changed = types.replace(b"wordprocessingml.document.main", b"presentationml.presentation.main")
    return repacked(data, {"[Content_Types].xml": changed})


def _two_parts_of_one_name() -> bytes:
    file = io.BytesIO(docx_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("word/document.xml", b"<other/>")
    return file.getvalue()


def _odt(**changes: bytes) -> bytes:
    entries = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": b'<office xmlns:text="t"><text:p>Text</text:p></office>',
        "META-INF/manifest.xml": b"<manifest/>",
    }
    return zipped(entries | {name.replace("__", "/"): data for name, data in changes.items()})


def _doc(patch: Callable[[bytes], bytes]) -> bytes:
    return patch(office.converted(docx_bytes(), "docx", "doc"))


def _xls(patch: Callable[[bytes], bytes]) -> bytes:
    return patch(office.converted(xlsx_bytes(), "xlsx", "xls"))


def _flag_encrypted(data: bytes) -> bytes:
    at = data.index(b"\xec\xa5")  # the File Information Block begins a sector
    return data[: at + 11] + bytes([data[at + 11] | 1]) + data[at + 12 :]


def _file_pass(data: bytes) -> bytes:
    """The record after the workbook's first turned into FILEPASS."""
    at = data.index(b"\x09\x08\x10\x00") + 4 + 16
    return data[:at] + b"\x2f\x00" + data[at + 2 :]


def _macro_sheet(data: bytes) -> bytes:
    at = data.index(b"\x85\x00", data.index(b"\x09\x08\x10\x00"))
    return data[: at + 9] + b"\x01" + data[at + 10 :]


GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"

BAD: dict[str, tuple[Refusal, Callable[[], bytes]]] = {
    "nothing at all": (refusals.EMPTY, lambda: b""),
    "a text by the name of a document": (
        refusals.UNKNOWN_FORMAT,
        lambda: "Просто текст".encode() * 50,
    ),
    "a page of HTML": (refusals.UNKNOWN_FORMAT, lambda: b"<html><body>Contract</body></html>"),
    "a picture": (refusals.UNKNOWN_FORMAT, office.png_bytes),
    "a program": (refusals.UNKNOWN_FORMAT, lambda: b"MZ" + bytes(2000)),
    "noise": (refusals.UNKNOWN_FORMAT, lambda: b"\x01" + os.urandom(4000)),
    "a zip of documents": (refusals.ZIP_ARCHIVE, lambda: zipped({"a.pdf": pdf_bytes()})),
    "an empty zip": (refusals.ZIP_ARCHIVE, lambda: zipped({})),
    "a rar": (refusals.OTHER_ARCHIVE, lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100)),
    "a 7z": (refusals.OTHER_ARCHIVE, lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100)),
    "a gzip": (refusals.OTHER_ARCHIVE, lambda: b"\x1f\x8b\x08" + bytes(100)),
    "a presentation": (refusals.UNKNOWN_FORMAT, _presentation),
    "a PDF over 30 MB": (refusals.PDF_TOO_LARGE, lambda: pdf_bytes() + bytes(PDF_LIMIT)),
    "a document over 10 MB": (
        refusals.OFFICE_FILE_TOO_LARGE,
        lambda: docx_bytes() + bytes(OFFICE_LIMIT),
    ),
    "a DOCX under a password": (refusals.ENCRYPTED, lambda: office.encrypted(docx_bytes())),
    "an XLSX under a password": (refusals.ENCRYPTED, lambda: office.encrypted(xlsx_bytes())),
    "encrypted zip entries": (refusals.ENCRYPTED, _encrypted_entries),
    "a DOC under a password": (refusals.ENCRYPTED, lambda: _doc(_flag_encrypted)),
    "an XLS under a password": (refusals.ENCRYPTED, lambda: _xls(_file_pass)),
    "an ODT under a password": (
        refusals.ENCRYPTED,
        lambda: _odt(**{"META-INF__manifest.xml": b"<m><encryption-data/></m>"}),
    ),
    "a PDF under a password": (refusals.PDF_ENCRYPTED, lambda: _encrypted_pdf(user="user")),
    "a PDF with restrictions": (refusals.PDF_ENCRYPTED, lambda: _encrypted_pdf(user="")),
    "a DOCM by the name of DOCX": (refusals.MACROS, lambda: _macro_enabled(docx_bytes(), "docx")),
    "an XLSM by the name of XLSX": (refusals.MACROS, lambda: _macro_enabled(xlsx_bytes(), "xlsx")),
    "a DOCX with a macro part": (
        refusals.MACROS,
        lambda: repacked(docx_bytes(), {"word/vbaProject.bin": b"\xd0\xcf"}),
    ),
    "an XLSX with Excel 4 macros": (
        refusals.MACROS,
        lambda: repacked(xlsx_bytes(), {"xl/macrosheets/sheet1.xml": b"<x/>"}),
    ),
    "an XLS with Excel 4 macros": (refusals.MACROS, lambda: _xls(_macro_sheet)),
    "an ODT with a macro": (refusals.MACROS, lambda: _odt(Basic__Standard__Module1=b"<x/>")),
    "a DOCX cut in half": (refusals.CORRUPT, lambda: docx_bytes()[:9_000]),
    "a DOCX with a damaged part": (
        refusals.CORRUPT,
        lambda: docx_bytes().replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    ),
    "a DOCX whose XML breaks off": (
        refusals.CORRUPT,
        lambda: repacked(docx_bytes(), {"word/document.xml": b"<w:document><w:body>"}),
    ),
    "a DOCX without its main part": (
        refusals.CORRUPT,
        lambda: repacked(docx_bytes(), {"word/document.xml": None}),
    ),
    "a DOCX with entities": (refusals.CORRUPT, _entities),
    "a DOCX with two main parts": (refusals.CORRUPT, _two_parts_of_one_name),
    "a DOC cut in half": (refusals.CORRUPT, lambda: _doc(lambda data: data[: len(data) // 2])),
    "an XLS cut in half": (refusals.CORRUPT, lambda: _xls(lambda data: data[:1500])),
    "an RTF that breaks off": (refusals.CORRUPT, lambda: rb"{\rtf1 {\b Text"),
    "a PDF cut in half": (refusals.PDF_CORRUPT, lambda: pdf_bytes(20)[:4000]),
    "a PDF without its end": (refusals.PDF_CORRUPT, lambda: pdf_bytes()[:-40]),
    "a PDF with a wrong table": (
        refusals.PDF_CORRUPT,
        lambda: pdf_bytes().replace(b"xref\n0", b"xerf\n0"),
    ),
    "a PDF with a broken page": (refusals.PDF_CORRUPT, lambda: pdf_bytes(change=_damaged_contents)),
    "a PDF in name only": (refusals.PDF_CORRUPT, lambda: b"%PDF-1.7\n" + b"a" * 3000),
    "a PDF with an endless page tree": (
        refusals.PDF_CORRUPT,
        lambda: pdf_bytes(change=_endless_tree),
    ),
    "a PDF of no pages": (refusals.NO_PAGES, lambda: pdf_bytes(0)),
    "a PDF of 501 pages": (refusals.TOO_MANY_PAGES, lambda: pdf_bytes(501)),
    "a DOCX with nothing in it": (refusals.NO_CONTENT, lambda: docx_bytes(" ")),
    "an XLSX with nothing in it": (refusals.NO_CONTENT, lambda: xlsx_bytes([[None]])),
    "an ODT with nothing in it": (
        refusals.NO_CONTENT,
        lambda: _odt(**{"content.xml": b"<office/>"}),
    ),
    "an RTF with nothing in it": (refusals.NO_CONTENT, lambda: rb"{\rtf1\ansi\par}"),
    "a zip bomb": (refusals.TOO_LARGE_UNPACKED, _zip_bomb),
    "a zip with too many entries": (
        refusals.TOO_LARGE_UNPACKED,
        lambda: repacked(docx_bytes(), {f"word/a{n}.bin": b"" for n in range(5001)}),
    ),
    "a zip that lies about sizes": (refusals.CORRUPT, _lying_zip),
    "a picture bomb": (refusals.TOO_LARGE_UNPACKED, _picture_bomb),
    "a PDF bomb": (refusals.TOO_LARGE_UNPACKED, lambda: pdf_bytes(change=_pdf_bomb)),
    "an RTF of ten thousand groups": (
        refusals.TOO_LARGE_UNPACKED,
        lambda: rb"{\rtf1 " + b"{" * 10_000 + b"}" * 10_001,
    ),
    "a PDF with JavaScript": (
        refusals.PDF_JAVASCRIPT,
        lambda: office.pdf_with_action(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1")),
    ),
    "a PDF with JavaScript under an escaped name": (refusals.PDF_JAVASCRIPT, _hidden_name),
    "a PDF with JavaScript on a page": (
        refusals.PDF_JAVASCRIPT,
        lambda: pdf_bytes(change=_script_on_page),
    ),
    "a PDF with named JavaScript": (
        refusals.PDF_JAVASCRIPT,
        lambda: pdf_bytes(change=_script_by_name),
    ),
    "a PDF that starts a program": (
        refusals.PDF_LAUNCH_ACTION,
        lambda: office.pdf_with_action(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")),
    ),
    "a PDF with an XFA form": (refusals.PDF_XFA_FORM, lambda: pdf_bytes(change=_xfa)),
    "a PDF and a zip in one": (refusals.POLYGLOT, lambda: pdf_bytes() + zipped({"a.txt": b"text"})),
    "a PDF and a DOCX in one": (refusals.POLYGLOT, lambda: pdf_bytes() + docx_bytes()),
    "a PDF behind a picture": (refusals.POLYGLOT, lambda: GIF + pdf_bytes()),
    "a PDF behind HTML": (refusals.POLYGLOT, lambda: b"<html></html>" + pdf_bytes()),
    "a PDF that begins like HTML": (
        refusals.POLYGLOT,
        lambda: pdf_bytes().replace(b"\n", b"\n<script>alert(1)</script>\n", 1),
    ),
    "a PDF with HTML at its end": (refusals.POLYGLOT, lambda: pdf_bytes() + b"<html>" + b"x" * 200),
    "a DOCX with a PDF at its end": (refusals.POLYGLOT, lambda: docx_bytes() + pdf_bytes()),
    "an RTF with more behind it": (refusals.POLYGLOT, lambda: rb"{\rtf1 Text}" + b"<html>"),
}
