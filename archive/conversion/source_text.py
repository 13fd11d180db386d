"""The text that a reader of a DOCX or XLSX sees, read with no regard to how it looks."""

import os
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from archive.conversion import word_fields

_HIDDEN = {"del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "rPr", "pPr"}
_BREAKS = {"p", "tab", "br", "cr", "tc"}
_FALSE = {"0", "false", "off", "none"}
_NOTES = re.compile(r"word/(?:foot|end)notes\d*\.xml\Z")


def read(descriptor: int, kind: str) -> str:
    """All visible text of the opened file. Raises whatever a damaged file makes libraries raise."""
    with os.fdopen(descriptor, "rb") as file:
        if kind == "docx":
            return _read_word(file)
        from archive.conversion.builtin.sheet import text_of_workbook

        return text_of_workbook(file)


def _read_word(file: IO[bytes]) -> str:
    with zipfile.ZipFile(file) as archive:
        main = _tree(archive, "word/document.xml")
        parts = [main, *(_tree(archive, name) for name in _headers(archive, main))]
        parts += [_tree(archive, name) for name in archive.namelist() if _NOTES.match(name)]
        for part in parts:
            _drop_page_numbers(part)
        return "\n".join("".join(_visible(part)) for part in parts)


def _tree(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(archive.read(name), parser)


def _headers(archive: zipfile.ZipFile, main: etree._Element) -> Iterator[str]:
    """Headers and footers that some section shows on its ordinary pages."""
    targets = {
        relation.get("Id"): posixpath.normpath(f"word/{relation.get('Target')}")
        for relation in _tree(archive, "word/_rels/document.xml.rels")
    }
    for reference in main.iter("{*}headerReference", "{*}footerReference"):
        if _attribute(reference, "type") == "default":
            name = targets.get(_attribute(reference, "id"), "")
            if name in archive.namelist():
                yield name


def _visible(node: Any) -> Iterator[str]:
    if not isinstance(node.tag, str):
        return
    name = etree.QName(node).localname
    if name in _HIDDEN or (name == "r" and _is_hidden_run(node)):
        return
    if name == "t":
        yield node.text or ""
        return
    if name in _BREAKS:
        yield "\n"
    elif name == "noBreakHyphen":
        yield "-"
    for child in node:
        yield from _visible(child)
    if name == "p":
        yield "\n"


def _drop_page_numbers(root: etree._Element) -> None:
    """Their stored results are of the author's pages; ours may break elsewhere."""
    for found in word_fields.complex_fields(root):
        if found.word in word_fields.PAGE_NUMBERS:
            for node in found.result:
                node.text = ""
    for node in root.iter("{*}fldSimple"):
        if word_fields.simple_word(node) in word_fields.PAGE_NUMBERS:
            for text in node.iter("{*}t"):
                text.text = ""


def _is_hidden_run(run: etree._Element) -> bool:
    hidden = run.find("{*}rPr/{*}vanish")
    return hidden is not None and (_attribute(hidden, "val") or "1") not in _FALSE


def _attribute(node: etree._Element, name: str) -> str | None:
    found = (value for key, value in node.attrib.items() if etree.QName(key).localname == name)
    value = next(found, None)
    return str(value) if value is not None else None
