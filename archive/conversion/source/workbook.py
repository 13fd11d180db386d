"""The text that an XLSX shows."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from archive.conversion.builtin.sheet import read_cell_texts
from archive.conversion.preparation.xml import Node, attribute
from archive.conversion.source.blocks import SourceBlocks
from archive.conversion.source.package import SourcePackage, drawing_blocks

_WORKBOOK = "xl/workbook.xml"
# The codes of a header: &P, &"Arial,Bold", &12, &K00FF00, and an ampersand (&&).
_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|&|.)')
# Programs round such numbers to as many digits as they like.
_ROUNDED = re.compile(r"-?\d,\d+E[+-]\d+")


def read(file: IO[bytes]) -> SourceBlocks:
    """The text of all visible sheets. A damaged file raises any error of the parsers."""
    source = SourceBlocks([text for text in read_cell_texts(file) if not _ROUNDED.fullmatch(text)])
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        package = SourcePackage(archive)
        book = package.root(_WORKBOOK)
        targets = package.targets(_WORKBOOK)
        for sheet in book.iterfind("{*}sheets/{*}sheet") if book is not None else ():
            if sheet.get("state") in ("hidden", "veryHidden"):
                continue
            _kind, name = targets.get(attribute(sheet, "id") or "", ("", ""))
            root = package.root(name) if name else None
            if root is not None:
                source.blocks += _drawings(package, name)
                _add_headers(source, root)
    return source


def _drawings(package: SourcePackage, sheet: str) -> Iterator[str]:
    """The shapes, charts and diagrams on a sheet."""
    for kind, part in package.targets(sheet).values():
        root = package.root(part) if kind == "drawing" else None
        if root is not None:
            yield from drawing_blocks(root)
            yield from package.graphic_blocks(part)


def _add_headers(source: SourceBlocks, sheet: Node) -> None:
    headers = sheet.find("{*}headerFooter")
    if headers is None or not _has_content(sheet):
        return
    kinds = {"odd": 1}
    if headers.get("differentFirst") in ("1", "true"):
        kinds = {"first": 1, "odd": 1000}
    if headers.get("differentOddEven") in ("1", "true"):
        kinds["even"] = 1000
    for kind, least in kinds.items():
        for node in headers.iterchildren(f"{{*}}{kind}Header", f"{{*}}{kind}Footer"):
            text = _CODE.sub(lambda match: "&" if match[0] == "&&" else "\n", node.text or "")
            source.by_pages += [(least, line) for line in text.split("\n") if line.strip()]


def _has_content(sheet: Node) -> bool:
    return next(sheet.iter("{*}v", "{*}t", "{*}drawing"), None) is not None
