"""The content of paragraphs: runs, fields, links, notes, pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, element
from archive.conversion.builtin.word import css, images
from archive.conversion.builtin.word.numerals import readable
from archive.conversion.builtin.word.styles import Properties, Styles
from archive.conversion.builtin.word.xml import VML, WPS, Node, R, child, local, unwrapped

TAB = "\t"
_COUNTERS = {"PAGE": "page-number", "NUMPAGES": "page-count", "SECTIONPAGES": "page-count"}
_SAFE_LINKS = ("http://", "https://", "mailto:", "tel:")


@dataclass
class Notes:
    """Footnotes by their number, and endnotes gathered for the end of the document."""

    footnotes: dict[str, Node] = field(default_factory=dict)
    endnotes: dict[str, Node] = field(default_factory=dict)
    gathered: list[Node] = field(default_factory=list)


@dataclass
class _Field:
    """A field being read: its instruction, and whether its cached result has begun."""

    instruction: str = ""
    in_result: bool = False
    counted: bool = False

    @property
    def word(self) -> str:
        return (self.instruction.split() or [""])[0].upper()


class Inline:
    """Turns the runs of one story (the body, a header, a note) into HTML.

    ``part`` is the package part that relations are looked up in; ``blocks`` turns the blocks of
    a text box or note into HTML.
    """

    def __init__(
        self,
        styles: Styles,
        part: Any,
        notes: Notes,
        blocks: Callable[[Node], str],
        footnote: Callable[[Node], str],
    ) -> None:
        self._styles = styles
        self._part = part
        self._notes = notes
        self._blocks = blocks
        self._footnote = footnote

    def pieces(self, paragraph: Node, base: Properties) -> list[str]:
        """The paragraph's HTML, cut at its tabs."""
        pieces: list[list[str]] = [[]]
        fields: list[_Field] = []
        for html in self._children(paragraph, base, fields):
            if html == TAB:
                pieces.append([])
            else:
                pieces[-1].append(html)
        return ["".join(piece) for piece in pieces]

    def _children(self, node: Node, base: Properties, fields: list[_Field]) -> Iterator[str]:
        for item in unwrapped(node):
            name = local(item)
            if name == "r":
                yield from self._run(item, base, fields)
            elif name == "hyperlink":
                yield from self._hyperlink(item, base, fields)
            elif name == "fldSimple":
                yield from self._simple_field(item, base, fields)
            elif name == "bookmarkStart":
                yield element("a", "", id=f"b-{item.get(qn('w:name'))}")
            elif name in ("oMath", "oMathPara"):
                yield markup.text("".join(map(str, item.itertext())))

    def _hyperlink(self, node: Node, base: Properties, fields: list[_Field]) -> Iterator[str]:
        inside = list(self._children(node, base, fields))
        address = self._address(node)
        if address is None:
            yield from inside
            return
        for html in inside:
            yield html if html == TAB else element("a", html, href=address)

    def _address(self, node: Node) -> str | None:
        if anchor := node.get(qn("w:anchor")):
            return f"#b-{anchor}"
        related = self._part.rels.get(node.get(f"{R}id"))
        if related is None or not related.is_external:
            return None
        target = str(related.target_ref)
        return target if target.lower().startswith(_SAFE_LINKS) else None

    def _simple_field(self, node: Node, base: Properties, fields: list[_Field]) -> Iterator[str]:
        word = ((node.get(qn("w:instr")) or "").split() or [""])[0].upper()
        if word in _COUNTERS:
            first = next(iter(node.iter(qn("w:rPr"))), None)
            yield self._counter(word, self._styles.run(base, first))
        else:
            yield from self._children(node, base, fields)

    def _counter(self, word: str, run: Properties) -> str:
        return element("span", "", css.run_style(run), class_=_COUNTERS[word])

    def _run(self, node: Node, base: Properties, fields: list[_Field]) -> Iterator[str]:
        run = self._styles.run(base, child(node, "w:rPr"))
        if run.on("w:vanish"):
            return
        style = css.run_style(run)
        text: list[str] = []
        for item in unwrapped(node):
            name = local(item)
            if name == "fldChar" or name == "instrText":
                yield from self._flush(text, style)
                yield from self._field(name, item, run, fields)
            elif any(not f.in_result or f.counted for f in fields):
                continue  # an instruction, or a result that a live counter replaces
            elif name in ("t", "noBreakHyphen", "softHyphen", "sym", "br", "cr"):
                if (plain := self._text(name, item)) == "\f":
                    yield from self._flush(text, style)
                    yield self._break(item)
                else:
                    text.append(plain)
            elif name in ("tab", "ptab"):
                yield from self._flush(text, style)
                yield TAB
            else:
                yield from self._flush(text, style)
                yield self._object(name, item, style)
        yield from self._flush(text, style)

    @staticmethod
    def _flush(text: list[str], style: Style) -> Iterator[str]:
        if text:
            yield element("span", markup.flowing("".join(text)), style)
            text.clear()

    @staticmethod
    def _text(name: str, item: Node) -> str:
        if name == "t":
            return readable(item.text or "").replace("\n", " ")
        if name == "sym":
            code = item.get(qn("w:char")) or ""
            return readable(chr(int(code, 16))) if code else ""
        if name == "br" and item.get(qn("w:type")) in ("page", "column"):
            return "\f"
        return {"noBreakHyphen": "\u2011", "softHyphen": "", "br": "\n", "cr": "\n"}[name]

    @staticmethod
    def _break(item: Node) -> str:
        kind = item.get(qn("w:type"))
        return element("span", "", {"display": "block", "break-after": kind or "page"})

    def _field(self, name: str, item: Node, run: Properties, fields: list[_Field]) -> Iterator[str]:
        if name == "instrText":
            if fields:
                fields[-1].instruction += item.text or ""
            return
        kind = item.get(qn("w:fldCharType"))
        if kind == "begin":
            fields.append(_Field())
        elif kind == "separate" and fields:
            fields[-1].in_result = True
            yield from self._live(fields, run)
        elif kind == "end" and fields:
            if not fields[-1].in_result:
                yield from self._live(fields, run)
            fields.pop()

    def _live(self, fields: list[_Field], run: Properties) -> Iterator[str]:
        """Page numbers are counted; of every other field the cached result is shown."""
        if fields[-1].word in _COUNTERS and all(f.in_result for f in fields[:-1]):
            fields[-1].counted = True
            yield self._counter(fields[-1].word, run)

    def _object(self, name: str, item: Node, style: Style) -> str:
        if name == "footnoteReference":
            return self._note(item, self._notes.footnotes)
        if name == "endnoteReference":
            return self._endnote(item, style)
        if name == "drawing":
            return self._boxes(item) + images.drawing(item, self._part)
        if name in ("pict", "object"):
            return self._boxes(item) + images.vml(item, self._part)
        return ""

    def _note(self, item: Node, notes: dict[str, Node]) -> str:
        note = notes.get(item.get(qn("w:id")) or "")
        return element("span", self._footnote(note), class_="footnote") if note is not None else ""

    def _endnote(self, item: Node, style: Style) -> str:
        note = self._notes.endnotes.get(item.get(qn("w:id")) or "")
        if note is None:
            return ""
        self._notes.gathered.append(note)
        return element("sup", str(len(self._notes.gathered)), style)

    def _boxes(self, item: Node) -> str:
        """Text boxes stand in the flow where they are anchored."""
        boxes = [
            content
            for content in item.iter(qn("w:txbxContent"))
            if not any(up.tag == qn("w:txbxContent") for up in content.iterancestors())
        ]
        style = {"display": "inline-block", "vertical-align": "top", "text-indent": "0"}
        shape = next(item.iter(f"{VML}rect", f"{VML}shape"), None)
        drawn = shape is not None and shape.get("stroked") not in ("f", "false")
        if drawn or next(item.iter(f"{WPS}spPr"), None) is not None:
            style |= {"border": "0.5pt solid #000", "padding": "3pt"}
        return "".join(element("span", self._blocks(box), style) for box in boxes)
