"""What a reader sees of a page: its text with form values and annotations, and what it lacks.

pdfium's text of a page is that of the page's own content. It draws form fields and annotations
itself, also those without a stored appearance; flattening makes them content, and so text.
"""

import unicodedata
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from archive.pdf_content.annotations import (
    Box,
    FieldValue,
    read_annotations,
    remove_invisible,
)

_EDGE = 2.0  # points by which letters may stand out of their field


@dataclass(frozen=True)
class PageView:
    """The text that a page shows, and what is in the file but not on the page.

    ``field_names`` are the form fields that have a place on the page. ``prints_differently`` is
    true when something is on the screen and not on paper, or the other way round.
    """

    text: str
    unseen_values: tuple[FieldValue, ...] = ()
    comments: tuple[str, ...] = ()
    field_names: frozenset[str] = frozenset()
    prints_differently: bool = False
    has_multimedia: bool = False

    @property
    def complete_text(self) -> str:
        """The shown text, followed by the form values that the page does not show."""
        lines = [self.text, *(f"{field.name}: {field.value}" for field in self.unseen_values)]
        return "\n".join(line for line in lines if line)


def read_page_view(document: pypdfium2.PdfDocument, index: int) -> PageView:
    """The view of page ``index`` (from 0) of a document opened with `opening.open_document`.

    Flattens the page in memory: it has no form fields and annotations afterwards.
    """
    page = document[index]
    annotations = read_annotations(page)
    text = flatten_page(document, index, page).get_textpage()
    page_text = text.get_text_bounded()
    field_values: list[FieldValue] = []
    for annotation in annotations:
        inside = _read_inside(text, annotation.box) if annotation.is_on_screen else ""
        values = [value for value in annotation.values if _letters(value) not in _letters(inside)]
        field_values += [FieldValue(annotation.field_name, value) for value in values]
    comments = [
        annotation.comment
        for annotation in annotations
        if _letters(annotation.comment) not in _letters(page_text)
    ]
    return PageView(
        text=page_text,
        unseen_values=tuple(dict.fromkeys(field_values)),
        comments=tuple(comments),
        field_names=frozenset(annotation.field_name for annotation in annotations),
        prints_differently=any(annotation.prints_differently for annotation in annotations),
        has_multimedia=any(annotation.is_multimedia for annotation in annotations),
    )


def load_flattened_page(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """Page ``index`` with its visible form fields and annotations as page content, in memory."""
    return flatten_page(document, index, document[index])


def flatten_page(
    document: pypdfium2.PdfDocument, index: int, page: pypdfium2.PdfPage
) -> pypdfium2.PdfPage:
    """`load_flattened_page` for a loaded ``page``, which is closed if it has annotations."""
    if not pdfium.FPDFPage_GetAnnotCount(page):
        return page
    remove_invisible(page)
    _draw_missing_appearances(page)
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return document[index]


def _draw_missing_appearances(page: pypdfium2.PdfPage) -> None:
    """Has pdfium draw annotations without an appearance, which it does when rendering starts."""
    bitmap = pypdfium2.PdfBitmap.new_native(1, 1, pdfium.FPDFBitmap_Gray)
    pause = pdfium.IFSDK_PAUSE(version=1)
    callback = type(pause.NeedToPauseNow)(lambda _: 1)
    pause.NeedToPauseNow = callback
    pdfium.FPDF_RenderPageBitmap_Start(bitmap, page, 0, 0, 1, 1, 0, pdfium.FPDF_ANNOT, pause)
    pdfium.FPDF_RenderPage_Close(page)


def _read_inside(text: pypdfium2.PdfTextPage, box: Box) -> str:
    """The text in ``box``. A field can be too small for its value."""
    left, bottom, right, top = box
    return str(text.get_text_bounded(left - _EDGE, bottom - _EDGE, right + _EDGE, top + _EDGE))


def _letters(text: str) -> str:
    """``text`` in a form for comparison: without spaces, line ends and invisible characters."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(char for char in normal if unicodedata.category(char)[0] not in "ZC")
