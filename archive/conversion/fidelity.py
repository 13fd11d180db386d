"""Is the text of the source in the PDF? Runs in a confined process: no Django, no database."""

import os
from collections import Counter
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from archive.conversion import pdf_text
from archive.conversion.word_recall import missing_words, split_words, word_recall

SHOWN = 10
COMPARED = ("docx", "xlsx")
DRAWN = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)


def measure_in_child(source: int, pdf: int, *, kind: str) -> tuple[dict[str, Any], bytes]:
    """The work "measure": pages, whether all are blank, the recall of words, and lost ones.

    Without a source of a kind whose text can be read (a PDF itself) the recall is None.
    """
    with os.fdopen(pdf, "rb") as file, pypdfium2.PdfDocument(file) as document:
        text = pdf_text.extract_text(document)
        measured: dict[str, Any] = {
            "pages": len(document),
            "blank": not text.strip() and not any(_draws(page) for page in document),
            "recall": None,
            "lost": [],
        }
        if kind in COMPARED:
            wanted, lost = _compared(source, kind, text, document)
            measured["recall"] = word_recall(wanted, lost)
            measured["lost"] = [word for word, _ in lost.most_common(SHOWN)]
    return measured, b""


def _compared(
    source: int, kind: str, text: str, document: pypdfium2.PdfDocument
) -> tuple[list[str], Counter[str]]:
    """The source's words, and those that are in the PDF's text neither way it can be read."""
    # Heavy to import and needed once a conversion: not in the warm process.
    from archive.conversion import source_text

    wanted = split_words(source_text.read(source, kind))
    lost = missing_words(wanted, text)
    if lost:
        lost &= missing_words(wanted, pdf_text.extract_spaced_text(document))
    return wanted, lost


def _draws(page: pypdfium2.PdfPage) -> bool:
    return next(page.get_objects(filter=DRAWN, max_depth=3), None) is not None
