"""A DOCX as HTML with a style sheet for its pages."""

import re
from collections.abc import Iterator
from typing import IO, Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from archive.conversion.builtin.markup import element
from archive.conversion.builtin.pdf import height_of
from archive.conversion.builtin.word.inline import Notes
from archive.conversion.builtin.word.numbering import Numbering
from archive.conversion.builtin.word.sections import Section, read_sections
from archive.conversion.builtin.word.story import Story
from archive.conversion.builtin.word.styles import Styles
from archive.conversion.builtin.word.xml import Node, local, unwrapped

STYLE = """
.p { overflow-wrap: anywhere; orphans: 2; widows: 2 }
.page-number::after { content: counter(page) }
.page-count::after { content: counter(pages) }
.leader::after { content: leader(dotted) }
@page { @footnote { border-top: 0.5pt solid; margin-top: 6pt; padding-top: 3pt } }
.footnote { float: footnote; font-size: 10pt; text-indent: 0; text-align: left }
.footnote .p { display: inline; margin: 0 }
.footnote::footnote-marker { content: counter(footnote) ' ' }
.endnotes { border-top: 0.5pt solid; margin-top: 12pt }
.h1 { bookmark-level: 1; break-after: avoid } .h2 { bookmark-level: 2; break-after: avoid }
.h3 { bookmark-level: 3; break-after: avoid } .h4 { bookmark-level: 4; break-after: avoid }
.h5 { bookmark-level: 5; break-after: avoid } .h6 { bookmark-level: 6; break-after: avoid }
"""
_NOTES = {
    "footnotes": re.compile("/footnotes$"),
    "endnotes": re.compile("/endnotes$"),
}


def document_to_html(file: IO[bytes]) -> tuple[str, str]:
    """HTML of the body, and the style sheet of its pages."""
    part = Document(file).part
    styles = Styles(part.styles.element, _theme_fonts(part))
    numbering = Numbering(_root(part, "/numbering"))
    notes = Notes(_notes(part, "footnotes"), _notes(part, "endnotes"))
    settings = _root(part, "/settings")
    sections = read_sections(part.element.body, settings)
    pieces, rules = [], []
    for section in sections:
        headers = {
            name: _header(story_part, styles, section) for name, story_part in section.stories(part)
        }
        pieces.append(_section(section, headers, styles, numbering, part, notes))
        heights = {
            name: height_of(html, STYLE, section.page_width) for name, html in headers.items()
        }
        rules.append(section.rule(heights))
    pieces.append(_endnotes(styles, numbering, part, notes, sections[-1]))
    return "".join(pieces), STYLE + "".join(rules)


def _section(
    section: Section,
    headers: dict[str, str],
    styles: Styles,
    numbering: Numbering,
    part: Any,
    notes: Notes,
) -> str:
    running = "".join(
        element("div", html, class_=f"running {name}") for name, html in headers.items()
    )
    story = Story(styles, numbering, part, notes, width=section.width)
    body = story.html(section.blocks)
    return element("section", running + body, section.style(), class_=section.name)


def _header(story_part: Any, styles: Styles, section: Section) -> str:
    numbering = Numbering(None)
    story = Story(styles, numbering, story_part, Notes(), width=section.page_width)
    return story.html(unwrapped(story_part.element))


def _endnotes(styles: Styles, numbering: Numbering, part: Any, notes: Notes, last: Section) -> str:
    if not notes.gathered:
        return ""
    story = Story(styles, numbering, part, notes, width=last.width)
    items = "".join(
        element("div", f"<sup>{number}</sup> {story.html(unwrapped(note))}")
        for number, note in enumerate(notes.gathered, 1)
    )
    return element("div", items, {"page": last.name}, class_="endnotes")


def _related(part: Any, ending: str) -> Any:
    for relation in part.rels.values():
        if relation.reltype.endswith(ending) and not relation.is_external:
            return relation.target_part
    return None


def _root(part: Any, ending: str) -> Node | None:
    """The tree of a related part, which python-docx may or may not have parsed."""
    related = _related(part, ending)
    if related is None:
        return None
    if hasattr(related, "element"):
        return related.element  # type: ignore[no-any-return]
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(related.blob, parser)


def _notes(part: Any, name: str) -> dict[str, Node]:
    """Notes by their number, without the separators that stand among them."""
    root = _root(part, f"/{name}")
    return {
        note.get(qn("w:id")) or "": note
        for note in (root if root is not None else ())
        if local(note) and note.get(qn("w:type")) in (None, "normal")
    }


def _theme_fonts(part: Any) -> dict[str, str]:
    """The fonts that styles mean by «minor» and «major»."""
    root = _root(part, "/theme")
    if root is None:
        return {}
    return dict(_latin(root))


def _latin(root: Node) -> Iterator[tuple[str, str]]:
    for name in ("minor", "major"):
        font = root.find(f".//{qn(f'a:{name}Font')}/{qn('a:latin')}")
        if font is not None and font.get("typeface"):
            yield name, str(font.get("typeface"))
