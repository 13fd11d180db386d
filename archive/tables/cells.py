"""What a confined process says about the rows of a table. No Django, no database."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

MAX_COLUMNS = 100
MAX_CELL_LENGTH = 32_767  # what a cell of Excel holds
# What no database or document can hold.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class CellMark(StrEnum):
    """What is wrong with a cell, or special about it."""

    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    # A number of more than 15 digits: Excel has replaced the last ones by zeros.
    ROUNDED = "rounded"
    TOO_LONG = "too_long"
    # A number and not text: leading zeros may be lost.
    NUMBER = "number"


class Unreadable(Exception):
    """The file is refused; ``code`` is a key of `archive.tables.reading.REFUSALS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class RawCell:
    """The text of a cell and its mark, "" for an ordinary cell."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class RawRow:
    """A row that is not blank. ``line`` is its number in the file, from 1."""

    line: int
    values: dict[str, str]
    marks: dict[str, str] = field(default_factory=dict)
    is_hidden: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def build_cell(text: str, mark: str = "") -> RawCell:
    """A cell with clean text: no control characters, no spaces around."""
    text = _CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n")).strip()
    if len(text) > MAX_CELL_LENGTH:
        return RawCell(text[:MAX_CELL_LENGTH], CellMark.TOO_LONG)
    return RawCell(text, mark)


def build_headings(texts: Iterable[str]) -> list[str]:
    """The headings, each on one line, without blank ones at the end.

    Raises Unreadable for too many columns and for a heading that is there twice.
    """
    headings = [" ".join(build_cell(text).text.split()) for text in texts]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MAX_COLUMNS:
        raise Unreadable("too_many_columns")
    seen: set[str] = set()
    for heading in filter(None, headings):
        if heading.casefold() in seen:
            raise Unreadable("repeated_heading", heading)
        seen.add(heading.casefold())
    return headings


def build_row(
    line: int, headings: Sequence[str], cells: Iterable[RawCell], *, is_hidden: bool = False
) -> RawRow:
    """The row by heading; cells without a heading are left out."""
    named = [(name, cell) for name, cell in zip(headings, cells, strict=False) if name]
    return RawRow(
        line,
        {name: cell.text for name, cell in named},
        {name: cell.mark for name, cell in named if cell.mark},
        is_hidden,
    )
