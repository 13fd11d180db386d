"""The cell styles of a workbook (ECMA-376, part 1, 18.8): number formats, fonts and wrapping."""

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS

from archive.conversion.preparation.xml import Node, local_name, parse, serialise

NAME = "xl/styles.xml"
_DEFAULT_SIZE = 11.0
_TRUE = ("1", "true")


class CellStyles:
    """The part xl/styles.xml. Cells name a style by its index."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.is_changed = False
        self._root = parse(parts[NAME]) if NAME in parts else etree.Element("styleSheet")
        self._styles = self._root.find("{*}cellXfs")
        self._fonts = list(self._root.iterfind("{*}fonts/{*}font"))
        self._formats = dict(BUILTIN_FORMATS) | {
            int(node.get("numFmtId", "0")): node.get("formatCode", "")
            for node in self._root.iterfind("{*}numFmts/{*}numFmt")
        }
        self._wrapped: dict[int, int] = {}

    def serialise(self) -> bytes:
        return serialise(self._root)

    def number_format(self, index: int) -> str:
        """The code of the number format: «General», «#,##0.00»."""
        style = self._style(index)
        number = int(style.get("numFmtId", "0")) if style is not None else 0
        return self._formats.get(number, "General")

    def font_scale(self, index: int) -> float:
        """How much wider letters are than in the font that column widths are measured in."""
        style = self._style(index)
        number = int(style.get("fontId", "0")) if style is not None else 0
        font = self._fonts[number] if number < len(self._fonts) else None
        is_bold = font is not None and font.find("{*}b") is not None
        return _size(font) / _size(self._fonts[0] if self._fonts else None) * (1 + 0.1 * is_bold)

    def is_fitted(self, index: int) -> bool:
        """Whether the cell itself fits its text in: it wraps, shrinks or turns it."""
        alignment = self._alignment(index)
        if alignment is None:
            return False
        names = ("wrapText", "shrinkToFit")
        is_turned = alignment.get("textRotation", "0") != "0"
        return is_turned or any(alignment.get(name) in _TRUE for name in names)

    def wrapped(self, index: int) -> int | None:
        """The index of the same style that wraps its text; None in a file without styles."""
        style = self._style(index)
        if style is None or self._styles is None:
            return None
        if index not in self._wrapped:
            copy = deepcopy(style)
            alignment = copy.find("{*}alignment")
            if alignment is None:
                name = f"{{{etree.QName(copy).namespace}}}alignment"
                alignment = etree.Element(name)
                copy.insert(0, alignment)
            alignment.set("wrapText", "1")
            copy.set("applyAlignment", "1")
            self._styles.append(copy)
            self._wrapped[index] = len(self._styles) - 1
            self._styles.set("count", str(len(self._styles)))
            self.is_changed = True
        return self._wrapped[index]

    def _style(self, index: int) -> Node | None:
        if self._styles is None or not 0 <= index < len(self._styles):
            return None
        return self._styles[index]

    def _alignment(self, index: int) -> Node | None:
        style = self._style(index)
        return None if style is None else style.find("{*}alignment")


def _size(font: Node | None) -> float:
    node = None if font is None else font.find("{*}sz")
    return float(node.get("val", _DEFAULT_SIZE)) if node is not None else _DEFAULT_SIZE


def read_shared_strings(parts: Mapping[str, bytes]) -> list[str]:
    """The texts to which cells of the type «s» point."""
    name = "xl/sharedStrings.xml"
    if name not in parts:
        return []
    return [text_of(item) for item in parse(parts[name]) if local_name(item) == "si"]


def text_of(item: Node) -> str:
    """The text of a shared or inline string, without phonetic guides."""
    return "".join(
        node.text or ""
        for node in item.iter("{*}t")
        if not any(local_name(outer) == "rPh" for outer in node.iterancestors())
    )
