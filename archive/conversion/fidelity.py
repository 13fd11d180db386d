"""The share of the source text that is in the PDF. Runs in a confined process, without Django."""

import os
from collections import Counter
from typing import Any

import pypdfium2

from archive.conversion import pdf_text
from archive.conversion.word_recall import missing_words, split_words, word_recall
from archive.pdf_content.opening import open_document
from archive.pdf_content.shown import shows_content

MISSING_SAMPLE = 10
COMPARED_FORMATS = ("docx", "xlsx")


def measure_in_child(source: int, pdf: int, *, file_format: str) -> tuple[dict[str, Any], bytes]:
    """The function "measure": {"pages", "blank", "recall", "missing"}.

    "blank" is true when no page shows anything. "recall" is the share of the source's words that
    are in the PDF, None when the source's format is not one of COMPARED_FORMATS. "missing" is a
    sample of the other words.
    """
    with os.fdopen(pdf, "rb") as file, open_document(file) as document:
        is_blank = not shows_content(document)
        text = pdf_text.extract_text(document)
        measures: dict[str, Any] = {
            "pages": len(document),
            "blank": is_blank,
            "recall": None,
            "missing": [],
        }
        if file_format in COMPARED_FORMATS:
            words, missing = _compare(source, file_format, text, document)
            measures["recall"] = word_recall(words, missing)
            measures["missing"] = [word for word, _ in missing.most_common(MISSING_SAMPLE)]
    return measures, b""


def _compare(
    source: int, file_format: str, text: str, document: pypdfium2.PdfDocument
) -> tuple[list[str], Counter[str]]:
    """The source's words, and those of them that neither way of reading the PDF contains."""
    # Imported late: it is heavy and needed only once per conversion, not in the warm process.
    from archive.conversion import source_text

    words = split_words(source_text.read(source, file_format))
    missing = missing_words(words, text)
    if missing:
        missing &= missing_words(words, pdf_text.extract_spaced_text(document))
    return words, missing
