"""The page setup of a printed sheet: size, margins, headers and footers."""

import re
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from archive.conversion.builtin.markup import points

# Width and height in points, portrait, by the paper size numbers of ECMA-376 (18.3.1.63).
PAPER_SIZES = {
    1: (612.0, 792.0),
    5: (612.0, 1008.0),
    8: (841.9, 1190.6),
    9: (595.3, 841.9),
    11: (419.5, 595.3),
}
A4 = 9
INCH = 72.0
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_CODE = re.compile(r'&(?:"(?P<font>[^"]*)"|(?P<size>\d+)|K(?P<colour>[0-9A-F]{6})|(?P<code>.))')
_MARGIN_BOXES = (
    ("oddHeader", "left", "top-left"),
    ("oddHeader", "center", "top-center"),
    ("oddHeader", "right", "top-right"),
    ("oddFooter", "left", "bottom-left"),
    ("oddFooter", "center", "bottom-center"),
    ("oddFooter", "right", "bottom-right"),
)


def paper_size(sheet: Worksheet) -> tuple[float, float]:
    """Width and height of the paper in points."""
    number = sheet.page_setup.paperSize
    width, height = PAPER_SIZES.get(int(number) if number else A4, PAPER_SIZES[A4])
    return (height, width) if sheet.page_setup.orientation == "landscape" else (width, height)


def content_width(sheet: Worksheet) -> float:
    """Points between the left and right margins."""
    margins = sheet.page_margins
    return paper_size(sheet)[0] - (margins.left + margins.right) * INCH


def page_rule(sheet: Worksheet, name: str) -> str:
    """The CSS rule @page ``name``."""
    width, height = paper_size(sheet)
    margins = sheet.page_margins
    sides = (margins.top, margins.right, margins.bottom, margins.left)
    boxes = "".join(_margin_box(sheet, *names) for names in _MARGIN_BOXES)
    return (
        f"@page {name} {{ size: {points(width)} {points(height)};"
        f" margin: {' '.join(points(side * INCH) for side in sides)}; {boxes} }}"
    )


def _margin_box(sheet: Worksheet, part: str, position: str, box: str) -> str:
    item: Any = getattr(getattr(sheet, part), position)
    if not item or not item.text:
        return ""
    size = f"font-size: {item.size}pt;" if item.size else "font-size: 10pt;"
    content = _header_content(item.text, sheet)
    return f"@{box} {{ {size} white-space: pre-wrap; content: {content} }}"


def _header_content(code: str, sheet: Worksheet) -> str:
    """A header such as «Страница &P из &N» as a CSS content list."""
    parts: list[str] = []
    position = 0
    for match in _CODE.finditer(code):
        parts.append(_css_string(code[position : match.start()]))
        parts.append(_field_content(match["code"] or "", sheet))
        position = match.end()
    parts.append(_css_string(code[position:]))
    return " ".join(part for part in parts if part) or "none"


def _field_content(code: str, sheet: Worksheet) -> str:
    if code == "P":
        return "counter(page)"
    if code == "N":
        return "counter(pages)"
    if code == "A":
        return _css_string(sheet.title)
    return _css_string("&") if code == "&" else ""


def _css_string(value: str) -> str:
    """A CSS string. «<» is escaped, so that it cannot close the <style> element."""
    escaped = _CONTROL.sub("", value).replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\a ").replace("<", "\\3c ")
    return f'"{escaped}"' if escaped else ""
