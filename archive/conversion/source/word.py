"""The text that a DOCX shows."""

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from archive.conversion.preparation import chunks, word_fields
from archive.conversion.preparation.xml import Node, attribute, local_name
from archive.conversion.source.blocks import SourceBlocks
from archive.conversion.source.package import SourcePackage

_MAIN = "word/document.xml"
_INVISIBLE = {
    *("del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "ffData"),
    *("graphic", "tblPr", "sdtPr"),
}
_BREAKS = {"p", "tab", "br", "cr", "tc", "t_row"}
_FALSE = {"0", "false", "off", "none"}
_NOTES = {"footnotes": "footnoteReference", "endnotes": "endnoteReference"}


def read(file: IO[bytes]) -> SourceBlocks:
    """The text of all parts. A damaged file raises any error of the parsers."""
    with zipfile.ZipFile(file) as archive:
        return _WordReader(SourcePackage(archive)).read()


class _WordReader:
    """Reads the parts of one document."""

    def __init__(self, package: SourcePackage) -> None:
        self._package = package
        root = package.root(_MAIN)
        if root is None:
            raise ValueError("There is no main part.")
        self._main = root
        self._targets = package.targets(_MAIN)
        self._source = SourceBlocks()

    def read(self) -> SourceBlocks:
        blocks = self._source.blocks
        blocks += self._part_blocks(_MAIN, self._main)
        for kind, reference in _NOTES.items():
            blocks += self._note_blocks(kind, reference)
        for chunk in self._main.iter("{*}altChunk"):
            blocks += self._chunk_blocks(chunk)
        self._read_headers()
        return self._source

    def _part_blocks(self, name: str, root: Node) -> Iterator[str]:
        _remove_page_numbers(root)
        yield from _split(root)
        yield from self._package.graphic_blocks(name)

    def _note_blocks(self, kind: str, reference: str) -> Iterator[str]:
        """The notes to which the text refers."""
        used = {attribute(node, "id") for node in self._main.iter(f"{{*}}{reference}")}
        for part_kind, name in self._targets.values():
            root = self._package.root(name) if part_kind == kind else None
            for note in root if root is not None else ():
                if attribute(note, "id") in used:
                    _remove_page_numbers(note)
                    yield from _split(note)

    def _chunk_blocks(self, chunk: Node) -> Iterator[str]:
        _kind, name = self._targets.get(attribute(chunk, "id") or "", ("", ""))
        if not name:
            return
        try:
            included = chunks.read_blocks(self._package.read(name))
        except ValueError:
            return  # told by the preparation
        for block in included:
            if isinstance(block, str):
                yield block
            else:
                yield from (text for row in block.rows for cell in row for text in cell)

    def _read_headers(self) -> None:
        """The headers and footers of all sections, by the pages that are sure to show them."""
        settings = self._package.root("word/settings.xml")
        is_two_sided = settings is not None and _is_on(settings, "evenAndOddHeaders")
        sections = list(self._main.iter("{*}sectPr"))
        current: dict[tuple[str, str], str] = {}
        read: dict[str, int] = {}  # the part, and the least number of pages
        for section in sections:
            for node in section.iterchildren("{*}headerReference", "{*}footerReference"):
                key = (local_name(node), attribute(node, "type") or "default")
                current[key] = self._targets.get(attribute(node, "id") or "", ("", ""))[1]
            has_first = _is_on(section, "titlePg")
            for (_, kind), name in current.items():
                least = _least_pages(kind, has_first, is_two_sided, len(sections))
                if name and least:
                    read[name] = min(least, read.get(name, least))
        for name, least in read.items():
            root = self._package.root(name)
            if root is not None:
                self._source.by_pages += [(least, text) for text in self._part_blocks(name, root)]


def _least_pages(kind: str, has_first: bool, is_two_sided: bool, sections: int) -> int:
    """How many pages a PDF has that is sure to show a header of this kind; 0: it never does."""
    if kind == "first":
        return 1 if has_first else 0
    if kind == "even":
        return 2 * sections if is_two_sided else 0
    if has_first:
        return sections * (3 if is_two_sided else 2)
    return 1


def _is_on(node: Node, name: str) -> bool:
    child = node.find(f"{{*}}{name}")
    return child is not None and (attribute(child, "val") or "1") not in _FALSE


def _split(root: Node) -> Iterator[str]:
    text = "".join(_iter_text(root))
    return (line for line in text.split("\n") if line.strip())


def _iter_text(node: Any) -> Iterator[str]:
    name = local_name(node)
    if not name or name in _INVISIBLE or _is_hidden(node, name):
        if name == "graphic":  # text boxes, in whatever group of shapes
            for box in node.iter("{*}txbxContent"):
                yield "\n"
                yield from _iter_text(box)
        return
    if name == "t":
        yield node.text or ""
        return
    if name in _BREAKS:
        yield "\n"
    elif name == "noBreakHyphen":
        yield "-"
    for child in node:
        yield from _iter_text(child)
    if name == "p":
        yield "\n"


def _is_hidden(node: Node, name: str) -> bool:
    if name == "r":
        hidden = node.find("{*}rPr/{*}vanish")
        return hidden is not None and (attribute(hidden, "val") or "1") not in _FALSE
    if name == "tr":
        return node.find("{*}trPr/{*}del") is not None
    if name == "Fallback":  # shown only by programs that do not know the other form
        return node.getprevious() is not None
    return False


def _remove_page_numbers(root: Node) -> None:
    """Removes the stored page numbers: in the PDF, pages may break elsewhere."""
    for field in word_fields.iter_complex_fields(root):
        if field.name in word_fields.PAGE_NUMBERS:
            for node in field.result:
                node.text = ""
    for node in root.iter("{*}fldSimple"):
        if word_fields.simple_field_name(node) in word_fields.PAGE_NUMBERS:
            for text in node.iter("{*}t"):
                text.text = ""
