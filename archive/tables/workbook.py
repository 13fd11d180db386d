"""XLSX files of data. Runs in a confined process: no Django, no database."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, BinaryIO

from archive.intake.refusals import IntakeRefused
from archive.intake.validators.xml_parts import parse
from archive.tables.cells import (
    CellMark,
    RawCell,
    RawRow,
    Unreadable,
    build_cell,
    build_headings,
    build_row,
)

MAX_EXACT_NUMBER = 10**15


@dataclass
class SheetLayout:
    """What openpyxl does not tell of a sheet that it reads row by row. Numbers start at 1."""

    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    last_row: int = 0

    def on_element(self, tag: str, attributes: dict[str, str]) -> None:
        """Handles one element of the sheet."""
        if tag == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
        elif tag == "row":
            self.last_row = int(attributes.get("r", self.last_row + 1))
            if attributes.get("hidden") in ("1", "true"):
                self.hidden_rows.add(self.last_row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            span = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            self.hidden_columns.append(span)

    def hides_column(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.hidden_columns)


def read_rows(file: BinaryIO) -> Iterator[RawRow]:
    """The rows of the first visible sheet, as `archive.tables.delimited.read_rows`."""
    from openpyxl import load_workbook  # 10 MB of memory, for a rare kind of file

    book = load_workbook(file, read_only=True, keep_links=False)
    sheet: Any = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
    if sheet is None:
        raise Unreadable("no_visible_sheet")
    layout = _read_layout(file, sheet._worksheet_path)
    headings: list[str] = []
    # The size that a sheet claims to have may be that of all of Excel.
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_read_cell(cell) for cell in row]
        if not any(cell.text for cell in cells):
            continue
        if headings:
            is_hidden = line in layout.hidden_rows
            yield build_row(line, headings, cells, is_hidden=is_hidden)
            continue
        headings = build_headings(cell.text for cell in cells)
        _check_layout(layout, headings)
        yield RawRow(line, dict.fromkeys(filter(None, headings), ""))


def _read_layout(file: BinaryIO, path: str) -> SheetLayout:
    layout = SheetLayout()
    try:
        with zipfile.ZipFile(file) as archive:
            parse(archive, path, on_element=layout.on_element)
    except (IntakeRefused, ValueError):
        raise Unreadable("damaged_xlsx") from None
    return layout


def _check_layout(layout: SheetLayout, headings: list[str]) -> None:
    """A merged or hidden cell says something else to a person than to a program."""
    if layout.merged:
        raise Unreadable("merged_cells", ", ".join(layout.merged[:3]))
    hidden = [
        heading
        for number, heading in enumerate(headings, start=1)
        if heading and layout.hides_column(number)
    ]
    if hidden:
        raise Unreadable("hidden_columns", ", ".join(f"«{heading}»" for heading in hidden[:3]))


def _read_cell(cell: Any) -> RawCell:
    value = cell.value
    if value is None:
        return build_cell("")
    match cell.data_type:
        case "f":
            return build_cell(str(value), CellMark.FORMULA)
        case "e":
            return build_cell(str(value), CellMark.ERROR_VALUE)
    return _read_value(value)


def _read_value(value: object) -> RawCell:
    match value:
        case bool():
            return build_cell("да" if value else "нет")
        case int() | float():
            mark = CellMark.ROUNDED if abs(value) >= MAX_EXACT_NUMBER else CellMark.NUMBER
            return build_cell(_format_number(value), mark)
        case datetime() if value.time() == time.min:
            return build_cell(f"{value:%d.%m.%Y}")
        case datetime():
            return build_cell(f"{value:%d.%m.%Y %H:%M}")
        case date():
            return build_cell(f"{value:%d.%m.%Y}")
    return build_cell(str(value))


def _format_number(value: float) -> str:
    if float(value).is_integer():
        return str(int(value))
    return f"{value:.15g}".replace(".", ",")
