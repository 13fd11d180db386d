"""Makes the cells of a worksheet show all that they contain.

In a column that is too narrow a spreadsheet program shows «###» in place of a number, and cuts
off a text beside a filled cell. Columns become wide enough for numbers, dates and codes; other
texts wrap.
"""

import re
from copy import deepcopy

from lxml import etree
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from archive.conversion.builtin.sheet import format_value
from archive.conversion.preparation.cell_styles import CellStyles, text_of
from archive.conversion.preparation.xml import Node

MAX_WIDTH = 60.0
# Widths in digits of the default font. Padding and grid line take 5 of the 7 pixels of a digit.
_PADDING = 5 / 7
_DEFAULT_WIDTH = 8 + _PADDING
_NARROW = frozenset(".,:;!|'’()[] \u00a0-/iljtf")
_WIDE = frozenset("mwMWДЖМФШЩЫЮжмфшщыю@%№₽")
# Other programs' substitutes of a font are a little wider.
_RESERVE = 1.08
# An account or a bar code: it would be unreadable in pieces.
_CODE = re.compile(r"\d[\d-]{5,}")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)\Z")


class CellFitting:
    """Fits the cells of one worksheet, whose root it changes."""

    def __init__(self, root: Node, styles: CellStyles, strings: list[str], *, is_mac: bool) -> None:
        self._root = root
        self._styles = styles
        self._strings = strings
        self._epoch = MAC_EPOCH if is_mac else WINDOWS_EPOCH
        self._columns = root.find("{*}cols")
        self._merged = _merged_cells(root)
        self._default_width = _default_width(root)

    def fit(self) -> None:
        """Widens columns and wraps texts."""
        needed: dict[int, float] = {}
        for row in self._root.iterfind("{*}sheetData/{*}row"):
            cells = {column: cell for cell in row if (column := _column(cell))}
            for column, cell in cells.items():
                self._fit_cell(row, column, cell, cells, needed)
        for column, width in sorted(needed.items()):
            self._set_width(column, width)

    def _fit_cell(
        self, row: Node, column: int, cell: Node, cells: dict[int, Node], needed: dict[int, float]
    ) -> None:
        style = int(cell.get("s", "0"))
        if (cell.get("r") or "") in self._merged or self._styles.is_fitted(style):
            return
        text, is_whole = self._shown_text(cell, style)
        if not text:
            return
        width = _text_width(text) * self._styles.font_scale(style) + _PADDING
        available = max(self._width(column), needed.get(column, 0.0))
        if width <= available or self._is_hidden(column):
            return
        if is_whole:
            needed[column] = min(width, MAX_WIDTH)
        elif self._is_cut_off(column, width, cells):
            wrapped = self._styles.wrapped(style)
            if wrapped is None:
                needed[column] = min(width, MAX_WIDTH)
                return
            cell.set("s", str(wrapped))
            for name in ("ht", "customHeight"):
                row.attrib.pop(name, "")

    def _shown_text(self, cell: Node, style: int) -> tuple[str, bool]:
        """The text of a cell, and whether it must stay on one line."""
        kind, value = cell.get("t", "n"), cell.find("{*}v")
        content = (value.text or "") if value is not None else ""
        if kind == "inlineStr":
            item = cell.find("{*}is")
            text = text_of(item) if item is not None else ""
            return text, bool(_CODE.fullmatch(text))
        if kind == "s":
            text = self._strings[int(content)] if content.isdigit() else ""
            return text, bool(_CODE.fullmatch(text))
        if kind == "str":
            return content, bool(_CODE.fullmatch(content))
        if kind not in ("n", "d") or not content:
            return "", False
        return self._number_text(content, self._styles.number_format(style)), True

    def _number_text(self, content: str, code: str) -> str:
        try:
            number = float(content)
            if is_date_format(code):
                moment = from_excel(number, self._epoch)
                return format_value(moment, code) if moment is not None else ""
            if code == "General" and not number.is_integer():
                return format_value(round(number, 2), code)
            return format_value(int(number) if number.is_integer() else number, code)
        except (ValueError, OverflowError, ArithmeticError):
            return ""

    def _is_cut_off(self, column: int, width: float, cells: dict[int, Node]) -> bool:
        """Whether a filled cell to the right ends the space into which the text may run."""
        available = self._width(column)
        for neighbour in range(column + 1, column + 30):
            cell = cells.get(neighbour)
            if cell is not None and len(cell):
                return True
            available += self._width(neighbour)
            if available >= width:
                return False
        return False

    # --- Columns ---

    def _column_node(self, column: int) -> Node | None:
        for node in self._columns if self._columns is not None else ():
            if int(node.get("min", "0")) <= column <= int(node.get("max", "0")):
                return node
        return None

    def _width(self, column: int) -> float:
        node = self._column_node(column)
        width = node.get("width") if node is not None else None
        return float(width) if width else self._default_width

    def _is_hidden(self, column: int) -> bool:
        node = self._column_node(column)
        return node is not None and node.get("hidden") in ("1", "true")

    def _set_width(self, column: int, width: float) -> None:
        """Gives one column its own element, with this width."""
        if self._columns is None:
            namespace = etree.QName(self._root).namespace
            self._columns = etree.Element(f"{{{namespace}}}cols")
            data = self._root.find("{*}sheetData")
            if data is not None:
                data.addprevious(self._columns)
        node = self._column_node(column)
        if node is None:
            node = etree.Element(f"{{{etree.QName(self._root).namespace}}}col")
            following = [other for other in self._columns if int(other.get("min", "0")) > column]
            index = self._columns.index(following[0]) if following else len(self._columns)
            self._columns.insert(index, node)
        else:
            _split(node, column)
        node.attrib.update(
            {"min": str(column), "max": str(column), "width": f"{width:.2f}", "customWidth": "1"}
        )


def _split(node: Node, column: int) -> None:
    """Leaves the other columns of a group to copies of its element."""
    first, last = int(node.get("min", "0")), int(node.get("max", "0"))
    if first < column:
        before = deepcopy(node)
        before.set("max", str(column - 1))
        node.addprevious(before)
    if last > column:
        after = deepcopy(node)
        after.set("min", str(column + 1))
        node.addnext(after)


def _text_width(text: str) -> float:
    """The width of the longest line, in digits."""
    return _RESERVE * max(
        sum(0.6 if char in _NARROW else 1.35 if char in _WIDE else 1.0 for char in line)
        for line in text.split("\n")
    )


def _column(cell: Node) -> int:
    match = _REFERENCE.match(cell.get("r") or "")
    return column_index_from_string(match[1]) if match else 0


def _merged_cells(root: Node) -> set[str]:
    """The first cells of merged ranges."""
    return {
        (node.get("ref") or "").partition(":")[0]
        for node in root.iterfind("{*}mergeCells/{*}mergeCell")
    }


def _default_width(root: Node) -> float:
    node = root.find("{*}sheetFormatPr")
    width = node.get("defaultColWidth") if node is not None else None
    return float(width) if width else _DEFAULT_WIDTH
