"""Print areas as HTML tables, each scaled to the width of its page."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.styles.colors import COLOR_INDEX
from PIL import Image

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, data_url, element, points, void_element
from archive.conversion.builtin.sheet import page_setup
from archive.conversion.builtin.sheet.workbook import (
    POINTS_PER_PIXEL,
    PrintArea,
    read_print_areas,
)

DEFAULT_FONT_SIZE = 11.0
MIN_SCALE = 0.1
# Long sheets are split into several tables: WeasyPrint's time grows faster than the table.
ROWS_PER_TABLE = 200
_EMU_PER_POINT = 12_700
_LETTER_WIDTH = 0.55  # average, in font sizes
# An account or a bar code: it would be unreadable in pieces.
_CODE = re.compile(r"\d[\d-]{5,}")
_BORDERS = {
    "thin": "0.5pt solid",
    "hair": "0.25pt solid",
    "medium": "1pt solid",
    "thick": "2pt solid",
    "double": "2pt double",
    "dotted": "0.5pt dotted",
    "dashed": "0.5pt dashed",
    "dashDot": "0.5pt dashed",
    "dashDotDot": "0.5pt dashed",
    "mediumDashed": "1pt dashed",
    "mediumDashDot": "1pt dashed",
    "mediumDashDotDot": "1pt dashed",
    "slantDashDot": "1pt dashed",
}
_VERTICAL = {"top": "top", "center": "middle", "bottom": "bottom", "justify": "top"}
_HORIZONTAL = {
    "left": "left",
    "right": "right",
    "center": "center",
    "centerContinuous": "center",
    "justify": "justify",
    "distributed": "justify",
    "fill": "left",
}


def workbook_to_html(file: Any) -> tuple[str, str]:
    """The HTML of all print areas, and the CSS of their pages."""
    sections, rules = [], []
    for number, area in enumerate(read_print_areas(file)):
        name = f"sheet{number}"
        rules.append(page_setup.page_rule(area.sheet, name))
        style = {"page": name} | ({"break-before": "page"} if number else {})
        sections.append(element("section", "".join(_tables(area)), style))
    rules.append("td { white-space: pre-wrap; vertical-align: bottom; padding: 0 1.5pt }")
    return "".join(sections), "\n".join(rules)


def _tables(area: PrintArea) -> Iterator[str]:
    widths = area.widths
    available = page_setup.content_width(area.sheet)
    scale = max(MIN_SCALE, min(1.0, available / sum(widths), _print_scale(area)))
    columns = "".join(void_element("col", {"width": points(width * scale)}) for width in widths)
    head = _table_head(area, scale)
    style = {"width": points(sum(widths) * scale)}
    if area.sheet.print_options.horizontalCentered:
        style["margin"] = "0 auto"
    for number, rows in enumerate(_split_rows(area)):
        body = "".join(_table_row(area, row, scale) for row in rows)
        starts_page = number and rows[0] - 1 in _page_breaks(area)
        content = f"<colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody>"
        yield element("table", content, style | ({"break-before": "page"} if starts_page else {}))


def _print_scale(area: PrintArea) -> float:
    return (area.sheet.page_setup.scale or 100) / 100


def _page_breaks(area: PrintArea) -> set[int]:
    """The rows that are followed by a page break."""
    return {page_break.id for page_break in area.sheet.row_breaks.brk}


def _split_rows(area: PrintArea) -> Iterator[list[int]]:
    """The rows of each table. A table ends at a page break, or where no merged cell continues."""
    titles = set(_title_rows(area))
    breaks = _page_breaks(area)
    rows: list[int] = []
    last_merged_row = 0
    for row in area.rows:
        if row in titles:
            continue
        rows.append(row)
        for column in area.columns:
            row_span, _ = area.spans.get((row, column), (1, 1))
            last_merged_row = max(last_merged_row, row + row_span - 1)
        if row in breaks or (len(rows) >= ROWS_PER_TABLE and last_merged_row <= row):
            yield rows
            rows = []
    if rows:
        yield rows


def _title_rows(area: PrintArea) -> list[int]:
    """The rows that are repeated on every page, if the area begins with them."""
    reference = area.sheet.print_title_rows
    if not reference:
        return []
    first, _, last = reference.replace("$", "").partition(":")
    titles = [row for row in range(int(first), int(last or first) + 1) if row in area.row_indexes]
    return titles if titles == area.rows[: len(titles)] and len(titles) < len(area.rows) else []


def _table_head(area: PrintArea, scale: float) -> str:
    rows = "".join(_table_row(area, row, scale) for row in _title_rows(area))
    return f"<thead>{rows}</thead>" if rows else ""


def _table_row(area: PrintArea, row: int, scale: float) -> str:
    dimension = area.sheet.row_dimensions.get(row)
    height = dimension.height if dimension is not None and dimension.height else 15.0
    cells = "".join(
        _table_cell(area, row, column, scale)
        for column in area.columns
        if (row, column) not in area.covered
    )
    return element("tr", cells, {"height": points(height * scale)}, class_="unbreakable")


def _table_cell(area: PrintArea, row: int, column: int, scale: float) -> str:
    cell = area.sheet.cell(row, column)
    rows, columns = area.spans.get((row, column), (1, 1))
    text = area.text(row, column)
    content = markup.text(text)
    if cell.hyperlink and cell.hyperlink.target and _is_safe_url(cell.hyperlink.target):
        content = element("a", content, href=cell.hyperlink.target)
    spans = {"rowspan": str(rows)} if rows > 1 else {}
    spans |= {"colspan": str(columns)} if columns > 1 else {}
    images = _images(area, row, column, scale)
    return element("td", images + content, _cell_style(area, row, column, text, scale), **spans)


def _is_safe_url(target: str) -> bool:
    return target.lower().startswith(("http://", "https://", "mailto:"))


def _cell_style(area: PrintArea, row: int, column: int, text: str, scale: float) -> Style:
    cell = area.sheet.cell(row, column)
    font, alignment = cell.font, cell.alignment
    size = float(font.sz or DEFAULT_FONT_SIZE) * scale
    style: Style = {"font-size": points(size)}
    if font.name:
        style["font-family"] = markup.font_family(font.name)
    if font.b:
        style["font-weight"] = "bold"
    if font.i:
        style["font-style"] = "italic"
    lines = [name for name, on in (("underline", font.u), ("line-through", font.strike)) if on]
    if lines:
        style["text-decoration"] = " ".join(lines)
    if colour := _colour(font.color):
        style["color"] = colour
    if cell.fill.fill_type == "solid" and (fill := _colour(cell.fill.fgColor)):
        style["background"] = fill
    style["text-align"] = _HORIZONTAL.get(
        alignment.horizontal or "", _default_alignment(cell.value)
    )
    if alignment.vertical in _VERTICAL:
        style["vertical-align"] = _VERTICAL[alignment.vertical]
    if alignment.indent:
        style["padding-left"] = points(float(alignment.indent) * 7 * scale)
    is_one_word = _default_alignment(cell.value) == "right" or _CODE.fullmatch(text) is not None
    if is_one_word or (
        not alignment.wrap_text and _fits_on_one_line(area, row, column, text, size, scale)
    ):
        style["white-space"] = "pre"
    return style | _borders(area, row, column)


def _default_alignment(value: Any) -> str:
    if isinstance(value, bool):
        return "center"
    numeric = isinstance(value, int | float | datetime | date | time | timedelta)
    return "right" if numeric else "left"


def _fits_on_one_line(
    area: PrintArea, row: int, column: int, text: str, size: float, scale: float
) -> bool:
    """Whether the text fits into its cell, or may overflow into empty cells to its right.

    Before a filled cell, a spreadsheet truncates the text; we wrap it instead.
    """
    if "\n" in text:
        return False
    _, span = area.spans.get((row, column), (1, 1))
    first = area.column_indexes[column]
    overflow = len(text) * size * _LETTER_WIDTH
    for index in range(first, len(area.columns)):
        neighbour = (row, area.columns[index])
        is_filled = neighbour in area.covered or area.sheet.cell(*neighbour).value is not None
        if is_filled and index >= first + span:
            return False
        overflow -= area.widths[index] * scale
        if overflow <= 0:
            return True
    return overflow <= page_setup.content_width(area.sheet) - sum(area.widths) * scale


def _borders(area: PrintArea, row: int, column: int) -> Style:
    """The borders of the cell. For a merged range, bottom and right are those of its last cell."""
    rows, columns = area.spans.get((row, column), (1, 1))
    last_row = area.rows[min(area.row_indexes[row] + rows, len(area.rows)) - 1]
    last_column = area.columns[min(area.column_indexes[column] + columns, len(area.columns)) - 1]
    first = area.sheet.cell(row, column).border
    last = area.sheet.cell(last_row, last_column).border
    sides = {"top": first.top, "left": first.left, "bottom": last.bottom, "right": last.right}
    return {
        f"border-{name}": f"{_BORDERS[side.style]} {_colour(side.color) or '#000'}"
        for name, side in sides.items()
        if side is not None and side.style in _BORDERS
    }


def _colour(value: Any) -> str | None:
    """A colour given by RGB or index. Theme colours are not resolved: the text stays black."""
    if value is None:
        return None
    if value.type == "rgb" and isinstance(value.rgb, str):
        return markup.colour(value.rgb[-6:])
    if value.type == "indexed" and value.indexed < len(COLOR_INDEX):
        return markup.colour(COLOR_INDEX[value.indexed][-6:])
    return None


def _images(area: PrintArea, row: int, column: int, scale: float) -> str:
    """The images whose top left corner is in this cell, positioned over the sheet."""
    elements = []
    for image in area.images.get((row, column), ()):
        anchor = getattr(image.anchor, "_from", None)
        left, top = (anchor.colOff, anchor.rowOff) if anchor else (0, 0)
        style = {
            "position": "absolute",
            "max-width": "none",
            "left": points(left / _EMU_PER_POINT * scale),
            "top": points(top / _EMU_PER_POINT * scale),
            "width": points(_image_width(image) * scale),
        }
        elements.append(void_element("img", style, src=_image_url(image), alt=""))
    if not elements:
        return ""
    return element("div", "".join(elements), {"position": "relative", "height": "0"})


def _image_width(image: Any) -> float:
    extent = getattr(image.anchor, "ext", None)
    if extent is not None:
        return float(extent.width / _EMU_PER_POINT)
    return float(image.width * POINTS_PER_PIXEL)


def _image_url(image: Any) -> str:
    data: bytes = image._data()
    with Image.open(io.BytesIO(data)) as opened:
        content_type = Image.MIME.get(opened.format or "", "image/png")
    return data_url(content_type, data)
