"""Word's formatting properties as CSS."""

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, points
from archive.conversion.builtin.word.styles import Properties
from archive.conversion.builtin.word.xml import length, number

LINE_HEIGHT = 1.15  # of a single-spaced line, in font sizes
DEFAULT_SIZE = 10.0
AUTOMATIC_SPACE = 14.0  # points
_HIGHLIGHTS = {
    "yellow": "#ffff00",
    "green": "#00ff00",
    "cyan": "#00ffff",
    "magenta": "#ff00ff",
    "blue": "#0000ff",
    "red": "#ff0000",
    "lightGray": "#c0c0c0",
    "darkGray": "#808080",
}
_ALIGN = {
    "left": "left",
    "start": "left",
    "right": "right",
    "end": "right",
    "center": "center",
    "both": "justify",
    "distribute": "justify",
}
_BORDER_STYLES = {
    "single": "solid",
    "thick": "solid",
    "double": "double",
    "dotted": "dotted",
    "dashed": "dashed",
    "dotDash": "dashed",
    "dotDotDash": "dashed",
    "dashSmallGap": "dashed",
}


def run_style(run: Properties) -> Style:
    """The CSS of a run of text."""
    style: Style = {"font-size": points(font_size(run))}
    style["font-family"] = markup.font_family(run.font())
    if run.is_on("w:b"):
        style["font-weight"] = "bold"
    if run.is_on("w:i"):
        style["font-style"] = "italic"
    if lines := _text_decoration(run):
        style["text-decoration"] = lines
    if run.is_on("w:caps"):
        style["text-transform"] = "uppercase"
    elif run.is_on("w:smallCaps"):
        style["font-variant"] = "small-caps"
    if colour := markup.colour(run.get("w:color")):
        style["color"] = colour
    if fill := _HIGHLIGHTS.get(run.get("w:highlight") or "") or fill_colour(run):
        style["background"] = fill
    if (spacing := length(run.get("w:spacing"))) != 0:
        style["letter-spacing"] = points(spacing)
    return style | _vertical_position(run)


def font_size(run: Properties) -> float:
    """The font size in points."""
    half_points = number(run.get("w:sz"), DEFAULT_SIZE * 2)
    return max(1.0, min(half_points / 2, 400.0))


def _text_decoration(run: Properties) -> str:
    lines = []
    if (run.get("w:u") or "none") != "none":
        lines.append("underline")
    if run.is_on("w:strike") or run.is_on("w:dstrike"):
        lines.append("line-through")
    return " ".join(lines)


def _vertical_position(run: Properties) -> Style:
    align = run.get("w:vertAlign")
    if align in ("superscript", "subscript"):
        return {
            "vertical-align": "super" if align == "superscript" else "sub",
            "font-size": points(font_size(run) * 0.65),
            "line-height": "0",
        }
    return {}


def fill_colour(properties: Properties) -> str | None:
    """The background colour (w:shd)."""
    return markup.colour(properties.get("w:shd", "w:fill"))


def paragraph_style(paragraph: Properties, size: float) -> Style:
    """The CSS of a paragraph without its indents, which also depend on the list level."""
    style: Style = {"text-align": _ALIGN.get(paragraph.get("w:jc") or "left", "left")}
    before, after = _space(paragraph, "before"), _space(paragraph, "after")
    if after:
        style["margin-bottom"] = points(after)
    if before:
        # Between two paragraphs the larger space counts, like with collapsing CSS margins.
        style["margin-top"] = points(before)
    style["line-height"] = line_height(paragraph, size)
    if paragraph.is_on("w:keepNext"):
        style["break-after"] = "avoid"
    if paragraph.is_on("w:keepLines"):
        style["break-inside"] = "avoid"
    if paragraph.is_on("w:pageBreakBefore"):
        style["break-before"] = "page"
    if fill := fill_colour(paragraph):
        style["background"] = fill
    return style | _paragraph_borders(paragraph)


def _space(paragraph: Properties, side: str) -> float:
    automatic = paragraph.get("w:spacing", f"w:{side}Autospacing")
    if automatic in ("1", "true", "on"):
        return AUTOMATIC_SPACE
    return max(0.0, length(paragraph.get("w:spacing", f"w:{side}")))


def line_height(paragraph: Properties, size: float) -> str:
    """The CSS line height: a factor, or points if the document states an absolute height."""
    line = number(paragraph.get("w:spacing", "w:line"), 240)
    rule = paragraph.get("w:spacing", "w:lineRule") or "auto"
    if rule == "auto":
        return f"{LINE_HEIGHT * line / 240:.3f}"
    height = line / 20
    return points(height if rule == "exact" else max(height, size * LINE_HEIGHT))


def _paragraph_borders(paragraph: Properties) -> Style:
    node = paragraph.node("w:pBdr")
    if node is None:
        return {}
    sides = Properties().add(node)
    style: Style = {}
    for side in ("top", "right", "bottom", "left"):
        if line := border(sides, f"w:{side}"):
            style[f"border-{side}"] = line
            gap = points(number(sides.get(f"w:{side}", "w:space"), 1))
            style[f"padding-{side}"] = gap
    return style


def border(sides: Properties, name: str) -> str | None:
    """One side of a w:pBdr, w:tblBorders or w:tcBorders as CSS; «none» for an explicit no border.

    None when the side is not mentioned.
    """
    kind = sides.get(name)
    if kind is None:
        return None
    if kind in ("nil", "none"):
        return "none"
    width = max(0.25, number(sides.get(name, "w:sz"), 4) / 8)
    if kind == "double":
        width = max(width * 3, 1.5)
    colour = markup.colour(sides.get(name, "w:color")) or "#000"
    return f"{points(width)} {_BORDER_STYLES.get(kind, 'solid')} {colour}"
