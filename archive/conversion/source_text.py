"""The visible text of a DOCX or XLSX, without its layout."""

import os
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from archive.conversion import word_fields

_INVISIBLE = {"del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "rPr", "pPr"}
_BREAKS = {"p", "tab", "br", "cr", "tc"}
_FALSE = {"0", "false", "off", "none"}
_NOTES = re.compile(r"word/(?:foot|end)notes\d*\.xml\Z")


def read(descriptor: int, file_format: str) -> str:
    """All visible text of the open file. A damaged file raises any error of the parsers."""
    with os.fdopen(descriptor, "rb") as file:
        if file_format == "docx":
            return _read_word(file)
        from archive.conversion.builtin.sheet import extract_workbook_text

        return extract_workbook_text(file)


def _read_word(file: IO[bytes]) -> str:
    with zipfile.ZipFile(file) as archive:
        main = _parse(archive, "word/document.xml")
        parts = [main, *(_parse(archive, name) for name in _header_parts(archive, main))]
        parts += [_parse(archive, name) for name in archive.namelist() if _NOTES.match(name)]
        for part in parts:
            _remove_page_numbers(part)
        return "\n".join("".join(_iter_text(part)) for part in parts)


def _parse(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(archive.read(name), parser)


def _header_parts(archive: zipfile.ZipFile, main: etree._Element) -> Iterator[str]:
    """The parts with the default headers and footers of all sections."""
    targets = {
        relationship.get("Id"): posixpath.normpath(f"word/{relationship.get('Target')}")
        for relationship in _parse(archive, "word/_rels/document.xml.rels")
    }
    for reference in main.iter("{*}headerReference", "{*}footerReference"):
        if _attribute(reference, "type") == "default":
            name = targets.get(_attribute(reference, "id"), "")
            if name in archive.namelist():
                yield name


def _iter_text(node: Any) -> Iterator[str]:
    if not isinstance(node.tag, str):
        return
    name = etree.QName(node).localname
    if name in _INVISIBLE or (name == "r" and _is_hidden_run(node)):
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


def _remove_page_numbers(root: etree._Element) -> None:
    """Removes the stored page numbers: in the PDF, pages may break elsewhere."""
    for field in word_fields.iter_complex_fields(root):
        if field.name in word_fields.PAGE_NUMBERS:
            for node in field.result:
                node.text = ""
    for node in root.iter("{*}fldSimple"):
        if word_fields.simple_field_name(node) in word_fields.PAGE_NUMBERS:
            for text in node.iter("{*}t"):
                text.text = ""


def _is_hidden_run(run: etree._Element) -> bool:
    hidden = run.find("{*}rPr/{*}vanish")
    return hidden is not None and (_attribute(hidden, "val") or "1") not in _FALSE


def _attribute(node: etree._Element, name: str) -> str | None:
    for key, value in node.attrib.items():
        if etree.QName(key).localname == name:
            return str(value)
    return None
