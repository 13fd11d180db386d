"""The text of a PDF, for comparing. Runs in a confined process: no Django, no database."""

from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from archive.pdf_content.page_view import load_flattened_page

# In heights of a letter: a horizontal gap this wide is a space, and a vertical distance this large
# is another line, or a footnote mark.
MIN_SPACE = 0.18
MIN_LINE_STEP = 0.2


def extract_text(document: pypdfium2.PdfDocument) -> str:
    """The text as pdfium assembles it.

    pdfium sometimes joins words of neighbouring columns, and footnote marks with the word before.
    """
    return "\n".join(text.get_text_bounded() for text in _iter_texts(document))


def extract_spaced_text(document: pypdfium2.PdfDocument) -> str:
    """The text with a space wherever letters stand apart; many times slower than `extract_text`."""
    return "\n".join("".join(_iter_spaced(text)) for text in _iter_texts(document))


def _iter_texts(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfTextPage]:
    """The text of each page, with the values of form fields: LibreOffice makes fields."""
    for index in range(len(document)):
        yield load_flattened_page(document, index).get_textpage()


def _iter_spaced(text: pypdfium2.PdfTextPage) -> Iterator[str]:
    right_edge = bottom = None
    for index in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, index))
        # The loose box has the height of the font, so that a comma is on the line of its word.
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(text, index, box)
        height = max(box.top - box.bottom, 1.0)
        if right_edge is not None and bottom is not None:
            is_apart = not -height < box.left - right_edge < MIN_SPACE * height
            if is_apart or abs(box.bottom - bottom) > MIN_LINE_STEP * height:
                yield " "
        yield char
        right_edge, bottom = box.right, box.bottom
