"""Documents whose layout follows from the file: where blocks stand, lines on a page, pages.

They have the habits of several programs: exact line pitches and frames of Word, direct formatting
and layout tables of web editors, narrow columns and fixed row heights of accounting programs.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import xlsxwriter
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Cm, Pt

from tests.support.documents.conversion.samples import WordBuilder

A4 = (595.3, 841.9)
_MARGIN = 56.7  # 2 cm, in points
_PITCH = 14.0
_LINES = int((A4[1] - 2 * _MARGIN) // _PITCH)
# Points: a letter's own side bearings, and the difference between two fonts of one width.
_TOLERANCE_X, _TOLERANCE_Y = 4.0, 8.0


@dataclass(frozen=True)
class Place:
    """Where a text stands: its page (from 0), and distances from the page's left or right edge,
    and from its top, in points. None is not checked."""

    text: str
    page: int
    left: float | None = None
    right: float | None = None
    top: float | None = None


@dataclass
class LayoutSample:
    """A document, and the layout that its PDF must have."""

    name: str
    file_format: str
    data: bytes
    places: list[Place] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # on each page; empty: not checked
    pages: int = 1


@dataclass(frozen=True)
class LayoutScore:
    """Counts of one conversion, each as (as expected, all)."""

    places: tuple[int, int]
    lines: tuple[int, int]
    pages: tuple[int, int]
    misplaced: list[str]


def score_layout(sample: LayoutSample, pdf: Path) -> LayoutScore:
    """Compares the PDF with the sample's layout."""
    with pypdfium2.PdfDocument(pdf) as document:
        misplaced = [place.text for place in sample.places if not _is_in_place(document, place)]
        lines = [len(page.get_textpage().get_text_bounded().split("\r\n")) for page in document]
        pages = len(document)
    same_lines = sum(a == b for a, b in zip(sample.lines, lines, strict=False))
    return LayoutScore(
        places=(len(sample.places) - len(misplaced), len(sample.places)),
        lines=(same_lines, len(sample.lines)),
        pages=(int(pages == sample.pages), 1),
        misplaced=misplaced,
    )


def _is_in_place(document: pypdfium2.PdfDocument, place: Place) -> bool:
    if place.page >= len(document):
        return False
    page = document[place.page]
    text = page.get_textpage()
    match = text.search(place.text, match_case=True).get_next()
    if match is None:
        return False
    first, count = match
    left, _, _, top = text.get_charbox(first)
    _, _, right, _ = text.get_charbox(first + count - 1)
    width, height = page.get_size()
    return all(
        expected is None or abs(expected - actual) <= tolerance
        for expected, actual, tolerance in (
            (place.left, left, _TOLERANCE_X),
            (place.right, width - right, _TOLERANCE_X),
            (place.top, height - top, _TOLERANCE_Y),
        )
    )


def _word(name: str) -> WordBuilder:
    """A4 with margins of 2 cm, and a font whose substitute has the same widths."""
    word = WordBuilder(name)
    section = word.document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    style: Any = word.document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.paragraph_format.space_after = Pt(0)
    return word


def exact_pitch() -> LayoutSample:
    """Lines of a fixed height, so the pages break where the height of the page says."""
    word = _word("lines of an exact pitch")
    count = 2 * _LINES + 10
    places = []
    for number in range(count):
        paragraph = word.paragraph(f"Строка номер {number}.")
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(_PITCH)
        page, line = divmod(number, _LINES)
        top = _MARGIN + line * _PITCH + 3
        places.append(Place(f"Строка номер {number}.", page, left=_MARGIN, top=top))
    lines = [_LINES, _LINES, 10]
    return LayoutSample("exact pitch", "docx", word.build().data, places, lines, 3)


def indents() -> LayoutSample:
    word = _word("indents and alignment")
    places = []
    for number in range(8):
        paragraph = word.paragraph(f"Отступ {number}.")
        paragraph.paragraph_format.left_indent = Cm(number)
        places.append(Place(f"Отступ {number}.", 0, left=_MARGIN + number * 28.35))
    for number in range(4):
        paragraph = word.paragraph(f"Справа {number}.")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Cm(number)
        places.append(Place(f"Справа {number}.", 0, right=_MARGIN + number * 28.35))
    return LayoutSample("indents", "docx", word.build().data, places)


def layout_table() -> LayoutSample:
    """A table without borders holds the parties side by side, as web editors write it."""
    word = _word("a layout table")
    table = word.document.add_table(3, 3)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    places = []
    widths, left = (3.0, 8.0, 6.0), _MARGIN
    for column, width in enumerate(widths):
        table.columns[column].width = Cm(width)
        for row in range(3):
            cell = table.cell(row, column)
            cell.width = Cm(width)
            cell.text = f"Ячейка {row}-{column}"
            places.append(Place(f"Ячейка {row}-{column}", 0, left=left))
        left += width * 28.35
    return LayoutSample("layout table", "docx", word.build().data, places)


def sections() -> LayoutSample:
    """An annex in landscape between two portrait pages."""
    word = _word("sections")
    word.paragraph("Договор первый.")
    annex = word.document.add_section()
    annex.orientation = WD_ORIENT.LANDSCAPE
    annex.page_width, annex.page_height = Cm(29.7), Cm(21)
    word.paragraph("Приложение второе.").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    last = word.document.add_section()
    last.orientation = WD_ORIENT.PORTRAIT
    last.page_width, last.page_height = Cm(21), Cm(29.7)
    word.paragraph("Подписи третьи.")
    places = [
        Place("Договор первый.", 0, left=_MARGIN, top=_MARGIN + 3),
        Place("Приложение второе.", 1, right=_MARGIN, top=_MARGIN + 3),
        Place("Подписи третьи.", 2, left=_MARGIN, top=_MARGIN + 3),
    ]
    return LayoutSample("sections", "docx", word.build().data, places, [], 3)


def account_form() -> LayoutSample:
    """A form of many narrow columns and fixed rows, as accounting programs write it."""
    file = io.BytesIO()
    places = []
    height = 21  # 28 pixels: a program rounds to whole ones
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.set_paper(9)
        page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.5)
        page.set_column(0, 29, 2.0)
        for row in range(100):
            page.set_row(row, height)
            page.merge_range(row, 0, row, 9, f"Графа {row}")
            page.merge_range(row, 10, row, 29, f"Значение {row}")
        rows = int((A4[1] - 72) // height)
        for row in range(100):
            number, line = divmod(row, rows)
            places.append(Place(f"Графа {row}", number, left=36 + 2, top=36 + line * height + 9))
    pages = -(-100 // rows)
    return LayoutSample("account form", "xlsx", file.getvalue(), places, [], pages)


LAYOUT_SAMPLES: list[Callable[[], LayoutSample]] = [
    exact_pitch,
    indents,
    layout_table,
    sections,
    account_form,
]
