"""Comparing a stamped copy with its document: does it show everything that the document shows?

Runs in a confined process (`archive.isolation`): no Django. The copy cannot be made anew and
compared byte by byte, because its bytes depend on the versions of libraries.
"""

import os
import unicodedata
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageFilter

from archive.pdf_content.opening import open_document

MAX_LOOKS = 30  # pages of which the look is compared; the text is compared on all
RENDERED_SIDE = 1200  # pixels
MIN_CONTRAST = 48  # grey levels by which a pixel is another one
_IS_CONTRAST = [0] * MIN_CONTRAST + [255] * (256 - MIN_CONTRAST)
MAX_OTHER_PIXELS = 20  # letters are drawn a little differently on a page of another size
MAX_FOOTER_LETTERS = 200  # what the copy adds to every page


def find_difference_in_child(document: int, copy: int) -> tuple[dict[str, Any], bytes]:
    """The function "find_copy_difference": ``page`` is the first page that differs, 0 if none."""
    with os.fdopen(os.dup(document), "rb") as first, os.fdopen(os.dup(copy), "rb") as second:
        return {"page": find_difference(first, second)}, b""


def find_difference(document: BinaryIO, copy: BinaryIO) -> int:
    """The number of the first page of ``document`` that ``copy`` shows otherwise; 0 if none.

    The copy may have a page more, a line below every page, and stamps in blank space of the last
    page. The look of pages with annotations is not compared: the copy may have turned signature
    fields into pictures.
    """
    original, stamped = open_document(document), open_document(copy)
    try:
        count = len(original)
        if len(stamped) not in {count, count + 1}:
            return min(count, len(stamped)) + 1
        for index in range(count):
            has_stamps = index == count - 1 == len(stamped) - 1
            if _is_different(original[index], stamped[index], index, has_stamps=has_stamps):
                return index + 1
        return 0
    finally:
        stamped.close()
        original.close()


def _is_different(
    page: pypdfium2.PdfPage, copy: pypdfium2.PdfPage, index: int, *, has_stamps: bool
) -> bool:
    has_annotations = bool(pdfium.FPDFPage_GetAnnotCount(page))
    may_add_text = has_stamps or has_annotations
    if _has_other_text(page, copy, may_add_text=may_add_text):
        return True
    if has_annotations or index >= MAX_LOOKS:
        return False
    return _looks_different(page, copy, has_stamps=has_stamps)


def _has_other_text(
    page: pypdfium2.PdfPage, copy: pypdfium2.PdfPage, *, may_add_text: bool
) -> bool:
    text = page.get_textpage().get_text_range()
    copied = _letters(copy.get_textpage().get_text_range())
    if any(_letters(line) not in copied for line in text.splitlines()):
        return True
    return not may_add_text and len(copied) > len(_letters(text)) + MAX_FOOTER_LETTERS


def _looks_different(page: pypdfium2.PdfPage, copy: pypdfium2.PdfPage, *, has_stamps: bool) -> bool:
    scale = min(2.0, RENDERED_SIDE / max(page.get_size()))
    look = _render(page, scale)
    copied = _render(copy, scale).crop((0, 0, *look.size))
    other = _find_other_pixels(look, copied)
    if has_stamps:
        contrast = ImageChops.subtract(*_neighbours(look))
        other = ImageChops.darker(other, contrast.point(_IS_CONTRAST))
    return other.histogram()[255] > MAX_OTHER_PIXELS


def _find_other_pixels(look: Image.Image, copied: Image.Image) -> Image.Image:
    """White (255) where a pixel of one image has no like among its neighbours in the other."""
    other = Image.new("L", look.size)
    for one, two in ((look, copied), (copied, look)):
        lightest, darkest = _neighbours(two)
        outside = ImageChops.lighter(
            ImageChops.subtract(darkest, one), ImageChops.subtract(one, lightest)
        )
        other = ImageChops.lighter(other, outside.point(_IS_CONTRAST))
    return other


def _neighbours(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """For each pixel the lightest and the darkest among it and its neighbours."""
    return image.filter(ImageFilter.MaxFilter(3)), image.filter(ImageFilter.MinFilter(3))


def _render(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image


def _letters(text: str) -> str:
    """``text`` without spaces, line ends and invisible characters."""
    return "".join(char for char in text if unicodedata.category(char)[0] not in "ZC")
