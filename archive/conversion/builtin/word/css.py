"""Word's properties as CSS."""

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, points
from archive.conversion.builtin.word.styles import Properties
from archive.conversion.builtin.word.xml import number, twips

# A line of a text font is so many times its size high.
LINE = 1.15
DEFAULT_SIZE = 10.0
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
_LINES = {
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
    """How the letters look."""
    style: Style = {"font-size": points(font_size(run))}
    style["font-family"] = markup.font_family(run.font())
    if run.on("w:b"):
        style["font-weight"] = "bold"
    if run.on("w:i"):
        style["font-style"] = "italic"
    if lines := _text_lines(run):
        style["text-decoration"] = lines
    if run.on("w:caps"):
        style["text-transform"] = "uppercase"
    elif run.on("w:smallCaps"):
        style["font-variant"] = "small-caps"
    if shade := markup.colour(run.get("w:color")):
        style["color"] = shade
    if fill := _HIGHLIGHTS.get(run.get("w:highlight") or "") or fill_colour(run):
        style["background"] = fill
    if (spread := twips(run.get("w:spacing"))) != 0:
        style["letter-spacing"] = points(spread)
    return style | _raised(run)


def font_size(run: Properties) -> float:
    """Points."""
    half_points = number(run.get("w:sz"), DEFAULT_SIZE * 2)
    return max(1.0, min(half_points / 2, 400.0))


def _text_lines(run: Properties) -> str:
    lines = []
    if (run.get("w:u") or "none") != "none":
        lines.append("underline")
    if run.on("w:strike") or run.on("w:dstrike"):
        lines.append("line-through")
    return " ".join(lines)


def _raised(run: Properties) -> Style:
    align = run.get("w:vertAlign")
    if align in ("superscript", "subscript"):
        return {
            "vertical-align": "super" if align == "superscript" else "sub",
            "font-size": points(font_size(run) * 0.65),
            "line-height": "0",
        }
    return {}


def fill_colour(properties: Properties) -> str | None:
    """The colour of w:shd."""
    return markup.colour(properties.get("w:shd", "w:fill"))


def paragraph_style(paragraph: Properties, size: float) -> Style:
    """Alignment, spacing and breaks of a paragraph; indents come with the list level."""
    style: Style = {"text-align": _ALIGN.get(paragraph.get("w:jc") or "left", "left")}
    before, after = _space(paragraph, "before"), _space(paragraph, "after")
    if after:
        style["margin-bottom"] = points(after)
    if before:
        # Of the space after one paragraph and before the next the larger one counts, which is
        # what margins do by themselves.
        style["margin-top"] = points(before)
    style["line-height"] = line_height(paragraph, size)
    if paragraph.on("w:keepNext"):
        style["break-after"] = "avoid"
    if paragraph.on("w:keepLines"):
        style["break-inside"] = "avoid"
    if paragraph.on("w:pageBreakBefore"):
        style["break-before"] = "page"
    if fill := fill_colour(paragraph):
        style["background"] = fill
    return style | _paragraph_borders(paragraph)


def _space(paragraph: Properties, side: str) -> float:
    automatic = paragraph.get("w:spacing", f"w:{side}Autospacing")
    if automatic in ("1", "true", "on"):
        return 14.0
    return max(0.0, twips(paragraph.get("w:spacing", f"w:{side}")))


def line_height(paragraph: Properties, size: float) -> str:
    """A CSS line height: a factor, or points when they are given."""
    line = number(paragraph.get("w:spacing", "w:line"), 240)
    rule = paragraph.get("w:spacing", "w:lineRule") or "auto"
    if rule == "auto":
        return f"{LINE * line / 240:.3f}"
    exact = line / 20
    return points(exact if rule == "exact" else max(exact, size * LINE))


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
    """One side of a w:pBdr, w:tblBorders or w:tcBorders as CSS; «none» when it is taken away."""
    kind = sides.get(name)
    if kind is None:
        return None
    if kind in ("nil", "none"):
        return "none"
    width = max(0.25, number(sides.get(name, "w:sz"), 4) / 8)
    if kind == "double":
        width = max(width * 3, 1.5)
    shade = markup.colour(sides.get(name, "w:color")) or "#000"
    return f"{points(width)} {_LINES.get(kind, 'solid')} {shade}"
