"""Tables: grid, merged cells, borders, shading, repeated header rows."""

from collections.abc import Callable
from dataclasses import dataclass

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, element, points, void_element
from archive.conversion.builtin.word import css
from archive.conversion.builtin.word.styles import Properties, Styles, TableCellStyle
from archive.conversion.builtin.word.xml import (
    Node,
    child,
    descendant,
    iter_content,
    length,
    local_name,
    number,
    on_off,
    value,
)

WORD_2013 = 15
DEFAULT_SIDE_PADDING = 5.4  # points, left and right
_VERTICAL = {"center": "middle", "bottom": "bottom", "top": "top"}
_SIDES = ("top", "right", "bottom", "left")
_LOGICAL_SIDES = {"left": "start", "right": "end"}


@dataclass
class _Cell:
    node: Node
    row: int
    column: int
    columns: int
    rows: int = 1


@dataclass
class _Grid:
    """A table's rows, its column widths in points, and the cells of each row."""

    rows: list[Node]
    widths: list[float]
    cells: list[list[_Cell]]

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1


class TableRenderer:
    """Renders tables to HTML. ``render_cell`` renders the content of a cell of a given width."""

    def __init__(
        self, styles: Styles, render_cell: Callable[[Node, TableCellStyle, float], str]
    ) -> None:
        self._styles = styles
        self._render_cell = render_cell

    def render(self, table: Node, available: float) -> str:
        """The HTML of the table. Columns without a width share ``available`` points."""
        grid = _read_grid(table, available)
        if not grid.rows:
            return ""
        chain = self._styles.chain(value(descendant(table, "w:tblPr"), "w:tblStyle"), "table")
        table_properties = _table_properties(chain, table)
        columns = "".join(void_element("col", {"width": points(width)}) for width in grid.widths)
        rendered = [
            self._render_row(grid, number, chain, table_properties, table)
            for number in range(len(grid.rows))
        ]
        header_rows = _count_header_rows(grid)
        head = f"<thead>{''.join(rendered[:header_rows])}</thead>" if header_rows else ""
        body = f"<tbody>{''.join(rendered[header_rows:])}</tbody>"
        content = f"<colgroup>{columns}</colgroup>{head}{body}"
        is_text_aligned = self._styles.word_version < WORD_2013
        return element("table", content, _table_style(table_properties, grid, is_text_aligned))

    def _render_row(
        self,
        grid: _Grid,
        row: int,
        chain: tuple[Node, ...],
        table_properties: Properties,
        table: Node,
    ) -> str:
        properties = child(grid.rows[row], "w:trPr")
        style: Style = {}
        if height := length(value(properties, "w:trHeight")):
            style["height"] = points(height)
        cells = "".join(
            self._render_cell_element(grid, cell, chain, table_properties, table)
            for cell in grid.cells[row]
            if cell.rows
        )
        attributes = {"class_": "unbreakable"} if on_off(properties, "w:cantSplit") else {}
        return element("tr", cells, style, **attributes)

    def _render_cell_element(
        self,
        grid: _Grid,
        cell: _Cell,
        chain: tuple[Node, ...],
        table_properties: Properties,
        table: Node,
    ) -> str:
        cell_style = TableCellStyle(chain, _style_conditions(table, grid, cell))
        properties = Properties()
        for container in cell_style.containers("w:tcPr"):
            properties.add(container)
        properties.add(child(cell.node, "w:tcPr"))
        width = sum(grid.widths[cell.column : cell.column + cell.columns])
        style = _cell_css(grid, cell, properties, table_properties)
        spans = {"rowspan": str(cell.rows)} if cell.rows > 1 else {}
        spans |= {"colspan": str(cell.columns)} if cell.columns > 1 else {}
        content_width = max(10.0, width - 2 * DEFAULT_SIDE_PADDING)
        content = self._render_cell(cell.node, cell_style, content_width)
        return element("td", content, style, **spans)


def _read_grid(table: Node, available: float) -> _Grid:
    rows = [item for item in iter_content(table) if local_name(item) == "tr"]
    widths = [length(column.get(qn("w:w"))) for column in table.findall(f"{qn('w:tblGrid')}/*")]
    cells: list[list[_Cell]] = []
    merged_cells: dict[int, _Cell] = {}
    for row_number, row in enumerate(rows):
        cells.append(_read_row(row, row_number, merged_cells))
    count = max((cell.column + cell.columns for line in cells for cell in line), default=0)
    widths = _complete_widths(widths, count, available)
    return _Grid(rows, widths, cells)


def _read_row(row: Node, row_number: int, merged_cells: dict[int, _Cell]) -> list[_Cell]:
    """The cells of a row. ``merged_cells`` are the cells above that may continue, by column."""
    cells: list[_Cell] = []
    column = int(number(value(child(row, "w:trPr"), "w:gridBefore")))
    for node in iter_content(row):
        if local_name(node) != "tc":
            continue
        properties = child(node, "w:tcPr")
        columns = max(1, int(number(value(properties, "w:gridSpan"), 1)))
        cell = _Cell(node, row_number, column, columns)
        merge = child(properties, "w:vMerge")
        starts = merge is not None and merge.get(qn("w:val")) == "restart"
        above = merged_cells.get(column)
        if merge is not None and not starts and above is not None and above.columns == columns:
            above.rows += 1
            cell.rows = 0  # merged into the cell above
        elif merge is not None:
            merged_cells[column] = cell
        else:
            merged_cells.pop(column, None)
        cells.append(cell)
        column += columns
    return cells


def _complete_widths(widths: list[float], count: int, available: float) -> list[float]:
    """A width for every column: columns without one share the remaining space."""
    widths = [*widths[:count], *([0.0] * (count - len(widths)))]
    unknown = [index for index, width in enumerate(widths) if width <= 0]
    share = max(available - sum(widths), len(unknown) * 20.0) / len(unknown) if unknown else 0
    for index in unknown:
        widths[index] = share
    return widths


def _table_properties(chain: tuple[Node, ...], table: Node) -> Properties:
    merged = Properties()
    for style in chain:
        merged.add(child(style, "w:tblPr"))
    return merged.add(child(table, "w:tblPr"))


def _table_style(table_properties: Properties, grid: _Grid, is_text_aligned: bool) -> Style:
    """``is_text_aligned``: the indent is that of the text in the first column, not of its edge."""
    style: Style = {"width": points(sum(grid.widths))}
    if table_properties.get("w:jc") == "center":
        style["margin"] = "0 auto"
    elif table_properties.get("w:jc") in ("right", "end"):
        style["margin-left"] = "auto"
    else:
        indent = table_properties.node("w:tblInd")
        offset = 0.0 if indent is None else length(indent.get(qn("w:w")))
        if is_text_aligned:
            offset -= _side_padding("left", table_properties.node("w:tblCellMar"))
        style["margin-left"] = points(offset)
    return style


def _count_header_rows(grid: _Grid) -> int:
    """How many of the first rows are repeated on every page."""
    count = 0
    for row in grid.rows[:-1]:
        if not on_off(child(row, "w:trPr"), "w:tblHeader"):
            break
        count += 1
    # A merged cell that continues below the header rows would be split.
    is_split = any(
        cell.row < count < cell.row + cell.rows for line in grid.cells[:count] for cell in line
    )
    return 0 if is_split else count


def _style_conditions(table: Node, grid: _Grid, cell: _Cell) -> frozenset[str]:
    """The conditional parts of the table style that apply to the cell and that the table uses."""
    table_look = descendant(table, "w:tblPr", "w:tblLook")
    parts = set()
    if _has_look_flag(table_look, "w:firstRow", 0x20) and cell.row == 0:
        parts.add("firstRow")
    is_last_row = cell.row + cell.rows == len(grid.rows)
    if _has_look_flag(table_look, "w:lastRow", 0x40) and is_last_row:
        parts.add("lastRow")
    if _has_look_flag(table_look, "w:firstColumn", 0x80) and cell.column == 0:
        parts.add("firstCol")
    is_last_column = cell.column + cell.columns > grid.last_column
    if _has_look_flag(table_look, "w:lastColumn", 0x100) and is_last_column:
        parts.add("lastCol")
    if not _has_look_flag(table_look, "w:noHBand", 0x200) and "firstRow" not in parts:
        first = 1 if _has_look_flag(table_look, "w:firstRow", 0x20) else 0
        parts.add("band1Horz" if (cell.row - first) % 2 == 0 else "band2Horz")
    return frozenset(parts)


def _has_look_flag(table_look: Node | None, name: str, bit: int) -> bool:
    """A flag of w:tblLook, which is an attribute or, in older files, a bit of w:val."""
    if table_look is None:
        return False
    if (text := table_look.get(qn(name))) is not None:
        return text in ("1", "true", "on")
    try:
        return bool(int(table_look.get(qn("w:val")) or "0", 16) & bit)
    except ValueError:
        return False


def _cell_css(
    grid: _Grid, cell: _Cell, properties: Properties, table_properties: Properties
) -> Style:
    style: Style = {"padding": _padding(properties, table_properties)}
    style |= _borders(grid, cell, properties, table_properties)
    if fill := css.fill_colour(properties):
        style["background"] = fill
    if (align := properties.get("w:vAlign")) in _VERTICAL:
        style["vertical-align"] = _VERTICAL[align]
    if properties.is_on("w:noWrap"):
        style["white-space"] = "nowrap"
    return style


def _padding(properties: Properties, table_properties: Properties) -> str:
    margins = (table_properties.node("w:tblCellMar"), properties.node("w:tcMar"))
    return " ".join(points(_side_padding(side, *margins)) for side in _SIDES)


def _side_padding(side: str, *margins: Node | None) -> float:
    padding = DEFAULT_SIDE_PADDING if side in ("left", "right") else 0.0
    for node in margins:
        for name in (f"w:{side}", f"w:{_LOGICAL_SIDES.get(side, side)}"):
            if (margin := child(node, name)) is not None:
                padding = length(margin.get(qn("w:w")))
    return max(0.0, padding)


def _borders(
    grid: _Grid, cell: _Cell, properties: Properties, table_properties: Properties
) -> Style:
    """The cell's own borders, else the outer or inner borders of the table."""
    is_outer = {
        "top": cell.row == 0,
        "bottom": cell.row + cell.rows >= len(grid.rows),
        "left": cell.column == 0,
        "right": cell.column + cell.columns > grid.last_column,
    }
    table = Properties().add(table_properties.node("w:tblBorders"))
    own = Properties().add(properties.node("w:tcBorders"))
    style: Style = {}
    for side in _SIDES:
        inner = "w:insideH" if side in ("top", "bottom") else "w:insideV"
        logical = _LOGICAL_SIDES.get(side, side)
        border = css.border(own, f"w:{side}") or css.border(own, f"w:{logical}")
        if border is None and not is_outer[side]:
            border = css.border(own, inner) or css.border(table, inner)
        elif border is None:
            border = css.border(table, f"w:{side}") or css.border(table, f"w:{logical}")
        if border:
            style[f"border-{side}"] = border
    return style
