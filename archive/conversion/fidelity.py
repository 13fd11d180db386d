"""The share of the source text that is in the PDF. Runs in a confined process, without Django."""

import os
import re
from collections import Counter
from typing import Any

import pypdfium2

from archive.conversion import pdf_text
from archive.conversion.word_recall import (
    forgive_broken_blocks,
    missing_words,
    split_words,
    word_recall,
)
from archive.pdf_content.opening import open_document
from archive.pdf_content.visible_content import shows_content

MISSING_SAMPLE = 10
# What a spreadsheet program shows in place of a number that is wider than its column.
_HASHES = re.compile(r"#{3,}")


def measure_in_child(
    pdf: int, *sources: int, file_formats: list[str]
) -> tuple[dict[str, Any], bytes]:
    """The function "measure": {"pages", "blank", "recall", "missing", "hashes"}.

    "blank" is true when no page shows anything. "recall" is the share of the words of the sources
    that are in the PDF, None without a source. "missing" is a sample of the other words. "hashes"
    is true when the PDF has «###» that no source has.
    """
    with os.fdopen(pdf, "rb") as file, open_document(file) as document:
        is_blank = not shows_content(document)
        text = pdf_text.extract_text(document)
        measures: dict[str, Any] = {
            "pages": len(document),
            "blank": is_blank,
            "recall": None,
            "missing": [],
            "hashes": False,
        }
        comparison = _Comparison(document, text)
        for source, file_format in zip(sources, file_formats, strict=True):
            comparison.compare(source, file_format)
        if sources:
            measures["recall"] = comparison.recall
            measures["missing"] = [
                word for word, _ in comparison.missing.most_common(MISSING_SAMPLE)
            ]
            measures["hashes"] = len(_HASHES.findall(text)) > comparison.hashes
    return measures, b""


class _Comparison:
    """The words of the sources that a PDF does not show, in either way of reading it."""

    def __init__(self, document: pypdfium2.PdfDocument, text: str) -> None:
        self.recall = 1.0
        self.missing: Counter[str] = Counter()
        self.hashes = 0
        self._document = document
        self._text = text
        self._spaced_text = ""

    def compare(self, source: int, file_format: str) -> None:
        """Adds what the PDF lacks of one source."""
        # Imported late: it is heavy and needed only once per conversion, not in the warm process.
        from archive.conversion.source.read import read_blocks

        with os.fdopen(source, "rb") as file:
            blocks = read_blocks(file, file_format).for_pages(len(self._document))
        words = [word for block in blocks for word in split_words(block)]
        missing = missing_words(words, self._text)
        if missing:
            self._spaced_text = self._spaced_text or pdf_text.extract_spaced_text(self._document)
            missing &= missing_words(words, self._spaced_text)
            for text in (self._text, self._spaced_text):
                missing = forgive_broken_blocks(blocks, missing, text)
        self.recall = min(self.recall, word_recall(words, missing))
        self.missing |= missing
        self.hashes = max(self.hashes, sum(len(_HASHES.findall(block)) for block in blocks))
