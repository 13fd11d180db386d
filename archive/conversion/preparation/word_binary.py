"""The binary Word format (MS-DOC): its text, and its fields with their stored results."""

import re
import struct
from collections.abc import Iterator

from archive.conversion.preparation.word_fields import PAGE_NUMBERS

FIELD_BEGIN, FIELD_SEPARATOR, FIELD_END = 0x13, 0x14, 0x15
# Positions in the FibRgFcLcb97, which begins here.
_FIB_TABLE, _CHPX, _CLX = 0x9A, 12, 33
_FIELD_TABLES = (16, 17, 18, 48, 57, 59)  # body, headers, footnotes, endnotes, text boxes (2)
_CHARACTER_COUNTS = 0x4C
_WHICH_TABLE = 0x0200
_PAGE = 512
_COMPRESSED = 0x40000000
_HIDDEN, _DELETED = 0x083C, 0x0800
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, None, 3)
# Field types (MS-DOC 2.9.90) that are kept: page numbers, links and form fields.
_KEPT_TYPES = frozenset({26, 33, 65, 70, 71, 83, 88})
# «Bookmark reference», which LibreOffice does not compute: it shows the stored result.
_SHOWN_AS_STORED = 2
_FIELD = re.compile("\x13([^\x13-\x15]*)(?:\x14([^\x13-\x15]*))?\x15")
_MARKS = {0x07: "\n", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x09: "\t", 0x1E: "-", 0xA0: " "}


def table_name(document: bytes) -> str:
    """The stream that contains the tables of the stream ``document`` (WordDocument)."""
    (flags,) = struct.unpack_from("<H", document, 0x0A)
    return "1Table" if flags & _WHICH_TABLE else "0Table"


def freeze_fields(document: bytes, table: bytearray) -> None:
    """Makes the fields that have a stored result show it, in the table stream ``table``."""
    for index in _FIELD_TABLES:
        start, size = _location(document, index)
        count = max(0, (size - 4) // 6)
        first = start + 4 * (count + 1)
        open_fields: list[list[int]] = []  # the position of the type, and whether it has a result
        for position in range(first, first + 2 * count, 2):
            mark = table[position] & 0x1F
            if mark == FIELD_BEGIN:
                open_fields.append([position + 1, 0])
            elif mark == FIELD_SEPARATOR and open_fields:
                open_fields[-1][1] = 1
            elif mark == FIELD_END and open_fields:
                at, has_result = open_fields.pop()
                if has_result and table[at] not in _KEPT_TYPES:
                    table[at] = _SHOWN_AS_STORED


def read_paragraphs(document: bytes, table: bytes) -> Iterator[str]:
    """The visible text of the body, the notes and the text boxes, by paragraphs and cells."""
    counts = struct.unpack_from("<8i", document, _CHARACTER_COUNTS)
    hidden = _hidden_ranges(document, table)
    characters = list(_iter_characters(document, table))
    position = 0
    for part, count in enumerate(counts):
        if part in (0, 1, 5, 6):  # not headers, macros, comments, text boxes of headers
            text = "".join(
                character
                for character, offset in characters[position : position + count]
                if not any(start <= offset < end for start, end in hidden)
            )
            yield from (line for line in _show(text).split("\n") if line.strip())
        position += count


def _show(text: str) -> str:
    """The text with the results of fields, without their instructions."""
    previous = ""
    while previous != text:
        previous, text = text, _FIELD.sub(_field_result, text)
    shown = "".join(_MARKS.get(ord(char), char) for char in text)
    return "".join(char for char in shown if char >= " " or char in "\n\t")


def _field_result(match: re.Match[str]) -> str:
    name = (match[1].split() or [""])[0].upper()
    return "" if name in PAGE_NUMBERS else match[2] or ""


def _location(document: bytes, index: int) -> tuple[int, int]:
    """The offset and the size of a structure in the table stream."""
    start, size = struct.unpack_from("<II", document, _FIB_TABLE + 8 * index)
    return start, size


def _iter_characters(document: bytes, table: bytes) -> Iterator[tuple[str, int]]:
    """The characters of all parts with their offsets in the stream (2.4.1)."""
    start, size = _location(document, _CLX)
    position, end = start, start + size
    while position < end and table[position] == 1:
        position += 3 + struct.unpack_from("<H", table, position + 1)[0]
    (length,) = struct.unpack_from("<I", table, position + 1)
    position += 5
    count = (length - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", table, position)
    for piece in range(count):
        (offset,) = struct.unpack_from("<I", table, position + 4 * (count + 1) + 8 * piece + 2)
        characters = ends[piece + 1] - ends[piece]
        if offset & _COMPRESSED:
            offset = (offset & ~_COMPRESSED) // 2
            text = document[offset : offset + characters].decode("cp1252", errors="replace")
            yield from zip(text, range(offset, offset + characters), strict=True)
        else:
            data = document[offset : offset + 2 * characters]
            for at in range(0, len(data) - 1, 2):
                yield chr(struct.unpack_from("<H", data, at)[0]), offset + at


def _hidden_ranges(document: bytes, table: bytes) -> list[tuple[int, int]]:
    """The offsets of characters that are formatted as hidden, or marked as deleted."""
    start, size = _location(document, _CHPX)
    count = max(0, (size - 4) // 8)
    ranges = []
    for (page_number,) in struct.iter_unpack("<I", table[start + 4 * (count + 1) : start + size]):
        page = document[(page_number & 0x3FFFFF) * _PAGE :][:_PAGE]
        runs = page[_PAGE - 1]
        offsets = struct.unpack_from(f"<{runs + 1}I", page)
        for run in range(runs):
            at = page[4 * (runs + 1) + run] * 2
            if at and _is_hidden(page[at + 1 : at + 1 + page[at]]):
                ranges.append((offsets[run], offsets[run + 1]))
    return ranges


def _is_hidden(properties: bytes) -> bool:
    position = 0
    while position + 2 < len(properties):
        (code,) = struct.unpack_from("<H", properties, position)
        if code in (_HIDDEN, _DELETED) and properties[position + 2] == 1:
            return True
        size = _OPERAND_SIZES[code >> 13]
        position += 2 + (size if size is not None else 1 + properties[position + 2])
    return False
