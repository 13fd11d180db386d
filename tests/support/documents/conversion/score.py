"""Scoring a PDF: how much of a sample's content it shows."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from archive.conversion import pdf_text
from archive.conversion.builtin.word.numerals import replace_symbol_characters
from archive.conversion.word_recall import missing_words, normalise_text, split_words
from tests.support.documents.conversion.samples import Sample


@dataclass(frozen=True)
class Score:
    """Counts of one conversion, each as (found, expected)."""

    words: tuple[int, int]
    numbers: tuple[int, int]
    cells: tuple[int, int]
    labels: tuple[int, int]
    order: float  # 1.0: all words are in the expected order
    pages: int
    images: tuple[int, int]
    missing: list[str]  # expected but not found
    leaked: list[str]  # found, but should be hidden


def score(sample: Sample, pdf: Path) -> Score:
    """Compares the PDF with the sample's expected content."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = len(document)
        text = pdf_text.extract_text(document)
        spaced_text = pdf_text.extract_spaced_text(document)
        images = {
            (number, image.get_bounds())
            for number, page in enumerate(document)
            for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4)
        }
    words = split_words(" ".join([*sample.text, *sample.unordered_text]))
    missing = missing_words(words, text) & missing_words(words, spaced_text)
    numbers = [word for word in words if any(char.isdigit() for char in word)]
    missing_numbers = missing_words(numbers, text) & missing_words(numbers, spaced_text)
    joined = _join(text)
    cells = [cell for cell in sample.cells if _join(cell) in joined]
    labels = [pair for pair in sample.labels if _join("".join(pair)) in joined]
    return Score(
        words=(len(words) - missing.total(), len(words)),
        numbers=(len(numbers) - missing_numbers.total(), len(numbers)),
        cells=(len(cells), len(sample.cells)),
        labels=(len(labels), len(sample.labels)),
        order=_order(split_words(" ".join(sample.text)), split_words(spaced_text)),
        pages=pages,
        images=(min(len(images), sample.images), sample.images),
        missing=[
            *missing,
            *(f"cell {cell}" for cell in sample.cells if cell not in cells),
            *(f"label {' '.join(pair)}" for pair in sample.labels if pair not in labels),
        ],
        leaked=[text for text in sample.hidden_text if _join(text) in joined],
    )


def _join(text: str) -> str:
    """The text without spaces."""
    return re.sub(r"\s+", "", normalise_text(replace_symbol_characters(text)))


def _order(expected: list[str], actual: list[str]) -> float:
    """The share of words in the expected order, among those that occur once on both sides.

    It is the length of the longest increasing subsequence of their positions.
    """
    expected_counts, actual_counts = Counter(expected), Counter(actual)
    positions = {word: position for position, word in enumerate(actual)}
    sequence = [
        positions[word] for word in expected if expected_counts[word] == actual_counts[word] == 1
    ]
    ends: list[int] = []  # the smallest end of an increasing subsequence of each length
    for position in sequence:
        index = bisect_left(ends, position)
        ends[index : index + 1] = [position]
    return len(ends) / len(sequence) if sequence else 1.0
