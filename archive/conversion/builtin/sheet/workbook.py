"""Reading a workbook: which cells a reader of the printed sheets sees, and what they show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import get_column_letter, range_boundaries

from archive.conversion.builtin.sheet.number_formats import shown

Sheet = Any  # openpyxl's stubs know neither pictures nor what a dimension may lack

# Points. A column is measured in digits of the default font, 7 pixels each and 5 of padding.
DEFAULT_COLUMN = 48.0
PIXEL = 0.75


@dataclass
class Area:
    """One printed rectangle of a sheet: its visible rows and columns, and cells merged in it."""

    sheet: Sheet
    rows: list[int]
    columns: list[int]
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # rows, columns
    covered: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.row_places = {row: place for place, row in enumerate(self.rows)}
        self.column_places = {column: place for place, column in enumerate(self.columns)}
        self.widths = [column_width(self.sheet, column) for column in self.columns]
        self.pictures: dict[tuple[int, int], list[Any]] = {}
        for picture in self.sheet._images:
            at = next(_corners(picture), (self.rows[0], self.columns[0]))
            self.pictures.setdefault(at, []).append(picture)

    def text(self, row: int, column: int) -> str:
        """What the cell shows."""
        cell = self.sheet.cell(row, column)
        value: Any = cell.value
        if isinstance(value, CellRichText):
            return str(value)
        return shown(value, cell.number_format)


def read_areas(file: IO[bytes]) -> Iterator[Area]:
    """The printed areas of all visible sheets, in order. Cached results stand for formulas."""
    book = load_workbook(file, data_only=True, rich_text=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield from _areas(sheet)


def text_of_workbook(file: IO[bytes]) -> str:
    """Every text that the printed sheets show, a cell a line."""
    return "\n".join(
        area.text(row, column)
        for area in read_areas(file)
        for row in area.rows
        for column in area.columns
        if (row, column) not in area.covered
    )


def _areas(sheet: Sheet) -> Iterator[Area]:
    for bounds in _print_ranges(sheet):
        left, top, right, bottom = bounds
        rows = [row for row in range(top, bottom + 1) if not _row_is_hidden(sheet, row)]
        hidden = _hidden_columns(sheet)
        columns = [column for column in range(left, right + 1) if column not in hidden]
        if rows and columns:
            area = Area(sheet, rows, columns)
            _merge(area)
            yield area


def _print_ranges(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    used = _used_bounds(sheet)
    if used is None:
        return []
    if not sheet.print_area:
        return [used]
    ranges = []
    for area in sheet.print_area.split(","):
        reference = area.rpartition("!")[2].replace("$", "")
        left, top, right, bottom = range_boundaries(reference)
        # A whole column or row is printed as far as there is something in it.
        ranges.append((left or 1, top or 1, right or used[2], bottom or used[3]))
    return ranges


def _used_bounds(sheet: Sheet) -> tuple[int, int, int, int] | None:
    """The rectangle from A1 to the last cell with a value, a border, a fill, or a picture."""
    used = [
        place
        for place, cell in sheet._cells.items()
        if cell.value is not None or (cell.has_style and (_has_border(cell) or _has_fill(cell)))
    ]
    used += [place for picture in sheet._images for place in _corners(picture)]
    if not used:
        return None
    return 1, 1, max(column for _, column in used), max(row for row, _ in used)


def _corners(picture: Any) -> Iterator[tuple[int, int]]:
    """Rows and columns (from 1) that the picture begins and, if it says so, ends in."""
    for name in ("_from", "to"):
        corner = getattr(picture.anchor, name, None)
        if corner is not None:
            yield corner.row + 1, corner.col + 1


def _has_border(cell: Any) -> bool:
    border = cell.border
    sides = (border.left, border.right, border.top, border.bottom)
    return any(side is not None and side.style for side in sides)


def _has_fill(cell: Any) -> bool:
    return bool(cell.fill.fill_type == "solid")


def _row_is_hidden(sheet: Sheet, row: int) -> bool:
    return row in sheet.row_dimensions and bool(sheet.row_dimensions[row].hidden)


def _hidden_columns(sheet: Sheet) -> set[int]:
    """Dimensions are kept for groups of columns under the first one's letter."""
    return {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden and dimension.min
        for column in range(dimension.min, dimension.max + 1)
    }


def column_width(sheet: Sheet, column: int) -> float:
    """Points."""
    for dimension in sheet.column_dimensions.values():
        if dimension.min and dimension.min <= column <= dimension.max and dimension.customWidth:
            return max(1.0, float(dimension.width) * 7 * PIXEL)
    dimension = sheet.column_dimensions.get(get_column_letter(column))
    if dimension is not None and dimension.width and dimension.customWidth:
        return max(1.0, float(dimension.width) * 7 * PIXEL)
    default = sheet.sheet_format.defaultColWidth
    return float(default) * 7 * PIXEL if default else DEFAULT_COLUMN


def _merge(area: Area) -> None:
    """Spans are counted in visible rows and columns; the value comes from the top left cell."""
    rows, columns = set(area.rows), set(area.columns)
    for merged in area.sheet.merged_cells.ranges:
        inside = [
            (row, column)
            for row in range(merged.min_row, merged.max_row + 1)
            if row in rows
            for column in range(merged.min_col, merged.max_col + 1)
            if column in columns
        ]
        if not inside:
            continue
        first = inside[0]
        if first != (merged.min_row, merged.min_col):
            area.sheet.cell(*first)
        area.spans[first] = (
            len({row for row, _ in inside}),
            len({column for _, column in inside}),
        )
        area.covered.update(inside[1:])
