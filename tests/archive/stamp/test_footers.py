"""The line below every page of the stamped copy."""

from pathlib import Path

import pikepdf
import pytest
from PIL import ImageChops

from archive.stamp.footers import STRIP_HEIGHT
from tests.support.documents.packages import contract_pdf
from tests.support.documents.stamped_copies import (
    DOCUMENT_ID,
    cut_strips,
    edit,
    make_copy,
    page_texts,
    render_pages,
)

PDF_OF_TWO_PAGES_WITH_COMMON_RESOURCES = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R 6 0 R]/Count 2/MediaBox[0 0 595 842]>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Resources 5 0 R>> endobj
5 0 obj <</XObject<<>>>> endobj
6 0 obj <</Type/Page/Parent 2 0 R/Resources 5 0 R>> endobj
trailer <</Root 1 0 R>>
"""


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("size", ["A4", "50mm 300mm"])
def test_every_page_has_its_number_below_it(tmp_path: Path, rotation: int, size: str) -> None:
    """Upright, on a strip of its own, so that nothing of the page is covered or moved."""

    def rotate_and_bleed(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.Rotate = rotation
            page.contents_add(
                b"\n0 0 0 rg -50 -50 2000 30 re 0 842 2000 50 re f q 9 0 0 9 0 0 cm\n"
            )

    before = edit(contract_pdf(lines=18, pages=2, size=size), rotate_and_bleed)
    copy = make_copy(tmp_path, before)
    pages = page_texts(copy)
    assert len(pages) >= 3
    for number, text in enumerate(pages, 1):
        assert f"Документ {DOCUMENT_ID}, страница {number} из {len(pages)}" in text
    cut = render_pages(cut_strips(copy))
    for old, new in zip(render_pages(before)[:-1], cut, strict=False):
        assert old.size == new.size
        assert ImageChops.difference(old, new).getextrema() == (0, 0)
    for image, old in zip(render_pages(copy), cut, strict=True):
        strip = image.crop((0, old.height + 1, *image.size))
        assert image.width == old.width
        assert strip.height == pytest.approx(STRIP_HEIGHT, abs=2)
        assert strip.getpixel((1, strip.height // 2)) == 255
        ink = ImageChops.invert(strip).getbbox()
        assert ink
        assert ink[2] - ink[0] > 5 * (ink[3] - ink[1]), "the line is not upright"


def test_pages_that_share_their_resources_have_their_own_numbers(tmp_path: Path) -> None:
    texts = page_texts(make_copy(tmp_path, PDF_OF_TWO_PAGES_WITH_COMMON_RESOURCES))
    assert ["страница 1 из 2" in texts[0], "страница 2 из 2" in texts[1]] == [True, True]
