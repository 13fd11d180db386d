"""Files of every kind for tests of intake and conversion, good ones and bad ones, made here."""

import functools
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import msoffcrypto.format.ooxml
import openpyxl
import pikepdf
import pypdfium2
from PIL import Image

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEXT = "Договор оказания услуг связи № 7"


@functools.cache  # the same bytes every time: `converted` knows them again
def docx_bytes(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs or (TEXT,):
        document.add_paragraph(paragraph)
    return saved(document.save)


def xlsx_bytes(rows: list[list[object]] | None = None) -> bytes:
    return _workbook(tuple(map(tuple, rows or [["Услуга", "Цена"], ["Интернет", 1296.29]])))


@functools.cache
def _workbook(rows: tuple[tuple[object, ...], ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    return saved(book.save)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    """What ``save`` writes to the file it is given."""
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def new_pdf(pages: int = 1) -> pikepdf.Pdf:
    """A PDF with a line of text on every page."""
    pdf = pikepdf.new()
    for number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[number]
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
            )
        )
        page.Contents = pdf.make_stream(
            f"BT /F1 14 Tf 72 760 Td (Contract page {number + 1}) Tj ET".encode()
        )
    return pdf


def pdf_bytes(pages: int = 1, change: Callable[[pikepdf.Pdf], object] | None = None) -> bytes:
    """A PDF of so many pages, after ``change`` has had its way with it."""
    with new_pdf(pages) as pdf:
        if change:
            change(pdf)
        return saved(pdf.save)


def pdf_with_action(**action: object) -> bytes:
    """A PDF that does something when it is opened."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(Type=pikepdf.Name.Action, **action)

    return pdf_bytes(change=change)


def png_bytes(width: int = 40, height: int = 20, colour: str = "red") -> bytes:
    return saved(lambda file: Image.new("RGB", (width, height), colour).save(file, "PNG"))


def zipped(entries: dict[str, bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", level) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """A zip with entries replaced, added, or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries |= {name: new for name, new in changes.items() if new is not None}
    return zipped(
        {name: new for name, new in entries.items() if changes.get(name, b"") is not None}
    )


def entry(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def encrypted(data: bytes) -> bytes:
    """A DOCX or XLSX under a password, as Office writes it."""
    file = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(data)).encrypt("secret", file)
    return file.getvalue()


@functools.cache
def converted(data: bytes, kind: str, target: str) -> bytes:
    """The same document in another format, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"source.{kind}")
        source.write_bytes(data)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
                *("--headless", "--norestore", "--convert-to", target, "--outdir", folder),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return Path(folder, f"source.{target.partition(':')[0]}").read_bytes()


def pdf_text(data: bytes) -> str:
    """The text of all pages."""
    with pypdfium2.PdfDocument(data) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def pdf_pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as pdf:
        return len(pdf)
