"""Sections: page size and margins, columns, headers, footers, page numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, points
from archive.conversion.builtin.word.xml import (
    Node,
    R,
    child,
    local,
    number,
    path,
    switch,
    twips,
    unwrapped,
    value,
)

A4 = (595.3, 841.9)
_COUNTER_STYLES = {
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
}


class Section:
    """A run of blocks on pages of one make."""

    def __init__(
        self,
        index: int,
        properties: Node | None,
        blocks: list[Node],
        previous: "Section | None",
        *,
        mirrors: bool,
    ) -> None:
        self.blocks = blocks
        self._index = index
        self._properties = properties
        self._mirrors = mirrors
        self._references: dict[tuple[str, str], str] = (
            dict(previous._references) if previous else {}
        )
        for node in properties if properties is not None else ():
            kind = local(node).removesuffix("Reference")
            if kind in ("header", "footer"):
                place = (kind, node.get(qn("w:type")) or "default")
                self._references[place] = node.get(f"{R}id") or ""
        self._continues = previous if self._is_continuation(previous) else None
        self._is_continued = False
        if self._continues:
            self._continues._is_continued = True

    @property
    def name(self) -> str:
        """The name of its pages; a section that goes on on the same page shares it."""
        return self._continues.name if self._continues else f"s{self._index}"

    @property
    def size(self) -> tuple[float, float]:
        """Points. Landscape is in the measures already."""
        page = child(self._properties, "w:pgSz")
        across = twips(page.get(qn("w:w"))) if page is not None else 0
        down = twips(page.get(qn("w:h"))) if page is not None else 0
        return (across or A4[0], down or A4[1])

    def margin(self, side: str, default: float = 72.0) -> float:
        """Points; ``side`` may also be «header», «footer» or «gutter»."""
        node = child(self._properties, "w:pgMar")
        stated = None if node is None else node.get(qn(f"w:{side}"))
        return abs(twips(stated, default)) if stated is not None else default

    @property
    def left(self) -> float:
        return self.margin("left") + self.margin("gutter", 0.0)

    @property
    def page_width(self) -> float:
        """Points between the margins."""
        return max(20.0, self.size[0] - self.left - self.margin("right"))

    @property
    def width(self) -> float:
        """Points that a line has: of one column, where there are several."""
        count, gap = self._columns()
        return max(20.0, (self.page_width - gap * (count - 1)) / count)

    def style(self) -> Style:
        """CSS of the section's element."""
        style: Style = {"page": self.name}
        if self._index and not self._continues:
            kind = value(self._properties, "w:type")
            style["break-before"] = {"oddPage": "right", "evenPage": "left"}.get(kind or "", "page")
        count, gap = self._columns()
        if count > 1:
            style |= {"column-count": str(count), "column-gap": points(gap)}
            # Columns are made equal only where another section goes on below them.
            style["column-fill"] = "balance" if self._is_continued else "auto"
        start = self._page_number("w:start")
        if start is not None and not self._continues:
            style["counter-reset"] = f"page {int(number(start))}"
        return style

    def stories(self, part: Any) -> Iterator[tuple[str, Any]]:
        """Names and parts of the headers and footers that its pages show."""
        if self._continues:
            return
        for (kind, which), relation in sorted(self._shown().items()):
            related = part.rels.get(relation)
            if related is not None and not related.is_external:
                yield f"{self.name}-{kind}-{which}", related.target_part

    def _shown(self) -> dict[tuple[str, str], str]:
        return {
            (kind, which): relation
            for (kind, which), relation in self._references.items()
            if which == "default"
            or (which == "first" and self._has_title_page())
            or (which == "even" and self._mirrors)
        }

    def _has_title_page(self) -> bool:
        return bool(switch(self._properties, "w:titlePg"))

    def rule(self, heights: Mapping[str, float]) -> str:
        """The @page rules. A margin grows with a header or footer (``heights``, by name, in
        points) that would not fit in it."""
        if self._continues:
            return ""
        across, down = self.size
        sides = (
            self._edge("header", "top", heights),
            self.margin("right"),
            self._edge("footer", "bottom", heights),
            self.left,
        )
        margins = " ".join(points(side) for side in sides)
        base = f"size: {points(across)} {points(down)}; margin: {margins};"
        rules = [f"@page {self.name} {{ {base} {self._boxes('default')} }}"]
        if self._mirrors:
            rules.append(f"@page {self.name}:left {{ {self._boxes('even')} }}")
        if self._has_title_page():
            rules.append(f"@page :nth(1 of {self.name}) {{ {self._boxes('first')} }}")
        rules += [
            f".{self.name}-{kind}-{which} {{ position: running({self.name}-{kind}-{which}) }}"
            for kind, which in self._shown()
        ]
        if form := _COUNTER_STYLES.get(self._page_number("w:fmt") or ""):
            rules.append(f".{self.name} .page-number::after {{ content: counter(page, {form}) }}")
        return "\n".join(rules)

    def _edge(self, story: str, side: str, heights: Mapping[str, float]) -> float:
        tallest = max(
            (height for name, height in heights.items() if f"-{story}-" in name), default=0.0
        )
        return max(self.margin(side), self.margin(story, 35.4) + tallest if tallest else 0.0)

    def _boxes(self, which: str) -> str:
        return self._box("header", which, "top-left", "top") + self._box(
            "footer", which, "bottom-left", "bottom"
        )

    def _box(self, story: str, which: str, box: str, side: str) -> str:
        edge = self.margin(story, 35.4)
        if (story, which) not in self._shown():
            return f"@{box} {{ content: none }}"
        return (
            f"@{box} {{ content: element({self.name}-{story}-{which}); width: 100%;"
            f" vertical-align: {side}; padding-{side}: {points(edge)} }}"
        )

    def _columns(self) -> tuple[int, float]:
        node = child(self._properties, "w:cols")
        if node is None:
            return 1, 0.0
        count = int(number(node.get(qn("w:num")), 1))
        return max(1, min(count, 10)), twips(node.get(qn("w:space")), 36.0)

    def _page_number(self, name: str) -> str | None:
        node = child(self._properties, "w:pgNumType")
        return None if node is None else node.get(qn(name))

    def _is_continuation(self, previous: "Section | None") -> bool:
        if previous is None or value(self._properties, "w:type") != "continuous":
            return False
        return previous.size == self.size


def read_sections(body: Node, settings: Node | None) -> list[Section]:
    """The body's sections in order; a section's properties stand at its end."""
    mirrors = bool(switch(settings, "w:evenAndOddHeaders"))
    sections: list[Section] = []
    blocks: list[Node] = []

    def close(properties: Node | None) -> None:
        previous = sections[-1] if sections else None
        sections.append(Section(len(sections), properties, list(blocks), previous, mirrors=mirrors))
        blocks.clear()

    for block in unwrapped(body):
        if block.tag == qn("w:sectPr"):
            continue
        blocks.append(block)
        properties = path(block, "w:pPr", "w:sectPr")
        if properties is not None:
            close(properties)
    close(child(body, "w:sectPr"))
    return sections
