"""Documents of every format, generated for the tests of the intake and the conversion."""

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


@functools.cache  # the same bytes every time, so that the cache of `convert_office_file` works
def docx_bytes(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs or (TEXT,):
        document.add_paragraph(paragraph)
    return save_to_bytes(document.save)


def xlsx_bytes(rows: list[list[object]] | None = None) -> bytes:
    return _workbook(tuple(map(tuple, rows or [["Услуга", "Цена"], ["Интернет", 1296.29]])))


@functools.cache
def _workbook(rows: tuple[tuple[object, ...], ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    return save_to_bytes(book.save)


def save_to_bytes(save: Callable[[io.BytesIO], object]) -> bytes:
    """The bytes that ``save`` writes to a file."""
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
    """A PDF with ``pages`` pages, after ``change`` was applied to it."""
    with new_pdf(pages) as pdf:
        if change:
            change(pdf)
        return save_to_bytes(pdf.save)


def pdf_with_action(**action: object) -> bytes:
    """A PDF with an OpenAction."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(Type=pikepdf.Name.Action, **action)

    return pdf_bytes(change=change)


def png_bytes(width: int = 40, height: int = 20, colour: str = "red") -> bytes:
    return save_to_bytes(lambda file: Image.new("RGB", (width, height), colour).save(file, "PNG"))


def build_zip(entries: dict[str, bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", level) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def repack_zip(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The ZIP ``data`` with entries replaced, added, or removed (None)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries |= {name: new for name, new in changes.items() if new is not None}
    return build_zip(
        {name: new for name, new in entries.items() if changes.get(name, b"") is not None}
    )


def read_zip_entry(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def encrypt_ooxml(data: bytes) -> bytes:
    """A DOCX or XLSX encrypted with a password, as Office does it."""
    file = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(data)).encrypt("secret", file)
    return file.getvalue()


@functools.cache
def convert_office_file(data: bytes, kind: str, target: str) -> bytes:
    """The document ``data`` converted by LibreOffice from ``kind`` to ``target``."""
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


def extract_pdf_text(data: bytes) -> str:
    """The text of all pages."""
    with pypdfium2.PdfDocument(data) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def count_pdf_pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as pdf:
        return len(pdf)
