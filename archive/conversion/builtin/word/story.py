"""The blocks of one story (body, header, note, cell): paragraphs, lists and tables."""

from collections.abc import Iterable
from typing import Any

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, element, points
from archive.conversion.builtin.word import css
from archive.conversion.builtin.word.inline import InlineRenderer, Notes
from archive.conversion.builtin.word.numbering import Label, Numbering
from archive.conversion.builtin.word.numerals import replace_symbol_characters
from archive.conversion.builtin.word.styles import Properties, Styles, TableCellStyle
from archive.conversion.builtin.word.tables import TableRenderer
from archive.conversion.builtin.word.tabs import TabStops, render_tabs
from archive.conversion.builtin.word.xml import (
    Node,
    child,
    iter_content,
    length,
    local_name,
    number,
    value,
)

HEADINGS = 6


class StoryRenderer:
    """Renders the blocks of one story to HTML. The numbering is that of the whole document."""

    def __init__(
        self, styles: Styles, numbering: Numbering, part: Any, notes: Notes, *, width: float
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self.width = width  # of a line, in points
        self._inline = InlineRenderer(styles, part, notes, self._render_nested)
        self._tables = TableRenderer(styles, self._render_cell)

    def render(self, blocks: Iterable[Node], cell_style: TableCellStyle | None = None) -> str:
        """The HTML of the blocks (w:p, w:tbl), in order."""
        rendered: list[str] = []
        all_blocks = [*blocks]
        for index, block in enumerate(all_blocks):
            name = local_name(block)
            if name == "p":
                previous = all_blocks[index - 1] if index else None
                following = next(iter(all_blocks[index + 1 : index + 2]), None)
                rendered.append(self._render_paragraph(block, previous, following, cell_style))
            elif name == "tbl":
                rendered.append(self._tables.render(block, self.width))
            elif name not in ("sectPr", "tcPr", "bookmarkStart", "bookmarkEnd"):
                rendered.extend(markup.text(str(text)) for text in block.itertext() if text.strip())
        return "".join(rendered)

    def _render_nested(self, container: Node) -> str:
        return self.render(iter_content(container))

    def _render_cell(self, cell: Node, cell_style: TableCellStyle, width: float) -> str:
        outer_width, self.width = self.width, width
        html = self.render(iter_content(cell), cell_style)
        self.width = outer_width
        return html

    def _render_paragraph(
        self,
        node: Node,
        previous: Node | None,
        following: Node | None,
        cell_style: TableCellStyle | None,
    ) -> str:
        direct = child(node, "w:pPr")  # the paragraph's own formatting, without its style's
        paragraph = self._styles.paragraph(direct, cell_style)
        base = self._styles.run_base(direct, cell_style)
        label = self._next_label(direct, paragraph)
        if label:
            paragraph = self._with_list_level(direct, paragraph, label, cell_style)
        mark = self._styles.run(base, child(direct, "w:rPr"))
        pieces = self._inline.render(node, base)
        is_empty = not any(pieces) and label is None
        size = css.font_size(mark if is_empty else base)
        style = css.paragraph_style(paragraph, size) | {"font-size": points(size)}
        if paragraph.is_on("w:contextualSpacing"):
            style |= self._contextual_spacing(direct, previous, following)
        left, first, indents = self._indents(paragraph)
        style |= indents
        stops = TabStops(paragraph, left=left, first=first, width=self.width)
        if label is not None and label.text:
            pieces = self._add_label(label, mark, pieces)
        content = render_tabs(pieces, stops) or "&nbsp;"
        return element("div", content, style, class_=self._css_class(direct))

    def _css_class(self, direct: Node | None) -> str:
        name = self._styles.paragraph_style_name(direct)
        level = name.removeprefix("heading ")
        if level != name and level.isdigit() and 1 <= int(level) <= HEADINGS:
            return f"p h{level}"
        return "p"

    def _contextual_spacing(
        self, direct: Node | None, previous: Node | None, following: Node | None
    ) -> Style:
        """No space between neighbouring paragraphs of the same style."""
        style: Style = {}
        for side, node in (("margin-top", previous), ("margin-bottom", following)):
            if node is not None and local_name(node) == "p":
                other_style = value(child(node, "w:pPr"), "w:pStyle")
                if other_style == value(direct, "w:pStyle"):
                    style[side] = "0"
        return style

    def _next_label(self, direct: Node | None, paragraph: Properties) -> Label | None:
        numbering = paragraph.node("w:numPr")
        list_id = value(numbering, "w:numId")
        if list_id is None or list_id == "0":
            return None
        index = value(numbering, "w:ilvl")
        style = value(direct, "w:pStyle")
        if index is None and style is not None:
            level = self._numbering.level_of_style(list_id, style)
            return self._numbering.next_label(list_id, level or 0)
        return self._numbering.next_label(list_id, int(number(index)))

    def _with_list_level(
        self,
        direct: Node | None,
        paragraph: Properties,
        label: Label,
        cell_style: TableCellStyle | None,
    ) -> Properties:
        """Adds the indents of the list level. The paragraph's direct formatting overrides them,
        and so does its style if the numbering comes from the style."""
        level = child(label.level, "w:pPr")
        if child(direct, "w:numPr") is not None:
            return paragraph.copy().add(level).add(direct)
        merged = Properties().add(level)
        for nodes in self._styles.paragraph(direct, cell_style).nodes.values():
            for node in nodes:
                merged.nodes.setdefault(node.tag, []).append(node)
        return merged

    def _indents(self, paragraph: Properties) -> tuple[float, float, Style]:
        """The left indent and the first line's offset from it in points, and both as CSS."""
        left = length(_first_indent(paragraph, "w:left", "w:start"))
        right = length(_first_indent(paragraph, "w:right", "w:end"))
        hanging = paragraph.get("w:ind", "w:hanging")
        first = -length(hanging) if hanging else length(paragraph.get("w:ind", "w:firstLine"))
        style: Style = {}
        if left:
            style["margin-left"] = points(left)
        if right:
            style["margin-right"] = points(right)
        if first:
            style["text-indent"] = points(first)
        return left, first, style

    def _add_label(self, label: Label, mark: Properties, pieces: list[str]) -> list[str]:
        """The pieces after the label, which is formatted like the paragraph mark and the level."""
        style = css.run_style(mark.copy().add(child(label.level, "w:rPr")))
        span = element("span", markup.text(replace_symbol_characters(label.text)), style)
        if label.suffix == "tab":
            return [span, *pieces]
        space = " " if label.suffix == "space" else ""
        return [span + space + pieces[0], *pieces[1:]]


def _first_indent(paragraph: Properties, *names: str) -> str | None:
    """The first of the attributes of w:ind that is set."""
    values = (paragraph.get("w:ind", name) for name in names)
    return next((text for text in values if text is not None), None)
