"""The function "read_table" of the confined process (`archive.isolation.server`)."""

import os
import zipfile
import zlib
from itertools import islice
from typing import Any

from archive.tables import delimited, workbook
from archive.tables.cells import Unreadable

# What openpyxl raises for the content of a file.
WORKBOOK_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # the XML parsers' errors derive from it
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    OSError,
    EOFError,
)


def read_in_child(
    descriptor: int, *, is_workbook: bool, max_rows: int
) -> tuple[dict[str, Any], bytes]:
    """{"headings"} with the rows as lines of JSON, or {"refused": code, "detail"}."""
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        rows = (workbook if is_workbook else delimited).read_rows(file)
        try:
            headings, *data = list(islice(rows, max_rows + 2)) or [None]
        except Unreadable as error:
            return {"refused": error.code, "detail": error.detail}, b""
        except WORKBOOK_ERRORS:
            return {"refused": "damaged_xlsx" if is_workbook else "damaged_csv", "detail": ""}, b""
    if headings is None or not data:
        return {"refused": "no_rows", "detail": ""}, b""
    if len(data) > max_rows:
        return {"refused": "too_many_rows", "detail": str(max_rows)}, b""
    body = "\n".join(row.to_json() for row in data).encode()
    return {"headings": list(headings.values)}, body
