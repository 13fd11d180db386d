"""The page of a printed sheet: size, margins, headers and footers."""

import re
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from archive.conversion.builtin.markup import points

# Points, portrait. Paper sizes by their numbers in ECMA-376 (18.3.1.63).
PAPER = {
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
_BOXES = (
    ("oddHeader", "left", "top-left"),
    ("oddHeader", "center", "top-center"),
    ("oddHeader", "right", "top-right"),
    ("oddFooter", "left", "bottom-left"),
    ("oddFooter", "center", "bottom-center"),
    ("oddFooter", "right", "bottom-right"),
)


def size(sheet: Worksheet) -> tuple[float, float]:
    """Width and height of the paper in points."""
    number = sheet.page_setup.paperSize
    across, down = PAPER.get(int(number) if number else A4, PAPER[A4])
    return (down, across) if sheet.page_setup.orientation == "landscape" else (across, down)


def content_width(sheet: Worksheet) -> float:
    """Points between the left and right margins."""
    margins = sheet.page_margins
    return size(sheet)[0] - (margins.left + margins.right) * INCH


def rule(sheet: Worksheet, name: str) -> str:
    """The @page rule by the name of ``name``."""
    across, down = size(sheet)
    margins = sheet.page_margins
    sides = (margins.top, margins.right, margins.bottom, margins.left)
    boxes = "".join(_box(sheet, part, place, box) for part, place, box in _BOXES)
    return (
        f"@page {name} {{ size: {points(across)} {points(down)};"
        f" margin: {' '.join(points(side * INCH) for side in sides)}; {boxes} }}"
    )


def _box(sheet: Worksheet, part: str, place: str, box: str) -> str:
    item: Any = getattr(getattr(sheet, part), place)
    if not item or not item.text:
        return ""
    size = f"font-size: {item.size}pt;" if item.size else "font-size: 10pt;"
    return f"@{box} {{ {size} white-space: pre-wrap; content: {_content(item.text, sheet)} }}"


def _content(code: str, sheet: Worksheet) -> str:
    """«Страница &P из &N» as a CSS content list."""
    parts: list[str] = []
    position = 0
    for found in _CODE.finditer(code):
        parts.append(_string(code[position : found.start()]))
        parts.append(_field(found["code"] or "", sheet))
        position = found.end()
    parts.append(_string(code[position:]))
    return " ".join(part for part in parts if part) or "none"


def _field(code: str, sheet: Worksheet) -> str:
    if code == "P":
        return "counter(page)"
    if code == "N":
        return "counter(pages)"
    if code == "A":
        return _string(sheet.title)
    return _string("&") if code == "&" else ""


def _string(value: str) -> str:
    """A CSS string. «<» is written as an escape: nothing may end the style element."""
    plain = _CONTROL.sub("", value).replace("\\", "\\\\").replace('"', '\\"')
    plain = plain.replace("\n", "\\a ").replace("<", "\\3c ")
    return f'"{plain}"' if plain else ""
