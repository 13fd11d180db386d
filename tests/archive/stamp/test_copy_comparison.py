"""A stamped copy of the document is one; that of another document is found, page by page."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from archive.stamp.copy_comparison import find_difference
from tests.support.documents.packages import contract_pdf
from tests.support.documents.pdf_forms import form_pdf, signed_pdf
from tests.support.documents.stamped_copies import cut_strips, edit, make_copy


def compare(document: bytes, copy: bytes) -> int:
    return find_difference(BytesIO(document), BytesIO(copy))


def scan(*texts: str, colour: str = "white") -> bytes:
    """A scan of pages with those texts, without a text layer."""
    pages = []
    for text in texts:
        page = Image.new("L", (1240, 1754), colour)
        ImageDraw.Draw(page).text((200, 200), text, fill="grey", font_size=60)
        pages.append(page)
    file = BytesIO()
    pages[0].save(file, "PDF", resolution=150, save_all=True, append_images=pages[1:])
    return file.getvalue()


def rotated(rotation: int) -> bytes:
    def rotate(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = rotation

    return edit(contract_pdf(lines=4), rotate)


@pytest.mark.parametrize(
    "document",
    [
        contract_pdf(lines=3),
        contract_pdf(lines=17, pages=3),
        contract_pdf(size="A2 landscape", lines=9),
        contract_pdf(size="60mm 300mm", lines=10),
        rotated(90),
        rotated(180),
        scan("Договор", "Приложение"),
        scan("Договор", colour="black"),
        form_pdf("OOO Romashka"),
        signed_pdf(drawn="Signed by hand"),
    ],
    ids=["short", "full", "wide", "narrow", "90", "180", "scan", "dark scan", "form", "signed"],
)
def test_a_copy_shows_its_document(tmp_path: Path, document: bytes) -> None:
    copy = make_copy(tmp_path, document)
    assert compare(document, copy) == 0
    assert compare(document, cut_strips(copy)) == 0, "as copies were before they had page numbers"


def test_the_copy_of_another_contract_is_found(tmp_path: Path) -> None:
    copy = make_copy(tmp_path, contract_pdf(lines=4))
    assert compare(contract_pdf(lines=5), copy) == 1
    assert compare(contract_pdf(lines=4, pages=3), copy) == 2


def test_another_number_is_found(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        content = b"BT /F1 12 Tf 50 700 Td (Price 100) Tj ET"
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        names = {key: pikepdf.Name(value) for key, value in font.items()}
        pdf.pages[0].Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F1=pikepdf.Dictionary(names))
        )
        pdf.pages[0].Contents = pdf.make_stream(content.replace(b"100", self_price))

    self_price = b"100"
    document = edit(contract_pdf(), change)
    self_price = b"900"
    other = edit(contract_pdf(), change)
    assert compare(document, make_copy(tmp_path, document)) == 0
    assert compare(document, make_copy(tmp_path, other)) == 1


def test_another_scan_is_found(tmp_path: Path) -> None:
    document = scan("Договор", "Цена 100 рублей")
    assert compare(document, make_copy(tmp_path, scan("Договор", "Цена 900 рублей"))) == 2
    assert compare(document, make_copy(tmp_path, scan("Договор", ""))) == 2
    assert compare(scan("Договор", ""), make_copy(tmp_path, scan("Договор 2", ""))) == 1
