"""The text that an ODT shows."""

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from archive.conversion.preparation.xml import Node, attribute, local_name, parse
from archive.conversion.source.blocks import SourceBlocks

_INVISIBLE = frozenset(
    {"tracked-changes", "annotation", "note-citation", "page-number", "page-count", "desc", "title"}
)
_OBJECT_FOLDER = "Object "


def read(file: IO[bytes]) -> SourceBlocks:
    """The text of the body, with notes, boxes and charts. The DOCX form has the headers."""
    with zipfile.ZipFile(file) as archive:
        root = parse(archive.read("content.xml"))
        body = root.find("{*}body/{*}text")
        if body is None:
            return SourceBlocks()
        blocks = list(_split(body))
        for node in body.iter("{*}object"):
            name = f"{(attribute(node, 'href') or '').removeprefix('./')}/content.xml"
            if name.startswith(_OBJECT_FOLDER) and name in archive.namelist():
                titles = parse(archive.read(name)).iter("{*}title", "{*}subtitle")
                blocks += [text for title in titles for text in _split(title)]
        return SourceBlocks(blocks)


def _split(root: Node) -> Iterator[str]:
    return (line for line in "".join(_iter_text(root)).split("\n") if line.strip())


def _iter_text(node: Any) -> Iterator[str]:
    """The text of the element, without the text after it."""
    name = local_name(node)
    if name in _INVISIBLE and name != "title":
        return
    is_block = name in ("p", "h", "line-break", "table-cell")
    if is_block or name in ("s", "tab"):
        yield "\n" if is_block else " "
    yield node.text or ""
    for child in node:
        if local_name(child):
            yield from _iter_text(child)
        yield child.tail or ""
    if is_block:
        yield "\n"
