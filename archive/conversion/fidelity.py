"""Is the text of the source in the PDF? Runs in a confined process: no Django, no database."""

import os
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from archive.conversion.words import missing, recall, words

SHOWN = 10
DRAWN = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)


def measure_in_child(source: int, pdf: int, *, kind: str) -> tuple[dict[str, Any], bytes]:
    """The work "measure": pages, whether all are blank, the recall of words, and lost ones.

    Without a source of a kind whose text can be read (a PDF itself) the recall is None.
    """
    with os.fdopen(pdf, "rb") as file, pypdfium2.PdfDocument(file) as document:
        pages, blank, text = len(document), True, []
        for page in document:
            text.append(page.get_textpage().get_text_bounded())
            blank = blank and not text[-1].strip() and not _draws(page)
    measured: dict[str, Any] = {"pages": pages, "blank": blank, "recall": None, "lost": []}
    if kind in ("docx", "xlsx"):
        # Heavy to import and needed once a conversion: not in the warm process.
        from archive.conversion import source_text

        wanted = words(source_text.read(source, kind))
        lost = missing(wanted, "\n".join(text))
        measured["recall"] = recall(wanted, lost)
        measured["lost"] = [word for word, _ in lost.most_common(SHOWN)]
    return measured, b""


def _draws(page: pypdfium2.PdfPage) -> bool:
    return next(page.get_objects(filter=DRAWN, max_depth=3), None) is not None
