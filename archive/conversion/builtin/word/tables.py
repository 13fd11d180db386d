"""Tables: grid, merged cells, borders, shading, repeated head rows."""

from collections.abc import Callable
from dataclasses import dataclass

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, element, points, void
from archive.conversion.builtin.word import css
from archive.conversion.builtin.word.styles import Properties, Styles, TableLook
from archive.conversion.builtin.word.xml import (
    Node,
    child,
    local,
    number,
    path,
    switch,
    twips,
    unwrapped,
    value,
)

CELL_SIDE = 5.4  # points to the left and right of a cell's text unless stated
_VERTICAL = {"center": "middle", "bottom": "bottom", "top": "top"}
_SIDES = ("top", "right", "bottom", "left")
_WORDS = {"left": "start", "right": "end"}


@dataclass
class _Cell:
    node: Node
    row: int
    column: int
    columns: int
    rows: int = 1


@dataclass
class _Grid:
    """A table taken apart: its rows, column widths in points, and cells where they stand."""

    rows: list[Node]
    widths: list[float]
    cells: list[list[_Cell]]

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1


class Tables:
    """Turns tables into HTML; ``cell`` turns a cell's blocks, given its look and width."""

    def __init__(self, styles: Styles, cell: Callable[[Node, TableLook, float], str]) -> None:
        self._styles = styles
        self._cell = cell

    def html(self, table: Node, available: float) -> str:
        """The table, at most ``available`` points wide."""
        grid = _read_grid(table, available)
        if not grid.rows:
            return ""
        chain = self._styles.chain(value(path(table, "w:tblPr"), "w:tblStyle"), "table")
        whole = _table_properties(chain, table)
        columns = "".join(void("col", {"width": points(width)}) for width in grid.widths)
        rendered = [
            self._row(grid, number, chain, whole, table) for number in range(len(grid.rows))
        ]
        heads = _count_heads(grid)
        head = f"<thead>{''.join(rendered[:heads])}</thead>" if heads else ""
        body = f"<tbody>{''.join(rendered[heads:])}</tbody>"
        content = f"<colgroup>{columns}</colgroup>{head}{body}"
        return element("table", content, _table_style(whole, grid))

    def _row(
        self,
        grid: _Grid,
        row: int,
        chain: tuple[Node, ...],
        whole: Properties,
        table: Node,
    ) -> str:
        properties = child(grid.rows[row], "w:trPr")
        style: Style = {}
        if height := twips(value(properties, "w:trHeight")):
            style["height"] = points(height)
        cells = "".join(
            self._one(grid, cell, chain, whole, table) for cell in grid.cells[row] if cell.rows
        )
        whole_row = {"class_": "whole"} if switch(properties, "w:cantSplit") else {}
        return element("tr", cells, style, **whole_row)

    def _one(
        self,
        grid: _Grid,
        cell: _Cell,
        chain: tuple[Node, ...],
        whole: Properties,
        table: Node,
    ) -> str:
        table_look = TableLook(chain, _conditions(table, grid, cell))
        own = Properties()
        for holder in table_look.holders("w:tcPr"):
            own.add(holder)
        own.add(child(cell.node, "w:tcPr"))
        width = sum(grid.widths[cell.column : cell.column + cell.columns])
        style = _cell_style(grid, cell, own, whole)
        extra = {"rowspan": str(cell.rows)} if cell.rows > 1 else {}
        extra |= {"colspan": str(cell.columns)} if cell.columns > 1 else {}
        inside = max(10.0, width - 2 * CELL_SIDE)
        return element("td", self._cell(cell.node, table_look, inside), style, **extra)


def _read_grid(table: Node, available: float) -> _Grid:
    rows = [item for item in unwrapped(table) if local(item) == "tr"]
    widths = [twips(column.get(qn("w:w"))) for column in table.findall(f"{qn('w:tblGrid')}/*")]
    cells: list[list[_Cell]] = []
    open_above: dict[int, _Cell] = {}
    for place, row in enumerate(rows):
        cells.append(_read_row(row, place, open_above))
    count = max((cell.column + cell.columns for line in cells for cell in line), default=0)
    widths = _completed(widths, count, available)
    return _Grid(rows, widths, cells)


def _read_row(row: Node, number_of_row: int, open_above: dict[int, _Cell]) -> list[_Cell]:
    line: list[_Cell] = []
    column = int(number(value(child(row, "w:trPr"), "w:gridBefore")))
    for node in unwrapped(row):
        if local(node) != "tc":
            continue
        properties = child(node, "w:tcPr")
        columns = max(1, int(number(value(properties, "w:gridSpan"), 1)))
        cell = _Cell(node, number_of_row, column, columns)
        merge = child(properties, "w:vMerge")
        starts = merge is not None and merge.get(qn("w:val")) == "restart"
        above = open_above.get(column)
        if merge is not None and not starts and above is not None and above.columns == columns:
            above.rows += 1
            cell.rows = 0  # part of the one above
        elif merge is not None:
            open_above[column] = cell
        else:
            open_above.pop(column, None)
        line.append(cell)
        column += columns
    return line


def _completed(widths: list[float], count: int, available: float) -> list[float]:
    """A width for every column; those without one share what is left of the line."""
    widths = [*widths[:count], *([0.0] * (count - len(widths)))]
    unknown = [place for place, width in enumerate(widths) if width <= 0]
    share = max(available - sum(widths), len(unknown) * 20.0) / len(unknown) if unknown else 0
    for place in unknown:
        widths[place] = share
    return widths


def _table_properties(chain: tuple[Node, ...], table: Node) -> Properties:
    merged = Properties()
    for style in chain:
        merged.add(child(style, "w:tblPr"))
    return merged.add(child(table, "w:tblPr"))


def _table_style(whole: Properties, grid: _Grid) -> Style:
    style: Style = {"width": points(sum(grid.widths))}
    if whole.get("w:jc") == "center":
        style["margin"] = "0 auto"
    elif whole.get("w:jc") in ("right", "end"):
        style["margin-left"] = "auto"
    else:
        indent = whole.node("w:tblInd")
        offset = twips(indent.get(qn("w:w"))) if indent is not None else 0.0
        style["margin-left"] = points(offset - CELL_SIDE if indent is None else offset)
    return style


def _count_heads(grid: _Grid) -> int:
    """How many of the first rows are repeated on every page."""
    heads = 0
    for row in grid.rows[:-1]:
        if not switch(child(row, "w:trPr"), "w:tblHeader"):
            break
        heads += 1
    # A cell that reaches out of the head would be cut in two.
    reaches = any(c.row < heads < c.row + c.rows for line in grid.cells[:heads] for c in line)
    return 0 if reaches else heads


def _conditions(table: Node, grid: _Grid, cell: _Cell) -> frozenset[str]:
    """Which parts of the table style the cell is in, by the table's own choice of parts."""
    chosen = path(table, "w:tblPr", "w:tblLook")
    parts = set()
    if _chosen(chosen, "w:firstRow", 0x20) and cell.row == 0:
        parts.add("firstRow")
    if _chosen(chosen, "w:lastRow", 0x40) and cell.row + cell.rows == len(grid.rows):
        parts.add("lastRow")
    if _chosen(chosen, "w:firstColumn", 0x80) and cell.column == 0:
        parts.add("firstCol")
    if _chosen(chosen, "w:lastColumn", 0x100) and cell.column + cell.columns > grid.last_column:
        parts.add("lastCol")
    if not _chosen(chosen, "w:noHBand", 0x200) and "firstRow" not in parts:
        first = 1 if _chosen(chosen, "w:firstRow", 0x20) else 0
        parts.add("band1Horz" if (cell.row - first) % 2 == 0 else "band2Horz")
    return frozenset(parts)


def _chosen(node: Node | None, name: str, bit: int) -> bool:
    if node is None:
        return False
    if (stated := node.get(qn(name))) is not None:
        return stated in ("1", "true", "on")
    try:
        return bool(int(node.get(qn("w:val")) or "0", 16) & bit)
    except ValueError:
        return False


def _cell_style(grid: _Grid, cell: _Cell, own: Properties, whole: Properties) -> Style:
    style: Style = {"padding": _padding(own, whole)}
    style |= _borders(grid, cell, own, whole)
    if fill := css.fill_colour(own):
        style["background"] = fill
    if (align := own.get("w:vAlign")) in _VERTICAL:
        style["vertical-align"] = _VERTICAL[align]
    if own.on("w:noWrap"):
        style["white-space"] = "nowrap"
    return style


def _padding(own: Properties, whole: Properties) -> str:
    sides = []
    for side in _SIDES:
        default = CELL_SIDE if side in ("left", "right") else 0.0
        for holder in (whole.node("w:tblCellMar"), own.node("w:tcMar")):
            for name in (f"w:{side}", f"w:{_WORDS.get(side, side)}"):
                if (found := child(holder, name)) is not None:
                    default = twips(found.get(qn("w:w")))
        sides.append(points(max(0.0, default)))
    return " ".join(sides)


def _borders(grid: _Grid, cell: _Cell, own: Properties, whole: Properties) -> Style:
    """The cell's own borders, else the table's outer ones at its edge and inner ones inside."""
    outer = {
        "top": cell.row == 0,
        "bottom": cell.row + cell.rows >= len(grid.rows),
        "left": cell.column == 0,
        "right": cell.column + cell.columns > grid.last_column,
    }
    table = Properties().add(whole.node("w:tblBorders"))
    mine = Properties().add(own.node("w:tcBorders"))
    style: Style = {}
    for side in _SIDES:
        inner = "w:insideH" if side in ("top", "bottom") else "w:insideV"
        word = _WORDS.get(side, side)
        line = css.border(mine, f"w:{side}") or css.border(mine, f"w:{word}")
        if line is None and not outer[side]:
            line = css.border(mine, inner) or css.border(table, inner)
        elif line is None:
            line = css.border(table, f"w:{side}") or css.border(table, f"w:{word}")
        if line:
            style[f"border-{side}"] = line
    return style
