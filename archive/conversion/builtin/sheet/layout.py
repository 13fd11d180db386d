"""Printed areas as HTML tables, each sheet fitted to the width of its page."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.styles.colors import COLOR_INDEX
from PIL import Image

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, data_address, element, points, void
from archive.conversion.builtin.sheet import page_setup
from archive.conversion.builtin.sheet.workbook import PIXEL, Area, read_areas

DEFAULT_FONT = 11.0
SMALLEST_SCALE = 0.1
# A table is laid out in pieces of so many rows: the time for one grows faster than its length.
ROWS_A_TABLE = 200
_EMU_A_POINT = 12_700
_LETTER_WIDTH = 0.55  # of the font size, on average
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
    """HTML of all printed areas, and the style sheet of their pages."""
    pieces, rules = [], []
    for number, area in enumerate(read_areas(file)):
        name = f"sheet{number}"
        rules.append(page_setup.rule(area.sheet, name))
        style = {"page": name} | ({"break-before": "page"} if number else {})
        pieces.append(element("section", "".join(_tables(area)), style))
    rules.append("td { white-space: pre-wrap; vertical-align: bottom; padding: 0 1.5pt }")
    return "".join(pieces), "\n".join(rules)


def _tables(area: Area) -> Iterator[str]:
    widths = area.widths
    available = page_setup.content_width(area.sheet)
    scale = max(SMALLEST_SCALE, min(1.0, available / sum(widths), _own_scale(area)))
    columns = "".join(void("col", {"width": points(width * scale)}) for width in widths)
    head = _head(area, scale)
    style = {"width": points(sum(widths) * scale)}
    if area.sheet.print_options.horizontalCentered:
        style["margin"] = "0 auto"
    for number, rows in enumerate(_pieces(area)):
        body = "".join(_row(area, row, scale) for row in rows)
        start = {"break-before": "page"} if number and rows[0] - 1 in _breaks(area) else {}
        content = f"<colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody>"
        yield element("table", content, style | start)


def _own_scale(area: Area) -> float:
    return (area.sheet.page_setup.scale or 100) / 100


def _breaks(area: Area) -> set[int]:
    return {mark.id for mark in area.sheet.row_breaks.brk}


def _pieces(area: Area) -> Iterator[list[int]]:
    """The rows in pieces that end at page breaks, or where no merged cell goes on."""
    titles = set(_title_rows(area))
    breaks = _breaks(area)
    piece: list[int] = []
    busy_until = 0
    for row in area.rows:
        if row in titles:
            continue
        piece.append(row)
        for column in area.columns:
            rows, _ = area.spans.get((row, column), (1, 1))
            busy_until = max(busy_until, row + rows - 1)
        if row in breaks or (len(piece) >= ROWS_A_TABLE and busy_until <= row):
            yield piece
            piece = []
    if piece:
        yield piece


def _title_rows(area: Area) -> list[int]:
    """Rows repeated on every page, when the area begins with them."""
    reference = area.sheet.print_title_rows
    if not reference:
        return []
    first, _, last = reference.replace("$", "").partition(":")
    titles = [row for row in range(int(first), int(last or first) + 1) if row in area.row_places]
    return titles if titles == area.rows[: len(titles)] and len(titles) < len(area.rows) else []


def _head(area: Area, scale: float) -> str:
    rows = "".join(_row(area, row, scale) for row in _title_rows(area))
    return f"<thead>{rows}</thead>" if rows else ""


def _row(area: Area, row: int, scale: float) -> str:
    dimension = area.sheet.row_dimensions.get(row)
    height = dimension.height if dimension is not None and dimension.height else 15.0
    cells = "".join(
        _cell(area, row, column, scale)
        for column in area.columns
        if (row, column) not in area.covered
    )
    return element("tr", cells, {"height": points(height * scale)}, class_="whole")


def _cell(area: Area, row: int, column: int, scale: float) -> str:
    cell = area.sheet.cell(row, column)
    rows, columns = area.spans.get((row, column), (1, 1))
    text = area.text(row, column)
    content = markup.text(text)
    if cell.hyperlink and cell.hyperlink.target and _is_address(cell.hyperlink.target):
        content = element("a", content, href=cell.hyperlink.target)
    extra = {"rowspan": str(rows)} if rows > 1 else {}
    extra |= {"colspan": str(columns)} if columns > 1 else {}
    pictures = _pictures(area, row, column, scale)
    return element("td", pictures + content, _cell_style(area, row, column, text, scale), **extra)


def _is_address(target: str) -> bool:
    return target.lower().startswith(("http://", "https://", "mailto:"))


def _cell_style(area: Area, row: int, column: int, text: str, scale: float) -> Style:
    cell = area.sheet.cell(row, column)
    font, alignment = cell.font, cell.alignment
    size = float(font.sz or DEFAULT_FONT) * scale
    style: Style = {"font-size": points(size)}
    if font.name:
        style["font-family"] = markup.font_family(font.name)
    if font.b:
        style["font-weight"] = "bold"
    if font.i:
        style["font-style"] = "italic"
    lines = [word for word, on in (("underline", font.u), ("line-through", font.strike)) if on]
    if lines:
        style["text-decoration"] = " ".join(lines)
    if shade := _colour(font.color):
        style["color"] = shade
    if cell.fill.fill_type == "solid" and (fill := _colour(cell.fill.fgColor)):
        style["background"] = fill
    style["text-align"] = _HORIZONTAL.get(alignment.horizontal or "", _natural(cell.value))
    if alignment.vertical in _VERTICAL:
        style["vertical-align"] = _VERTICAL[alignment.vertical]
    if alignment.indent:
        style["padding-left"] = points(float(alignment.indent) * 7 * scale)
    if not alignment.wrap_text and _may_overflow(area, row, column, text, size, scale):
        style["white-space"] = "pre"
    return style | _borders(area, row, column)


def _natural(value: Any) -> str:
    if isinstance(value, bool):
        return "center"
    numeric = isinstance(value, int | float | datetime | date | time | timedelta)
    return "right" if numeric else "left"


def _may_overflow(area: Area, row: int, column: int, text: str, size: float, scale: float) -> bool:
    """Whether the text stays on one line: it fits, or runs over empty cells to its right.

    A spreadsheet would cut it off at a filled neighbour; we give it more lines instead.
    """
    if "\n" in text:
        return False
    _, span = area.spans.get((row, column), (1, 1))
    first = area.column_places[column]
    needed = len(text) * size * _LETTER_WIDTH
    for place in range(first, len(area.columns)):
        neighbour = (row, area.columns[place])
        taken = neighbour in area.covered or area.sheet.cell(*neighbour).value is not None
        if taken and place >= first + span:
            return False
        needed -= area.widths[place] * scale
        if needed <= 0:
            return True
    return needed <= page_setup.content_width(area.sheet) - sum(area.widths) * scale


def _borders(area: Area, row: int, column: int) -> Style:
    """The sides of the cell; a merged cell's far sides belong to its last cells."""
    rows, columns = area.spans.get((row, column), (1, 1))
    last_row = area.rows[min(area.row_places[row] + rows, len(area.rows)) - 1]
    last_column = area.columns[min(area.column_places[column] + columns, len(area.columns)) - 1]
    near, far = area.sheet.cell(row, column).border, area.sheet.cell(last_row, last_column).border
    sides = {"top": near.top, "left": near.left, "bottom": far.bottom, "right": far.right}
    return {
        f"border-{name}": f"{_BORDERS[side.style]} {_colour(side.color) or '#000'}"
        for name, side in sides.items()
        if side is not None and side.style in _BORDERS
    }


def _colour(value: Any) -> str | None:
    """A colour given by value or index; theme colours, which need the theme, are left black."""
    if value is None:
        return None
    if value.type == "rgb" and isinstance(value.rgb, str):
        return markup.colour(value.rgb[-6:])
    if value.type == "indexed" and value.indexed < len(COLOR_INDEX):
        return markup.colour(COLOR_INDEX[value.indexed][-6:])
    return None


def _pictures(area: Area, row: int, column: int, scale: float) -> str:
    """Pictures whose top left corner is in this cell, drawn over the sheet from there."""
    drawn = []
    for picture in area.pictures.get((row, column), ()):
        anchor = getattr(picture.anchor, "_from", None)
        left, top = (anchor.colOff, anchor.rowOff) if anchor else (0, 0)
        place = {
            "position": "absolute",
            "max-width": "none",
            "left": points(left / _EMU_A_POINT * scale),
            "top": points(top / _EMU_A_POINT * scale),
            "width": points(_picture_width(picture) * scale),
        }
        drawn.append(void("img", place, src=_address(picture), alt=""))
    if not drawn:
        return ""
    return element("div", "".join(drawn), {"position": "relative", "height": "0"})


def _picture_width(picture: Any) -> float:
    extent = getattr(picture.anchor, "ext", None)
    across = extent.width / _EMU_A_POINT if extent is not None else picture.width * PIXEL
    return float(across)


def _address(picture: Any) -> str:
    data: bytes = picture._data()
    with Image.open(io.BytesIO(data)) as opened:
        content_type = Image.MIME.get(opened.format or "", "image/png")
    return data_address(content_type, data)
