"""The text of a PDF, for comparing. Runs in a confined process: no Django, no database."""

from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

# Of the height of a letter: a gap this wide is a space, a step this high another line or note.
GAP = 0.18
STEP = 0.2


def extract_text(document: pypdfium2.PdfDocument) -> str:
    """The text as pdfium puts it together. It runs words of neighbouring columns together at
    times, and notes into the words before them."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def extract_spaced_text(document: pypdfium2.PdfDocument) -> str:
    """The text with a space wherever letters stand apart; many times slower than `plain`."""
    return "\n".join("".join(_spaced(page.get_textpage())) for page in document)


def _spaced(text: pypdfium2.PdfTextPage) -> Iterator[str]:
    edge = base = None
    for place in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, place))
        # The loose box is that of the font, so that a comma stands on the line of its word.
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(text, place, box)
        height = max(box.top - box.bottom, 1.0)
        if edge is not None and base is not None:
            apart = not -height < box.left - edge < GAP * height
            if apart or abs(box.bottom - base) > STEP * height:
                yield " "
        yield char
        edge, base = box.right, box.bottom
