"""Documents that a DOCX includes whole (w:altChunk; ECMA-376, part 1, 17.17.2).

Web pages, web archives, RTF, text and DOCX, told apart by their content. What is read is text in
paragraphs and tables.
"""

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from archive.conversion.preparation import rtf
from archive.conversion.preparation.xml import Node, local_name, parse

_BLOCKS = frozenset(
    """address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5
    h6 header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905
)
_INVISIBLE = frozenset({"head", "script", "style", "template", "title"})
_CHARSET = re.compile(rb"charset=[\"']?[\w-]+", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]+")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)


@dataclass
class Table:
    """A table; a cell is the text of its paragraphs."""

    rows: list[list[list[str]]] = field(default_factory=list)


def read_blocks(data: bytes) -> "list[str | Table]":
    """The paragraphs and tables of an included document.

    Raises ValueError when its format is not one of those named above.
    """
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PK"):
        return _read_word(data)
    if head.startswith(b"{\\rtf"):
        return list(rtf.read_paragraphs(data))
    if re.search(rb"^mime-version:", head, re.IGNORECASE | re.MULTILINE):
        return _read_web_archive(data)
    if head.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _read_html(data)
    if b"\0" in data:
        raise ValueError("The included document has an unknown format.")
    return [line for line in _decode(data).splitlines() if line.strip()]


def to_word(blocks: "list[str | Table]", like: Node) -> list[Node]:
    """The blocks in WordprocessingML, in the namespace of the element ``like``."""
    namespace = f"{{{etree.QName(like).namespace}}}"
    return [
        _table(block, namespace) if isinstance(block, Table) else _paragraph(block, namespace)
        for block in blocks
    ]


def _paragraph(text: str, namespace: str) -> Node:
    paragraph = etree.Element(f"{namespace}p")
    for number, line in enumerate(text.split("\n")):
        run = etree.SubElement(paragraph, f"{namespace}r")
        if number:
            etree.SubElement(run, f"{namespace}br")
        node = etree.SubElement(run, f"{namespace}t")
        node.text = line
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return paragraph


def _table(table: Table, namespace: str) -> Node:
    node = etree.Element(f"{namespace}tbl")
    properties = etree.SubElement(node, f"{namespace}tblPr")
    width = etree.SubElement(properties, f"{namespace}tblW")
    width.set(f"{namespace}w", "5000")
    width.set(f"{namespace}type", "pct")
    borders = etree.SubElement(properties, f"{namespace}tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = etree.SubElement(borders, f"{namespace}{side}")
        border.set(f"{namespace}val", "single")
        border.set(f"{namespace}sz", "4")
    columns = max(len(row) for row in table.rows)
    grid = etree.SubElement(node, f"{namespace}tblGrid")
    for _ in range(columns):
        etree.SubElement(grid, f"{namespace}gridCol").set(f"{namespace}w", str(9000 // columns))
    for row in table.rows:
        row_node = etree.SubElement(node, f"{namespace}tr")
        for cell in [*row, *([[""]] * (columns - len(row)))]:
            cell_node = etree.SubElement(row_node, f"{namespace}tc")
            cell_node.extend(_paragraph(text, namespace) for text in cell or [""])
    return node


# --- HTML ---------------------------------------------------------------------------------------


def _read_html(data: bytes, charset: str | None = None) -> "list[str | Table]":
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        charset = "utf-16"
    if charset or not _CHARSET.search(data[:2048]):
        text = data.decode(charset, errors="replace") if charset else _decode(data)
        data, charset = text.lstrip("\ufeff").encode(), "utf-8"
    parser = etree.HTMLParser(encoding=charset, no_network=True, huge_tree=True)
    root = etree.fromstring(data, parser)
    reader = _HtmlReader()
    reader.read(root)
    reader.end_paragraph()
    return reader.blocks


class _HtmlReader:
    """Collects the blocks of an HTML tree."""

    def __init__(self) -> None:
        self.blocks: list[str | Table] = []
        self._text: list[str] = []

    def read(self, node: Node) -> None:
        """Adds the element's content; not its tail."""
        name = local_name(node).lower()
        if not name or name in _INVISIBLE or _HIDDEN.search(node.get("style") or ""):
            return
        if name == "br":
            self._text.append("\n")
        elif name == "table":
            self._read_table(node)
        elif name in ("input", "img"):
            self._text.append(node.get("value") or node.get("alt") or "")
        else:
            self._read_content(node, is_block=name in _BLOCKS)

    def _read_content(self, node: Node, *, is_block: bool) -> None:
        if is_block:
            self.end_paragraph()
        self._add(node.text)
        for child in node:
            self.read(child)
            self._add(child.tail)
        if is_block:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        text = "".join(self._text).strip(" \n")
        if text:
            self.blocks.append(text)
        self._text.clear()

    def _add(self, text: str | None) -> None:
        self._text.append(_SPACES.sub(" ", text or ""))

    def _read_table(self, node: Node) -> None:
        """A table as a block; a nested one as paragraphs of its cell."""
        self.end_paragraph()
        table = Table()
        for row in node.iter("tr", "caption"):
            if next(row.iterancestors("table"), None) is not node:
                continue
            cells = [row] if row.tag == "caption" else list(row.iterchildren("td", "th"))
            table.rows.append([_cell_paragraphs(cell) for cell in cells])
        if any(table.rows):
            self.blocks.append(table)


def _cell_paragraphs(cell: Node) -> list[str]:
    reader = _HtmlReader()
    reader._read_content(cell, is_block=True)
    return list(_flatten(reader.blocks))


def _flatten(blocks: "list[str | Table]") -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield " ".join(text for cell in row for text in cell)
        else:
            yield block


def _read_web_archive(data: bytes) -> "list[str | Table]":
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _read_html(payload, part.get_content_charset())
    raise ValueError("The web archive has no page.")


def _decode(data: bytes) -> str:
    """Text without a declared encoding: UTF-8, or the Russian Windows encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


# --- DOCX ---------------------------------------------------------------------------------------


def _read_word(data: bytes) -> "list[str | Table]":
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            root = parse(archive.read("word/document.xml"))
        except KeyError:
            raise ValueError("The included file is no DOCX.") from None
    body = root.find("{*}body")
    return [] if body is None else list(_word_blocks(body))


def _word_blocks(container: Node) -> "Iterator[str | Table]":
    for node in container:
        name = local_name(node)
        if name == "p":
            if text := _word_text(node):
                yield text
        elif name == "tbl":
            rows = [
                [[_word_text(p) for p in cell.iter("{*}p")] for cell in row.iterchildren("{*}tc")]
                for row in node.iterchildren("{*}tr")
            ]
            if any(rows):
                yield Table(rows)
        else:
            yield from _word_blocks(node)


def _word_text(paragraph: Node) -> str:
    return "".join(
        (node.text or "") if local_name(node) == "t" else " "
        for node in paragraph.iter("{*}t", "{*}tab", "{*}br")
    ).strip()
