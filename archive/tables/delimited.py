"""CSV files as Excel and 1С write them. Runs in a confined process: no Django, no database."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from archive.tables.cells import (
    MAX_CELL_LENGTH,
    RawRow,
    Unreadable,
    build_cell,
    build_headings,
    build_row,
)

DELIMITERS = ";,\t"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_rows(file: BinaryIO) -> Iterator[RawRow]:
    """The rows under the first one that is not blank; it holds the headings.

    UTF-8, UTF-16 with its mark, or Windows-1251; semicolon, comma or tab. The first row that it
    yields has no values and stands for the headings. Raises Unreadable.
    """
    text = _decode(file.read())
    csv.field_size_limit(2 * MAX_CELL_LENGTH)
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headings: list[str] = []
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if headings:
                yield build_row(reader.line_num, headings, map(build_cell, values))
                continue
            headings = build_headings(values)
            yield RawRow(reader.line_num, dict.fromkeys(filter(None, headings), ""))
    except csv.Error:
        raise Unreadable("damaged_csv") from None


def _decode(content: bytes) -> str:
    is_utf_16 = content.startswith(UTF_16_MARKS)
    encodings = ["utf-16"] if is_utf_16 else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("damaged_csv")
