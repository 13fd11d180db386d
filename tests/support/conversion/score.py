"""How much of a sample is in the PDF made of it."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from archive.conversion import pdf_text
from archive.conversion.builtin.word.numerals import readable
from archive.conversion.word_recall import missing_words, normalise_text, split_words
from tests.support.conversion.samples import Sample


@dataclass(frozen=True)
class Score:
    """Counts of one conversion: (found, of how many), and the rest of what is compared."""

    words: tuple[int, int]
    numbers: tuple[int, int]
    cells: tuple[int, int]
    labels: tuple[int, int]
    order: float  # 1: everything in its order
    pages: int
    images: tuple[int, int]
    lost: list[str]  # what was not found, and what should not have been
    leaked: list[str]


def score(sample: Sample, pdf: Path) -> Score:
    """Compares the PDF with what the sample has to show."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = len(document)
        text = pdf_text.extract_text(document)
        spaced = pdf_text.extract_spaced_text(document)
        pictures = {
            (number, item.get_bounds())
            for number, page in enumerate(document)
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4)
        }
    wanted = split_words(" ".join([*sample.flow, *sample.anywhere]))
    lost = missing_words(wanted, text) & missing_words(wanted, spaced)
    numbers = [word for word in wanted if any(char.isdigit() for char in word)]
    lost_numbers = missing_words(numbers, text) & missing_words(numbers, spaced)
    run_on = _run_on(text)
    cells = [cell for cell in sample.cells if _run_on(cell) in run_on]
    labels = [pair for pair in sample.labels if _run_on("".join(pair)) in run_on]
    return Score(
        words=(len(wanted) - lost.total(), len(wanted)),
        numbers=(len(numbers) - lost_numbers.total(), len(numbers)),
        cells=(len(cells), len(sample.cells)),
        labels=(len(labels), len(sample.labels)),
        order=_order(split_words(" ".join(sample.flow)), split_words(spaced)),
        pages=pages,
        images=(min(len(pictures), sample.images), sample.images),
        lost=[
            *lost,
            *(f"cell {cell}" for cell in sample.cells if cell not in cells),
            *(f"label {' '.join(pair)}" for pair in sample.labels if pair not in labels),
        ],
        leaked=[word for word in sample.absent if _run_on(word) in run_on],
    )


def _run_on(text: str) -> str:
    return re.sub(r"\s+", "", normalise_text(readable(text)))


def _order(wanted: list[str], found: list[str]) -> float:
    """Of the words that occur once on both sides, the share that stand in the wanted order."""
    once = Counter(wanted)
    places = {word: place for place, word in enumerate(found)}
    there = Counter(found)
    sequence = [places[word] for word in wanted if once[word] == there[word] == 1]
    rising: list[int] = []  # the smallest end of a rising sequence of every length
    for place in sequence:
        at = bisect_left(rising, place)
        rising[at : at + 1] = [place]
    return len(rising) / len(sequence) if sequence else 1.0
