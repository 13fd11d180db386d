"""Bad PDF files."""

import re
import zlib

import pikepdf

from archive.intake import refusals
from archive.intake.sizes import PDF_LIMIT
from tests.support.documents import office
from tests.support.documents.bad_files.types import BadFile
from tests.support.documents.office import build_zip, docx_bytes, pdf_bytes
from tests.support.documents.pdfs import attach


def _encrypt_pdf(*, user: str) -> bytes:
    with office.new_pdf() as pdf:
        protection = pikepdf.Encryption(owner="owner", user=user)
        return office.save_to_bytes(lambda file: pdf.save(file, encryption=protection))


def _escaped_javascript_name() -> bytes:
    """The name JavaScript with escaped characters, which PDF viewers accept."""
    script = pikepdf.String("alert    ")
    data = office.pdf_with_action(S=pikepdf.Name.JavaScript, JS=script)
    # Four characters less here, four more there: the offsets of the other objects stay valid.
    return data.replace(b"alert    ", b"alert").replace(b"/JavaScript", b"/#4aavaScrip#74")


def _add_page_script(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
    pdf.pages[0].obj["/AA"] = pikepdf.Dictionary(O=action)


def _add_named_script(pdf: pikepdf.Pdf) -> None:
    action = pdf.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
    )
    tree = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), action]))
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def _add_xfa_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())


def _add_decompression_bomb(pdf: pikepdf.Pdf) -> None:
    """A small content stream that unpacks to 400 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(400)) + packer.flush()
    stream = pikepdf.Stream(pdf, packed)
    stream.Filter = pikepdf.Name.FlateDecode
    pdf.pages[0].Contents = stream


def _make_page_tree_cyclic(pdf: pikepdf.Pdf) -> None:
    """Makes the page tree a child of itself."""
    kids = pdf.Root.Pages
    kids.Kids.append(kids)


def _damage_contents(pdf: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(pdf, b"this is no zlib stream")
    stream.Filter = pikepdf.Name.FlateDecode
    pdf.pages[0].Contents = stream


def _leave_blank(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.Contents = pdf.make_stream(b"q Q")


def _scan(image: bytes) -> bytes:
    """A PDF of one page with nothing but ``image`` (JPEG data)."""

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(image)
        stream.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=4000,
            Height=5000,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
        page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")

    return pdf_bytes(change=change)


def _macro_document() -> bytes:
    return office.repack_zip(docx_bytes(), {"word/vbaProject.bin": b"macro"})


def _rename_page_type(pdf: bytes) -> bytes:
    """Some readers skip a page whose type is unknown, others show it."""
    return pdf.replace(b"/Type /Page ", b"/Type /Pagx ")


def _two_versions_of_a_page() -> bytes:
    """A file with a second content of its page, which only a repair of the damaged file finds."""

    def add_object(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Extra = pdf.make_indirect(pikepdf.Dictionary(Marker=pikepdf.Name.Damaged))

    data = pdf_bytes(change=add_object)
    content = re.search(rb"(\d+) 0 obj\n<< /Length", data)
    damaged = re.search(rb"\d+ 0 obj\n<< /Marker", data)
    assert content
    assert damaged
    text = b"BT /F1 14 Tf 72 760 Td (Another contract) Tj ET"
    second = b"%s 0 obj\n<< /Length %d >>\nstream\n" % (content[1], len(text))
    second += text + b"\nendstream\nendobj\n"
    table = data.rindex(b"xref\n0")
    data = (
        data[:table]
        + second
        + data[table:].replace(
            b"%010d 00000 n" % damaged.start(), b"%010d 00000 n" % (damaged.start() + 1)
        )
    )
    return re.sub(rb"startxref\n\d+", b"startxref\n%d" % (table + len(second)), data)


def _image_without_end() -> bytes:
    """A scan whose data nobody can delimit."""
    data = _scan(b"\xff\xd8 JPEG")
    start = data.index(b"JPEG")
    tail = data[start:].replace(b"endstream", b"endstreem").replace(b"endobj", b"endobe")
    return data[:start].replace(b"/Length 7", b"/Length 999") + tail


GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"

BAD_PDFS: dict[str, BadFile] = {
    "a PDF over 30 MB": (refusals.PDF_TOO_LARGE, lambda: pdf_bytes() + bytes(PDF_LIMIT)),
    "a PDF with a password": (refusals.PDF_ENCRYPTED, lambda: _encrypt_pdf(user="user")),
    "a PDF cut in half": (refusals.PDF_CORRUPT, lambda: pdf_bytes(20)[:4000]),
    "a PDF without its end": (refusals.PDF_CORRUPT, lambda: pdf_bytes()[:-40]),
    "a PDF with a broken page": (refusals.PDF_CORRUPT, lambda: pdf_bytes(change=_damage_contents)),
    "a PDF signature without a PDF": (refusals.PDF_CORRUPT, lambda: b"%PDF-1.7\n" + b"a" * 3000),
    "a PDF with a cyclic page tree": (
        refusals.PDF_CORRUPT,
        lambda: pdf_bytes(change=_make_page_tree_cyclic),
    ),
    "a PDF without pages": (refusals.NO_PAGES, lambda: pdf_bytes(0)),
    "a PDF of 501 pages": (refusals.TOO_MANY_PAGES, lambda: pdf_bytes(501)),
    "a PDF bomb": (refusals.TOO_LARGE_UNPACKED, lambda: pdf_bytes(change=_add_decompression_bomb)),
    "a PDF with JavaScript": (
        refusals.PDF_JAVASCRIPT,
        lambda: office.pdf_with_action(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1")),
    ),
    "a PDF with JavaScript with an escaped name": (
        refusals.PDF_JAVASCRIPT,
        _escaped_javascript_name,
    ),
    "a PDF with JavaScript on a page": (
        refusals.PDF_JAVASCRIPT,
        lambda: pdf_bytes(change=_add_page_script),
    ),
    "a PDF with named JavaScript": (
        refusals.PDF_JAVASCRIPT,
        lambda: pdf_bytes(change=_add_named_script),
    ),
    "a PDF that launches a program": (
        refusals.PDF_LAUNCH_ACTION,
        lambda: office.pdf_with_action(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")),
    ),
    "a PDF with an XFA form": (refusals.PDF_XFA_FORM, lambda: pdf_bytes(change=_add_xfa_form)),
    "a PDF that readers show differently": (
        refusals.PDF_READ_DIFFERENTLY,
        lambda: _rename_page_type(pdf_bytes()),
    ),
    "a PDF with two versions of a page": (refusals.PDF_READ_DIFFERENTLY, _two_versions_of_a_page),
    "a PDF with an image without an end": (refusals.PDF_CORRUPT, _image_without_end),
    "a PDF portfolio": (
        refusals.PDF_PORTFOLIO,
        lambda: attach({"contract.pdf": pdf_bytes()}, Collection=pikepdf.Dictionary(View="/D")),
    ),
    "a PDF with a program": (
        refusals.PDF_CONTAINS_PROGRAM,
        lambda: attach({"Счет.pdf": b"MZ" + bytes(100)}),
    ),
    "a PDF with a program by its name": (
        refusals.PDF_CONTAINS_PROGRAM,
        lambda: attach({"Счет.EXE . ": b"any bytes"}),
    ),
    "a PDF with a shell script": (
        refusals.PDF_CONTAINS_PROGRAM,
        lambda: attach({"readme": b"#!/bin/sh\n"}),
    ),
    "a PDF with a Windows shortcut": (
        refusals.PDF_CONTAINS_PROGRAM,
        lambda: attach({"Договор.pdf.lnk": b"x"}),
    ),
    "a PDF with an archive": (
        refusals.PDF_CONTAINS_ARCHIVE,
        lambda: attach({"data.xml": build_zip({"a.txt": b"text"})}),
    ),
    "a PDF with a document with macros": (
        refusals.PDF_CONTAINS_MACROS,
        lambda: attach({"Смета.docx": _macro_document()}),
    ),
    "a PDF with a program in an attached PDF": (
        refusals.PDF_CONTAINS_PROGRAM,
        lambda: attach({"inner.pdf": attach({"run.exe": b"MZ"})}),
    ),
    "a PDF with JavaScript in an attached PDF": (
        refusals.PDF_JAVASCRIPT,
        lambda: attach({"inner.pdf": pdf_bytes(change=_add_page_script)}),
    ),
    "a PDF with blank pages": (refusals.NO_CONTENT, lambda: pdf_bytes(3, change=_leave_blank)),
    "a PDF with an unreadable scan": (refusals.NO_CONTENT, lambda: _scan(b"\xff\xd8 no JPEG")),
    "a PDF that is also a zip": (
        refusals.POLYGLOT,
        lambda: pdf_bytes() + build_zip({"a.txt": b"text"}),
    ),
    "a PDF that is also a DOCX": (refusals.POLYGLOT, lambda: pdf_bytes() + docx_bytes()),
    "a PDF after an image": (refusals.POLYGLOT, lambda: GIF + pdf_bytes()),
    "a PDF after HTML": (refusals.POLYGLOT, lambda: b"<html></html>" + pdf_bytes()),
    "a PDF with HTML at its start": (
        refusals.POLYGLOT,
        lambda: pdf_bytes().replace(b"\n", b"\n<script>alert(1)</script>\n", 1),
    ),
    "a PDF with HTML at its end": (refusals.POLYGLOT, lambda: pdf_bytes() + b"<html>" + b"x" * 200),
}
