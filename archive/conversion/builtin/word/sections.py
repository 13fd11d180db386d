"""Sections: page size and margins, columns, headers, footers, page numbers."""

# A header or footer is known by its kind («header», «footer») and by the pages that show it, its
# type («default», «first», «even»).

from collections.abc import Iterator, Mapping
from typing import Any

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, points
from archive.conversion.builtin.word.xml import (
    Node,
    R,
    child,
    descendant,
    iter_content,
    length,
    local_name,
    number,
    on_off,
    value,
)

A4 = (595.3, 841.9)
DEFAULT_HEADER_MARGIN = 35.4  # points from the edge of the page
_COUNTER_STYLES = {
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
}


class WordSection:
    """A sequence of blocks on pages with the same page setup."""

    def __init__(
        self,
        index: int,
        properties: Node | None,
        blocks: list[Node],
        previous: "WordSection | None",
        *,
        has_even_headers: bool,
    ) -> None:
        self.blocks = blocks
        self._index = index
        self._properties = properties
        self._has_even_headers = has_even_headers
        self._references: dict[tuple[str, str], str] = (
            dict(previous._references) if previous else {}
        )
        for node in properties if properties is not None else ():
            kind = local_name(node).removesuffix("Reference")
            if kind in ("header", "footer"):
                reference = (kind, node.get(qn("w:type")) or "default")
                self._references[reference] = node.get(f"{R}id") or ""
        self._continued_section = previous if self._is_continuation(previous) else None
        self._is_continued = False
        if self._continued_section:
            self._continued_section._is_continued = True

    @property
    def name(self) -> str:
        """The CSS name of its pages, shared with the section that it continues on a page."""
        return self._continued_section.name if self._continued_section else f"s{self._index}"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page in points. For landscape, the width is larger."""
        page = child(self._properties, "w:pgSz")
        width = length(page.get(qn("w:w"))) if page is not None else 0
        height = length(page.get(qn("w:h"))) if page is not None else 0
        return (width or A4[0], height or A4[1])

    def margin(self, side: str, default: float = 72.0) -> float:
        """A margin in points; ``side`` may also be «header», «footer» or «gutter»."""
        node = child(self._properties, "w:pgMar")
        text = None if node is None else node.get(qn(f"w:{side}"))
        return abs(length(text, default)) if text is not None else default

    @property
    def left_margin(self) -> float:
        """The left margin with the gutter, in points."""
        return self.margin("left") + self.margin("gutter", 0.0)

    @property
    def page_width(self) -> float:
        """The width between the margins in points."""
        return max(20.0, self.size[0] - self.left_margin - self.margin("right"))

    @property
    def width(self) -> float:
        """The width of a line (of one column) in points."""
        count, gap = self._columns()
        return max(20.0, (self.page_width - gap * (count - 1)) / count)

    def style(self) -> Style:
        """The CSS of the section's element."""
        style: Style = {"page": self.name}
        if self._index and not self._continued_section:
            kind = value(self._properties, "w:type")
            style["break-before"] = {"oddPage": "right", "evenPage": "left"}.get(kind or "", "page")
        count, gap = self._columns()
        if count > 1:
            style |= {"column-count": str(count), "column-gap": points(gap)}
            # Columns are balanced only if another section continues below them.
            style["column-fill"] = "balance" if self._is_continued else "auto"
        start = self._page_number_attribute("w:start")
        if start is not None and not self._continued_section:
            style["counter-reset"] = f"page {int(number(start))}"
        return style

    def header_parts(self, part: Any) -> Iterator[tuple[str, Any]]:
        """The names and parts of the headers and footers that its pages show."""
        if self._continued_section:
            return
        for (kind, page_type), relationship_id in sorted(self._visible_references().items()):
            relationship = part.rels.get(relationship_id)
            if relationship is not None and not relationship.is_external:
                yield f"{self.name}-{kind}-{page_type}", relationship.target_part

    def _visible_references(self) -> dict[tuple[str, str], str]:
        return {
            (kind, page_type): relationship_id
            for (kind, page_type), relationship_id in self._references.items()
            if page_type == "default"
            or (page_type == "first" and self._has_title_page())
            or (page_type == "even" and self._has_even_headers)
        }

    def _has_title_page(self) -> bool:
        return bool(on_off(self._properties, "w:titlePg"))

    def page_rules(self, heights: Mapping[str, float]) -> str:
        """The @page rules. ``heights`` are those of the headers and footers by name, in points: a
        margin grows if its header or footer does not fit into it."""
        if self._continued_section:
            return ""
        width, height = self.size
        sides = (
            self._margin_with_header("header", "top", heights),
            self.margin("right"),
            self._margin_with_header("footer", "bottom", heights),
            self.left_margin,
        )
        margins = " ".join(points(side) for side in sides)
        base = f"size: {points(width)} {points(height)}; margin: {margins};"
        rules = [f"@page {self.name} {{ {base} {self._margin_boxes('default')} }}"]
        if self._has_even_headers:
            rules.append(f"@page {self.name}:left {{ {self._margin_boxes('even')} }}")
        if self._has_title_page():
            rules.append(f"@page :nth(1 of {self.name}) {{ {self._margin_boxes('first')} }}")
        names = [
            f"{self.name}-{kind}-{page_type}" for kind, page_type in self._visible_references()
        ]
        rules += [f".{name} {{ position: running({name}) }}" for name in names]
        if counter_style := _COUNTER_STYLES.get(self._page_number_attribute("w:fmt") or ""):
            content = f"counter(page, {counter_style})"
            rules.append(f".{self.name} .page-number::after {{ content: {content} }}")
        return "\n".join(rules)

    def _margin_with_header(self, kind: str, side: str, heights: Mapping[str, float]) -> float:
        tallest = max(
            (height for name, height in heights.items() if f"-{kind}-" in name), default=0.0
        )
        needed = self.margin(kind, DEFAULT_HEADER_MARGIN) + tallest if tallest else 0.0
        return max(self.margin(side), needed)

    def _margin_boxes(self, page_type: str) -> str:
        return self._margin_box("header", page_type, "top-left", "top") + self._margin_box(
            "footer", page_type, "bottom-left", "bottom"
        )

    def _margin_box(self, kind: str, page_type: str, box: str, side: str) -> str:
        if (kind, page_type) not in self._visible_references():
            return f"@{box} {{ content: none }}"
        margin = self.margin(kind, DEFAULT_HEADER_MARGIN)
        return (
            f"@{box} {{ content: element({self.name}-{kind}-{page_type}); width: 100%;"
            f" vertical-align: {side}; padding-{side}: {points(margin)} }}"
        )

    def _columns(self) -> tuple[int, float]:
        node = child(self._properties, "w:cols")
        if node is None:
            return 1, 0.0
        count = int(number(node.get(qn("w:num")), 1))
        return max(1, min(count, 10)), length(node.get(qn("w:space")), 36.0)

    def _page_number_attribute(self, name: str) -> str | None:
        node = child(self._properties, "w:pgNumType")
        return None if node is None else node.get(qn(name))

    def _is_continuation(self, previous: "WordSection | None") -> bool:
        if previous is None or value(self._properties, "w:type") != "continuous":
            return False
        return previous.size == self.size


def read_sections(body: Node, settings: Node | None) -> list[WordSection]:
    """The body's sections in order. In the file, a section's properties follow its blocks."""
    has_even_headers = bool(on_off(settings, "w:evenAndOddHeaders"))
    sections: list[WordSection] = []
    blocks: list[Node] = []

    def close_section(properties: Node | None) -> None:
        section = WordSection(
            len(sections),
            properties,
            list(blocks),
            sections[-1] if sections else None,
            has_even_headers=has_even_headers,
        )
        sections.append(section)
        blocks.clear()

    for block in iter_content(body):
        if block.tag == qn("w:sectPr"):
            continue
        blocks.append(block)
        properties = descendant(block, "w:pPr", "w:sectPr")
        if properties is not None:
            close_section(properties)
    close_section(child(body, "w:sectPr"))
    return sections
