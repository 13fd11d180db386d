"""The content of paragraphs: runs, fields, links, notes, images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, element
from archive.conversion.builtin.word import css, images
from archive.conversion.builtin.word.numerals import replace_symbol_characters
from archive.conversion.builtin.word.styles import Properties, Styles
from archive.conversion.builtin.word.xml import VML, WPS, Node, R, child, iter_content, local_name

TAB = "\t"
_COUNTERS = {"PAGE": "page-number", "NUMPAGES": "page-count", "SECTIONPAGES": "page-count"}
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass
class Notes:
    """Footnotes and endnotes by their id, and the endnotes referred to so far, in order."""

    footnotes: dict[str, Node] = field(default_factory=dict)
    endnotes: dict[str, Node] = field(default_factory=dict)
    used_endnotes: list[Node] = field(default_factory=list)


@dataclass
class _OpenField:
    """A complex field that has begun: whether its cached result has begun, and whether a CSS
    counter replaces that result."""

    instruction: str = ""
    in_result: bool = False
    is_counter: bool = False

    @property
    def name(self) -> str:
        return (self.instruction.split() or [""])[0].upper()


class InlineRenderer:
    """Renders the runs of one story (the body, a header, a note) to HTML.

    ``part`` is the package part whose relationships are used. ``render_blocks`` renders the
    blocks of a text box or a footnote.
    """

    def __init__(
        self,
        styles: Styles,
        part: Any,
        notes: Notes,
        render_blocks: Callable[[Node], str],
    ) -> None:
        self._styles = styles
        self._part = part
        self._notes = notes
        self._render_blocks = render_blocks

    def render(self, paragraph: Node, base: Properties) -> list[str]:
        """The paragraph's HTML, split at its tabs."""
        pieces: list[list[str]] = [[]]
        fields: list[_OpenField] = []
        for html in self._render_children(paragraph, base, fields):
            if html == TAB:
                pieces.append([])
            else:
                pieces[-1].append(html)
        return ["".join(piece) for piece in pieces]

    def _render_children(
        self, node: Node, base: Properties, fields: list[_OpenField]
    ) -> Iterator[str]:
        for item in iter_content(node):
            name = local_name(item)
            if name == "r":
                yield from self._render_run(item, base, fields)
            elif name == "hyperlink":
                yield from self._render_hyperlink(item, base, fields)
            elif name == "fldSimple":
                yield from self._render_simple_field(item, base, fields)
            elif name == "bookmarkStart":
                yield element("a", "", id=f"b-{item.get(qn('w:name'))}")
            elif name in ("oMath", "oMathPara"):
                yield markup.text("".join(map(str, item.itertext())))

    def _render_hyperlink(
        self, node: Node, base: Properties, fields: list[_OpenField]
    ) -> Iterator[str]:
        content = list(self._render_children(node, base, fields))
        url = self._link_url(node)
        if url is None:
            yield from content
            return
        for html in content:
            yield html if html == TAB else element("a", html, href=url)

    def _link_url(self, node: Node) -> str | None:
        if anchor := node.get(qn("w:anchor")):
            return f"#b-{anchor}"
        relationship = self._part.rels.get(node.get(f"{R}id"))
        if relationship is None or not relationship.is_external:
            return None
        target = str(relationship.target_ref)
        return target if target.lower().startswith(_SAFE_SCHEMES) else None

    def _render_simple_field(
        self, node: Node, base: Properties, fields: list[_OpenField]
    ) -> Iterator[str]:
        name = ((node.get(qn("w:instr")) or "").split() or [""])[0].upper()
        if name in _COUNTERS:
            first = next(iter(node.iter(qn("w:rPr"))), None)
            yield self._render_counter(name, self._styles.run(base, first))
        else:
            yield from self._render_children(node, base, fields)

    def _render_counter(self, name: str, run: Properties) -> str:
        return element("span", "", css.run_style(run), class_=_COUNTERS[name])

    def _render_run(self, node: Node, base: Properties, fields: list[_OpenField]) -> Iterator[str]:
        run = self._styles.run(base, child(node, "w:rPr"))
        if run.is_on("w:vanish"):
            return
        style = css.run_style(run)
        text: list[str] = []
        for item in iter_content(node):
            name = local_name(item)
            if name == "fldChar" or name == "instrText":
                yield from self._flush(text, style)
                yield from self._handle_field(name, item, run, fields)
            elif any(not f.in_result or f.is_counter for f in fields):
                continue  # an instruction, or a result that is replaced by a counter
            elif name in ("t", "noBreakHyphen", "softHyphen", "sym", "br", "cr"):
                if (plain := self._text(name, item)) == "\f":
                    yield from self._flush(text, style)
                    yield self._render_break(item)
                else:
                    text.append(plain)
            elif name in ("tab", "ptab"):
                yield from self._flush(text, style)
                yield TAB
            else:
                yield from self._flush(text, style)
                yield self._render_object(name, item, style)
        yield from self._flush(text, style)

    @staticmethod
    def _flush(text: list[str], style: Style) -> Iterator[str]:
        if text:
            yield element("span", markup.preformatted_text("".join(text)), style)
            text.clear()

    @staticmethod
    def _text(name: str, item: Node) -> str:
        if name == "t":
            return replace_symbol_characters(item.text or "").replace("\n", " ")
        if name == "sym":
            code = item.get(qn("w:char")) or ""
            return replace_symbol_characters(chr(int(code, 16))) if code else ""
        if name == "br" and item.get(qn("w:type")) in ("page", "column"):
            return "\f"
        return {"noBreakHyphen": "\u2011", "softHyphen": "", "br": "\n", "cr": "\n"}[name]

    @staticmethod
    def _render_break(item: Node) -> str:
        kind = item.get(qn("w:type"))
        return element("span", "", {"display": "block", "break-after": kind or "page"})

    def _handle_field(
        self, name: str, item: Node, run: Properties, fields: list[_OpenField]
    ) -> Iterator[str]:
        if name == "instrText":
            if fields:
                fields[-1].instruction += item.text or ""
            return
        kind = item.get(qn("w:fldCharType"))
        if kind == "begin":
            fields.append(_OpenField())
        elif kind == "separate" and fields:
            fields[-1].in_result = True
            yield from self._render_page_number(fields, run)
        elif kind == "end" and fields:
            if not fields[-1].in_result:
                yield from self._render_page_number(fields, run)
            fields.pop()

    def _render_page_number(self, fields: list[_OpenField], run: Properties) -> Iterator[str]:
        """A CSS counter for a page number. Other fields show their cached result instead."""
        if fields[-1].name in _COUNTERS and all(f.in_result for f in fields[:-1]):
            fields[-1].is_counter = True
            yield self._render_counter(fields[-1].name, run)

    def _render_object(self, name: str, item: Node, style: Style) -> str:
        if name == "footnoteReference":
            return self._render_footnote(item)
        if name == "endnoteReference":
            return self._render_endnote_mark(item, style)
        if name == "drawing":
            return self._render_text_boxes(item) + images.render_drawing(item, self._part)
        if name in ("pict", "object"):
            return self._render_text_boxes(item) + images.render_vml(item, self._part)
        return ""

    def _render_footnote(self, item: Node) -> str:
        note = self._notes.footnotes.get(item.get(qn("w:id")) or "")
        if note is None:
            return ""
        return element("span", self._render_blocks(note), class_="footnote")

    def _render_endnote_mark(self, item: Node, style: Style) -> str:
        note = self._notes.endnotes.get(item.get(qn("w:id")) or "")
        if note is None:
            return ""
        self._notes.used_endnotes.append(note)
        return element("sup", str(len(self._notes.used_endnotes)), style)

    def _render_text_boxes(self, item: Node) -> str:
        """Text boxes, rendered inline at their anchor."""
        boxes = [
            content
            for content in item.iter(qn("w:txbxContent"))
            if not any(outer.tag == qn("w:txbxContent") for outer in content.iterancestors())
        ]
        style = {"display": "inline-block", "vertical-align": "top", "text-indent": "0"}
        shape = next(item.iter(f"{VML}rect", f"{VML}shape"), None)
        has_frame = shape is not None and shape.get("stroked") not in ("f", "false")
        if has_frame or next(item.iter(f"{WPS}spPr"), None) is not None:
            style |= {"border": "0.5pt solid #000", "padding": "3pt"}
        return "".join(element("span", self._render_blocks(box), style) for box in boxes)
