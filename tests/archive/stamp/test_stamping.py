"""Stamps as a reader sees them: the pages are rendered before and after stamping."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from archive.pdf_content.dictionaries import find_dictionaries
from tests.support.documents.packages import contract_pdf
from tests.support.documents.pdf_forms import FIELD_BOX, form_pdf, signed_pdf
from tests.support.documents.stamped_copies import (
    edit,
    make_copy,
    page_texts,
    render_pages,
    stamp,
)

TITLE = "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ"
PDF_WITH_INHERITED_ATTRIBUTES = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]/Rotate 90
/Resources<</Font<</F1 5 0 R>>>>>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj
4 0 obj <</Length 42>> stream
BT /F1 24 Tf 100 700 Td (Inherited) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""


def grey_range(image: Image.Image) -> tuple[int, int]:
    """The darkest and the lightest level of grey."""
    levels = [level for level, number in enumerate(image.histogram()) if number]
    return levels[0], levels[-1]


def assert_only_stamps_added(before: bytes, after: bytes) -> Image.Image:
    """Two stamps are on the last page, cover nothing, and all text is still there.

    Returns the image of the stamps.
    """
    assert len(render_pages(before)) == len(render_pages(after))
    assert page_texts(after)[-1].count(TITLE) == 2
    assert all(line in page_texts(after)[-1] for line in page_texts(before)[-1].splitlines())
    old, new = render_pages(before)[-1], render_pages(after)[-1]
    box = ImageChops.difference(old, new).getbbox()
    assert box is not None
    assert grey_range(old.crop(box))[0] >= 250, "the stamp covers something"
    return new.crop(box)


def assert_upright(stamps: Image.Image) -> None:
    """Two upright stamps are very wide side by side, and almost square one above the other."""
    ratio = stamps.width / stamps.height
    assert ratio > 4 or 0.9 < ratio < 1.6


@pytest.mark.parametrize(
    ("size", "lines"),
    [("A4", 1), ("A4", 12), ("A4 landscape", 8), ("A3", 20), ("A5", 2), ("A2 landscape", 9)],
)
def test_stamps_go_to_free_space_of_the_last_page(tmp_path: Path, size: str, lines: int) -> None:
    before = contract_pdf(size=size, lines=lines)
    assert_upright(assert_only_stamps_added(before, stamp(tmp_path, before)))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_stamps_are_upright_on_a_rotated_page(tmp_path: Path, rotation: int) -> None:
    def rotate(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = rotation

    before = edit(contract_pdf(lines=4), rotate)
    stamps = assert_only_stamps_added(before, stamp(tmp_path, before))
    assert_upright(stamps)
    unrotated = assert_only_stamps_added(
        contract_pdf(lines=4, size="A4 landscape"),
        stamp(tmp_path, contract_pdf(lines=4, size="A4 landscape")),
    )
    if rotation != 180:  # displayed in landscape, too: the same stamps
        assert stamps.size == pytest.approx(unrotated.size, abs=2)


def test_a_page_with_a_shifted_crop_box_shows_complete_stamps(tmp_path: Path) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.MediaBox = [-100, -50, 695, 900]
        page.CropBox = [-20, -30, 590, 842]

    before = edit(contract_pdf(lines=4), crop)
    assert_upright(assert_only_stamps_added(before, stamp(tmp_path, before)))


@pytest.mark.parametrize(
    "tail",
    [
        b"0.2 0 0 0.2 300 300 cm",
        b"q q 3 0 0 3 0 0 cm",
        b"Q Q 2 0 0 2 50 50 cm",
        b"0 g 9 0 0 9 0 0 cm Q",
    ],
)
def test_an_unbalanced_graphics_state_does_not_move_the_stamps(tmp_path: Path, tail: bytes) -> None:
    def unbalance(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(b"\n" + tail + b"\n")

    before = edit(contract_pdf(lines=4), unbalance)
    assert_upright(assert_only_stamps_added(before, stamp(tmp_path, before)))


def test_inherited_page_attributes_are_kept(tmp_path: Path) -> None:
    after = stamp(tmp_path, PDF_WITH_INHERITED_ATTRIBUTES)
    assert_upright(assert_only_stamps_added(PDF_WITH_INHERITED_ATTRIBUTES, after))
    assert "Inherited" in page_texts(after)[0]
    assert render_pages(after)[0].size == (842, 595)


@pytest.mark.parametrize("lines", [16, 17])
def test_a_page_is_added_after_a_full_page(tmp_path: Path, lines: int) -> None:
    before = contract_pdf(lines=lines)
    after = stamp(tmp_path, before)
    assert page_texts(after)[:-1] == page_texts(before)
    assert page_texts(after)[-1].count(TITLE) == 2
    assert render_pages(after)[-1].size == render_pages(before)[-1].size


@pytest.mark.parametrize("size", ["60mm 300mm", "50mm 20mm", "120mm 70mm"])
def test_a_page_with_complete_stamps_is_added_after_a_too_small_page(
    tmp_path: Path, size: str
) -> None:
    before = contract_pdf(size=size, lines=10)
    after = stamp(tmp_path, before)
    assert len(page_texts(after)) == len(page_texts(before)) + 1
    assert page_texts(after)[-1].count(TITLE) == 2
    image = render_pages(after)[-1]
    box = ImageChops.invert(image).getbbox()
    assert box
    left, top, right, bottom = box
    assert min(left, top, image.width - right, image.height - bottom) >= 10


def test_invisible_text_is_not_covered(tmp_path: Path) -> None:
    """A scan may have a text layer, invisible, over the whole page."""

    def add_text_layer(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        font = next(iter(page.resources.Font.keys()))
        rows = "".join(f"1 0 0 1 20 {y} Tm <{f'{y:04X}' * 30}> Tj " for y in range(20, 420, 25))
        page.contents_add(f"q BT {font} 20 Tf 3 Tr {rows} ET Q\n".encode(), prepend=True)

    before = edit(contract_pdf(lines=12), add_text_layer)
    after = stamp(tmp_path, before)
    assert len(page_texts(after)) == len(page_texts(before)) + 1


@pytest.mark.parametrize("colour", ["white", "ivory", "black"])
def test_a_scan_is_stamped_where_it_is_empty(tmp_path: Path, colour: str) -> None:
    paper = Image.new("RGB", (1240, 1754), colour)
    ImageDraw.Draw(paper).rectangle((100, 100, 1100, 900), fill="grey")
    scan = BytesIO()
    paper.save(scan, "PDF", resolution=150)
    after = stamp(tmp_path, scan.getvalue())
    assert len(page_texts(after)) == 1
    old, new = render_pages(scan.getvalue())[0], render_pages(after)[0]
    box = ImageChops.difference(old, new).getbbox()
    assert box is not None
    assert box[1] > 900 * 72 / 150
    darkest, lightest = grey_range(old.crop(box))
    assert lightest - darkest < 4


def test_a_page_is_added_after_a_noisy_scan(tmp_path: Path) -> None:
    scan = BytesIO()
    Image.effect_noise((620, 877), 120).save(scan, "PDF", resolution=75)
    assert len(page_texts(stamp(tmp_path, scan.getvalue()))) == 2


def test_a_copy_is_reproducible(tmp_path: Path) -> None:
    assert make_copy(tmp_path, contract_pdf()) == make_copy(tmp_path, contract_pdf())


def test_only_the_last_of_500_pages_is_changed(tmp_path: Path) -> None:
    def multiply(pdf: pikepdf.Pdf) -> None:
        pdf.pages.extend([pdf.pages[0]] * 499)

    before = edit(contract_pdf(lines=3), multiply)
    after = stamp(tmp_path, before)
    assert len(page_texts(after)) == 500
    assert page_texts(after)[:-1] == page_texts(before)[:-1]
    assert page_texts(after)[-1].count(TITLE) == 2


def test_a_stamped_copy_can_be_stamped_again(tmp_path: Path) -> None:
    twice = stamp(tmp_path, stamp(tmp_path, contract_pdf(lines=2)))
    assert page_texts(twice)[0].count(TITLE) == 4


@pytest.mark.parametrize("value", ["OOO Romashka", ""])
def test_form_fields_are_not_covered(tmp_path: Path, value: str) -> None:
    before = form_pdf(value)
    after = stamp(tmp_path, before)
    assert len(page_texts(after)) == 1
    box = ImageChops.difference(render_pages(before)[0], render_pages(after)[0]).getbbox()
    assert box is not None
    assert box[3] <= 842 - FIELD_BOX[3], "the stamps are not above the field"


@pytest.mark.parametrize("drawn", ["Signed by hand", ""])
def test_the_copy_of_a_signed_pdf_has_no_broken_signature(tmp_path: Path, drawn: str) -> None:
    before = signed_pdf(drawn=drawn)
    after = stamp(tmp_path, before)
    with pikepdf.open(BytesIO(after)) as pdf:
        assert not pdf.Root.AcroForm.Fields
        assert "/Perms" not in pdf.Root
        assert "/SigFlags" not in pdf.Root.AcroForm
        assert not find_dictionaries(pdf, ["/ByteRange"])
        pictures = [str(annotation.Subtype) for annotation in pdf.pages[0].get("/Annots", [])]
        assert pictures == ["/Stamp"] * bool(drawn)
    assert "исходныйфайлбылужеподписан" in "".join(page_texts(after)[-1].split())
    left, bottom, right, top = FIELD_BOX
    picture = render_pages(after)[0].crop((left, 842 - top, right, 842 - bottom))
    assert (grey_range(picture)[0] < 128) == bool(drawn)


def test_other_fields_of_a_signed_form_stay(tmp_path: Path) -> None:
    def add_text_field(pdf: pikepdf.Pdf) -> None:
        field = pikepdf.Dictionary(T=pikepdf.String("city"), FT=pikepdf.Name.Tx)
        pdf.Root.AcroForm.Fields.append(pdf.make_indirect(field))

    after = stamp(tmp_path, edit(signed_pdf(), add_text_field))
    with pikepdf.open(BytesIO(after)) as pdf:
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields] == ["city"]


def test_the_copy_of_an_encrypted_pdf_is_not_encrypted(tmp_path: Path) -> None:
    before = BytesIO()
    with pikepdf.open(BytesIO(contract_pdf())) as pdf:
        pdf.save(before, encryption=pikepdf.Encryption(owner="owner", user=""))
    after = stamp(tmp_path, before.getvalue())
    with pikepdf.open(BytesIO(after)) as pdf:
        assert not pdf.is_encrypted
    assert page_texts(after)[-1].count(TITLE) == 2
