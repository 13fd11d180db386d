"""Reading a workbook: the cells that are printed, and the text that they show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import get_column_letter, range_boundaries

from archive.conversion.builtin.sheet.number_formats import format_value

Sheet = Any  # openpyxl's stubs lack images and optional dimensions

# Points. Column widths are given in digits of the default font, 7 pixels each.
DEFAULT_COLUMN_WIDTH = 48.0
POINTS_PER_PIXEL = 0.75
# So many formatted rows after the last value are still a form to be filled in.
_FORMATTED_ROWS = 84


@dataclass
class PrintArea:
    """A printed rectangle of a sheet: its visible rows and columns, and its merged cells.

    A cell is (row, column), counted from 1. ``spans`` maps the first visible cell of a merged
    range to its visible (rows, columns); ``covered`` are the other cells of these ranges.
    """

    sheet: Sheet
    rows: list[int]
    columns: list[int]
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.row_indexes = {row: index for index, row in enumerate(self.rows)}
        self.column_indexes = {column: index for index, column in enumerate(self.columns)}
        self.widths = [column_width(self.sheet, column) for column in self.columns]
        self.images: dict[tuple[int, int], list[Any]] = {}
        for image in self.sheet._images:
            cell = next(_image_corners(image), (self.rows[0], self.columns[0]))
            self.images.setdefault(cell, []).append(image)

    def text(self, row: int, column: int) -> str:
        """The text that the cell shows."""
        cell = self.sheet.cell(row, column)
        value: Any = cell.value
        if isinstance(value, CellRichText):
            return str(value)
        return format_value(value, cell.number_format)


def read_print_areas(file: IO[bytes]) -> Iterator[PrintArea]:
    """The print areas of all visible sheets, in order. Formulas have their cached results."""
    book = load_workbook(file, data_only=True, rich_text=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield from _sheet_areas(sheet)


def read_cell_texts(file: IO[bytes]) -> Iterator[str]:
    """The texts of all printed cells."""
    return (
        area.text(row, column)
        for area in read_print_areas(file)
        for row in area.rows
        for column in area.columns
        if (row, column) not in area.covered
    )


def _sheet_areas(sheet: Sheet) -> Iterator[PrintArea]:
    for left, top, right, bottom in _print_ranges(sheet):
        rows = [row for row in range(top, bottom + 1) if not _is_row_hidden(sheet, row)]
        hidden = _hidden_columns(sheet)
        columns = [column for column in range(left, right + 1) if column not in hidden]
        if rows and columns:
            area = PrintArea(sheet, rows, columns)
            _add_merged_cells(area)
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
        # A whole column or row is printed up to the last used cell.
        ranges.append((left or 1, top or 1, right or used[2], bottom or used[3]))
    return ranges


def _used_bounds(sheet: Sheet) -> tuple[int, int, int, int] | None:
    """The rectangle from A1 to the last cell with a value, a border, a fill, or an image.

    Formatted cells far below the content were formatted as whole columns: they are not printed.
    """
    content = [position for position, cell in sheet._cells.items() if cell.value is not None]
    content += [corner for image in sheet._images for corner in _image_corners(image)]
    last_row = max((row for row, _ in content), default=0)
    formatted = [
        position
        for position, cell in sheet._cells.items()
        if cell.has_style and (_has_border(cell) or _has_fill(cell))
    ]
    if max((row for row, _ in formatted), default=0) > last_row + _FORMATTED_ROWS:
        formatted = [position for position in formatted if position[0] <= last_row]
    used = content + formatted
    if not used:
        return None
    return 1, 1, max(column for _, column in used), max(row for row, _ in used)


def _image_corners(image: Any) -> Iterator[tuple[int, int]]:
    """The cell of the image's top left corner and, if the file states it, bottom right corner."""
    for name in ("_from", "to"):
        corner = getattr(image.anchor, name, None)
        if corner is not None:
            yield corner.row + 1, corner.col + 1


def _has_border(cell: Any) -> bool:
    border = cell.border
    sides = (border.left, border.right, border.top, border.bottom)
    return any(side is not None and side.style for side in sides)


def _has_fill(cell: Any) -> bool:
    colour = cell.fill.fgColor
    is_white = colour.type == "rgb" and str(colour.rgb)[-6:].upper() == "FFFFFF"
    return bool(cell.fill.fill_type == "solid" and not is_white)


def _is_row_hidden(sheet: Sheet, row: int) -> bool:
    return row in sheet.row_dimensions and bool(sheet.row_dimensions[row].hidden)


def _hidden_columns(sheet: Sheet) -> set[int]:
    """The hidden columns. openpyxl keeps one dimension for a group of adjacent columns."""
    return {
        column
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden and dimension.min
        for column in range(dimension.min, dimension.max + 1)
    }


def column_width(sheet: Sheet, column: int) -> float:
    """The width of a column in points."""
    for dimension in sheet.column_dimensions.values():
        if dimension.min and dimension.min <= column <= dimension.max and dimension.customWidth:
            return max(1.0, float(dimension.width) * 7 * POINTS_PER_PIXEL)
    dimension = sheet.column_dimensions.get(get_column_letter(column))
    if dimension is not None and dimension.width and dimension.customWidth:
        return max(1.0, float(dimension.width) * 7 * POINTS_PER_PIXEL)
    default = sheet.sheet_format.defaultColWidth
    return float(default) * 7 * POINTS_PER_PIXEL if default else DEFAULT_COLUMN_WIDTH


def _add_merged_cells(area: PrintArea) -> None:
    """Sets the spans, counted in visible rows and columns. The value is in the first cell."""
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
