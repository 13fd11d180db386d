"""Whether the pages of a PDF show anything at all."""

import io
import itertools

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

SMALL_SIDE = 300  # pixels; enough to tell most pages from blank ones
LARGE_SIDE = 1600  # pixels; for pages that look blank at the small size
MAX_RENDERED_PIXELS = 12_000_000  # rendering larger images takes too long for an inspection
MAX_RENDERED_OBJECTS = 5_000  # a drawing with more takes too long as well, and is not blank
JPEG_2000_COST = 10  # compared with a JPEG
MAX_NESTING = 3  # levels of form XObjects
DRAFT_SIZE = (200, 200)  # pixels; a JPEG is decoded many times faster at this size


def shows_content(document: pypdfium2.PdfDocument) -> bool:
    """Whether at least one page shows something to a reader.

    A blank page shows nothing, and neither does a page with nothing but an image that cannot be
    decoded. Stops at the first page that shows something.
    """
    return any(_page_shows_content(page) for page in document)


def _page_shows_content(page: pypdfium2.PdfPage) -> bool:
    objects = _count_objects(page)
    if objects > MAX_RENDERED_OBJECTS:
        return True
    images = _find_images(page)
    if sum(_estimate_pixels(image) for image in images) > MAX_RENDERED_PIXELS:
        return _has_visible_text(page) or any(_can_decode(image) for image in images)
    if not _is_blank(page, SMALL_SIDE):
        return True
    is_empty = not objects and not pdfium.FPDFPage_GetAnnotCount(page)
    return not is_empty and not _is_blank(page, LARGE_SIDE)


def _count_objects(page: pypdfium2.PdfPage) -> int:
    """The objects of the page and of its form XObjects, up to MAX_RENDERED_OBJECTS and one more."""
    objects = page.get_objects(max_depth=MAX_NESTING)
    return sum(1 for _ in itertools.islice(objects, MAX_RENDERED_OBJECTS + 1))


def _find_images(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfImage]:
    objects = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=MAX_NESTING)
    return [image for image in objects if isinstance(image, pypdfium2.PdfImage)]


def _estimate_pixels(image: pypdfium2.PdfImage) -> int:
    """The number of pixels; those of JPEG 2000 count more because they take longer to decode."""
    width, height = image.get_px_size()
    is_slow = "JPXDecode" in image.get_filters(skip_simple=True)
    return int(width * height * (JPEG_2000_COST if is_slow else 1))


def _has_visible_text(page: pypdfium2.PdfPage) -> bool:
    texts = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=MAX_NESTING)
    return any(
        pdfium.FPDFTextObj_GetTextRenderMode(text) != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        for text in texts
    )


def _is_blank(page: pypdfium2.PdfPage, side: int) -> bool:
    """Whether the page, rendered with its longer side of ``side`` pixels, has a single colour."""
    scale = side / max(page.get_size())
    darkest, lightest = page.render(scale=scale, grayscale=True).to_pil().getextrema()
    return bool(darkest == lightest)


def _can_decode(image: pypdfium2.PdfImage) -> bool:
    """Whether an image can be shown. Only a JPEG is decoded, others would take too long."""
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
