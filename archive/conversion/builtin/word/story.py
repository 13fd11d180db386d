"""Paragraphs, lists and the order of blocks in one story (body, header, note, cell)."""

from collections.abc import Iterable
from typing import Any

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, element, points
from archive.conversion.builtin.word import css
from archive.conversion.builtin.word.inline import Inline, Notes
from archive.conversion.builtin.word.numbering import Label, Numbering
from archive.conversion.builtin.word.numerals import readable
from archive.conversion.builtin.word.styles import Properties, Styles, TableLook
from archive.conversion.builtin.word.tables import Tables
from archive.conversion.builtin.word.tabs import TabStops, laid_out
from archive.conversion.builtin.word.xml import Node, child, local, number, twips, unwrapped, value

HEADINGS = 6


class Story:
    """Turns the blocks of one story into HTML; the numbering is the whole document's."""

    def __init__(
        self, styles: Styles, numbering: Numbering, part: Any, notes: Notes, *, width: float
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self.width = width  # points that a line has
        self._inline = Inline(styles, part, notes, self._nested, self._nested)
        self._tables = Tables(styles, self._cell)

    def html(self, blocks: Iterable[Node], table: TableLook | None = None) -> str:
        """The blocks (w:p, w:tbl and what wraps them) in order."""
        rendered: list[str] = []
        ahead = [*blocks]
        for place, block in enumerate(ahead):
            name = local(block)
            if name == "p":
                beside = (ahead[place - 1] if place else None, *ahead[place + 1 : place + 2])
                rendered.append(self._paragraph(block, beside, table))
            elif name == "tbl":
                rendered.append(self._tables.html(block, self.width))
            elif name not in ("sectPr", "tcPr", "bookmarkStart", "bookmarkEnd"):
                rendered.extend(markup.text(str(text)) for text in block.itertext() if text.strip())
        return "".join(rendered)

    def _nested(self, holder: Node) -> str:
        return self.html(unwrapped(holder))

    def _cell(self, cell: Node, table: TableLook, width: float) -> str:
        outer, self.width = self.width, width
        html = self.html(unwrapped(cell), table)
        self.width = outer
        return html

    def _paragraph(
        self, node: Node, beside: tuple[Node | None, ...], table: TableLook | None
    ) -> str:
        own = child(node, "w:pPr")
        paragraph = self._styles.paragraph(own, table)
        base = self._styles.run_base(own, table)
        label = self._label(own, paragraph)
        if label:
            paragraph = self._with_level(own, paragraph, label, table)
        mark = self._styles.run(base, child(own, "w:rPr"))
        pieces = self._inline.pieces(node, base)
        empty = not any(pieces) and label is None
        size = css.font_size(mark if empty else base)
        style = css.paragraph_style(paragraph, size) | {"font-size": points(size)}
        if paragraph.on("w:contextualSpacing"):
            style |= self._without_space(own, *beside)
        left, first, indents = self._indents(paragraph)
        style |= indents
        stops = TabStops(paragraph, left=left, first=first, width=self.width)
        if label is not None and label.text:
            pieces = self._labelled(label, mark, pieces)
        content = laid_out(pieces, stops) or "&nbsp;"
        return element("div", content, style, class_=self._class(own))

    def _class(self, own: Node | None) -> str:
        name = self._styles.paragraph_style_name(own)
        level = name.removeprefix("heading ")
        if level != name and level.isdigit() and 1 <= int(level) <= HEADINGS:
            return f"p h{level}"
        return "p"

    def _without_space(
        self, own: Node | None, above: Node | None, below: Node | None = None
    ) -> Style:
        """No space towards a neighbour of the same style."""
        style: Style = {}
        for side, node in (("margin-top", above), ("margin-bottom", below)):
            if node is not None and local(node) == "p":
                other = value(child(node, "w:pPr"), "w:pStyle")
                if other == value(own, "w:pStyle"):
                    style[side] = "0"
        return style

    def _label(self, own: Node | None, paragraph: Properties) -> Label | None:
        numbered = paragraph.node("w:numPr")
        number_id = value(numbered, "w:numId")
        if number_id is None or number_id == "0":
            return None
        index = value(numbered, "w:ilvl")
        style = value(own, "w:pStyle")
        if index is None and style is not None:
            by_style = self._numbering.level_of_style(number_id, style)
            return self._numbering.next_label(number_id, by_style or 0)
        return self._numbering.next_label(number_id, int(number(index)))

    def _with_level(
        self, own: Node | None, paragraph: Properties, label: Label, table: TableLook | None
    ) -> Properties:
        """A level's indents give way to the paragraph's own and, if it numbers, its style's."""
        level = child(label.level, "w:pPr")
        if child(own, "w:numPr") is not None:
            return paragraph.copy().add(level).add(own)
        merged = Properties().add(level)
        for nodes in self._styles.paragraph(own, table).nodes.values():
            for node in nodes:
                merged.nodes.setdefault(node.tag, []).append(node)
        return merged

    def _indents(self, paragraph: Properties) -> tuple[float, float, Style]:
        """Left edge and the first line's offset from it, in points, and both as CSS."""
        left = twips(_either(paragraph, "w:left", "w:start"))
        right = twips(_either(paragraph, "w:right", "w:end"))
        hanging = paragraph.get("w:ind", "w:hanging")
        first = -twips(hanging) if hanging else twips(paragraph.get("w:ind", "w:firstLine"))
        style: Style = {}
        if left:
            style["margin-left"] = points(left)
        if right:
            style["margin-right"] = points(right)
        if first:
            style["text-indent"] = points(first)
        return left, first, style

    def _labelled(self, label: Label, mark: Properties, pieces: list[str]) -> list[str]:
        """The pieces with the label before them, in the look of the paragraph mark and level."""
        style = css.run_style(mark.copy().add(child(label.level, "w:rPr")))
        written = element("span", markup.text(readable(label.text)), style)
        if label.follows == "tab":
            return [written, *pieces]
        space = " " if label.follows == "space" else ""
        return [written + space + pieces[0], *pieces[1:]]


def _either(paragraph: Properties, *names: str) -> str | None:
    for name in names:
        if (found := paragraph.get("w:ind", name)) is not None:
            return found
    return None
