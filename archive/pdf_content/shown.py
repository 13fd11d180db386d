"""Whether the pages of a PDF show anything at all."""

import io

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

SMALL_SIDE = 300  # pixels; enough to tell most pages from blank ones
LARGE_SIDE = 1600  # pixels; for pages that look blank at the small size
MAX_RENDERED_PIXELS = 12_000_000  # rendering larger images takes too long for an inspection
MAX_NESTING = 3  # levels of form XObjects
DRAFT_SIZE = (200, 200)  # pixels; a JPEG is decoded many times faster at this size


def shows_content(document: pypdfium2.PdfDocument) -> bool:
    """Whether at least one page shows something to a reader.

    A blank page shows nothing, and neither does a page with nothing but an image that cannot be
    decoded. Stops at the first page that shows something.
    """
    return any(_page_shows_content(page) for page in document)


def _page_shows_content(page: pypdfium2.PdfPage) -> bool:
    large_images = [image for image in _find_images(page) if _is_large(image)]
    if large_images:
        return _has_visible_text(page) or any(_can_decode(image) for image in large_images)
    if not _is_blank(page, SMALL_SIDE):
        return True
    return _has_objects(page) and not _is_blank(page, LARGE_SIDE)


def _find_images(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfImage]:
    objects = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=MAX_NESTING)
    return [image for image in objects if isinstance(image, pypdfium2.PdfImage)]


def _is_large(image: pypdfium2.PdfImage) -> bool:
    width, height = image.get_px_size()
    return bool(width * height > MAX_RENDERED_PIXELS)


def _has_visible_text(page: pypdfium2.PdfPage) -> bool:
    texts = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=MAX_NESTING)
    return any(
        pdfium.FPDFTextObj_GetTextRenderMode(text) != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        for text in texts
    )


def _has_objects(page: pypdfium2.PdfPage) -> bool:
    return bool(pdfium.FPDFPage_CountObjects(page) or pdfium.FPDFPage_GetAnnotCount(page))


def _is_blank(page: pypdfium2.PdfPage, side: int) -> bool:
    """Whether the page, rendered with its longer side of ``side`` pixels, has a single colour."""
    scale = side / max(page.get_size())
    darkest, lightest = page.render(scale=scale, grayscale=True).to_pil().getextrema()
    return bool(darkest == lightest)


def _can_decode(image: pypdfium2.PdfImage) -> bool:
    """Whether a large image can be shown. Only a JPEG is decoded: others would take too long."""
    filters = image.get_filters(skip_simple=True)
    if not filters or not {"DCTDecode", "JPXDecode"} & set(filters):
        return True
    try:
        with Image.open(io.BytesIO(image.get_data(decode_simple=True))) as picture:
            if "DCTDecode" in filters:
                picture.draft("L", DRAFT_SIZE)
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
