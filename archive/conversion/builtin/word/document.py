"""A DOCX as HTML with the CSS of its pages."""

from collections.abc import Iterator
from typing import IO, Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from archive.conversion.builtin.markup import element
from archive.conversion.builtin.pdf import measure_height
from archive.conversion.builtin.word.inline import Notes
from archive.conversion.builtin.word.numbering import Numbering
from archive.conversion.builtin.word.sections import WordSection, read_sections
from archive.conversion.builtin.word.story import StoryRenderer
from archive.conversion.builtin.word.styles import Styles
from archive.conversion.builtin.word.xml import Node, iter_content, local_name, number

CSS = """
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


def document_to_html(file: IO[bytes]) -> tuple[str, str]:
    """The HTML of the document's body, and the CSS of its pages."""
    part = Document(file).part
    settings = _related_root(part, "/settings")
    styles = Styles(
        part.styles.element, _theme_fonts(part), word_version=_compatibility_mode(settings)
    )
    numbering = Numbering(_related_root(part, "/numbering"))
    notes = Notes(_read_notes(part, "footnotes"), _read_notes(part, "endnotes"))
    sections = read_sections(part.element.body, settings)
    pieces, rules = [], []
    for section in sections:
        headers = {
            name: _render_header(header_part, styles, section)
            for name, header_part in section.header_parts(part)
        }
        pieces.append(_render_section(section, headers, styles, numbering, part, notes))
        heights = {
            name: measure_height(html, CSS, section.page_width) for name, html in headers.items()
        }
        rules.append(section.page_rules(heights))
    pieces.append(_render_endnotes(styles, numbering, part, notes, sections[-1]))
    return "".join(pieces), CSS + "".join(rules)


def _render_section(
    section: WordSection,
    headers: dict[str, str],
    styles: Styles,
    numbering: Numbering,
    part: Any,
    notes: Notes,
) -> str:
    running = "".join(
        element("div", html, class_=f"running {name}") for name, html in headers.items()
    )
    story = StoryRenderer(styles, numbering, part, notes, width=section.width)
    body = story.render(section.blocks)
    return element("section", running + body, section.style(), class_=section.name)


def _render_header(header_part: Any, styles: Styles, section: WordSection) -> str:
    numbering = Numbering(None)
    story = StoryRenderer(styles, numbering, header_part, Notes(), width=section.page_width)
    return story.render(iter_content(header_part.element))


def _render_endnotes(
    styles: Styles, numbering: Numbering, part: Any, notes: Notes, last_section: WordSection
) -> str:
    if not notes.used_endnotes:
        return ""
    story = StoryRenderer(styles, numbering, part, notes, width=last_section.width)
    items = "".join(
        element("div", f"<sup>{index}</sup> {story.render(iter_content(note))}")
        for index, note in enumerate(notes.used_endnotes, 1)
    )
    return element("div", items, {"page": last_section.name}, class_="endnotes")


def _related_part(part: Any, type_suffix: str) -> Any:
    for relationship in part.rels.values():
        if relationship.reltype.endswith(type_suffix) and not relationship.is_external:
            return relationship.target_part
    return None


def _related_root(part: Any, type_suffix: str) -> Node | None:
    """The root element of a related part, which python-docx may or may not have parsed."""
    related = _related_part(part, type_suffix)
    if related is None:
        return None
    if hasattr(related, "element"):
        return related.element  # type: ignore[no-any-return]
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(related.blob, parser)


def _read_notes(part: Any, name: str) -> dict[str, Node]:
    """Footnotes or endnotes by their id, without the separators among them."""
    root = _related_root(part, f"/{name}")
    return {
        note.get(qn("w:id")) or "": note
        for note in (root if root is not None else ())
        if local_name(note) and note.get(qn("w:type")) in (None, "normal")
    }


def _compatibility_mode(settings: Node | None) -> int:
    """The version of Word whose layout the document has; 12 (Word 2007) where it is not stated."""
    for setting in settings.iter(qn("w:compatSetting")) if settings is not None else ():
        if setting.get(qn("w:name")) == "compatibilityMode":
            return int(number(setting.get(qn("w:val")), 12))
    return 12


def _theme_fonts(part: Any) -> dict[str, str]:
    """The font names of the theme fonts «minor» and «major»."""
    root = _related_root(part, "/theme")
    if root is None:
        return {}
    return dict(_iter_latin_fonts(root))


def _iter_latin_fonts(root: Node) -> Iterator[tuple[str, str]]:
    for name in ("minor", "major"):
        font = root.find(f".//{qn(f'a:{name}Font')}/{qn('a:latin')}")
        if font is not None and font.get("typeface"):
            yield name, str(font.get("typeface"))
