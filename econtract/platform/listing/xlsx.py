"""A list as an xlsx file, written row by row: memory does not grow with it."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone

from econtract.platform.listing.columns import Column, RowValues, XlsxCell, XlsxValue, fields_of

# What a user waits for in the browser, and what a worker makes within the lease of its job.
MAX_ROWS, MAX_ROWS_IN_JOB = 50_000, 300_000
MAX_BYTES_IN_MEMORY = 5 * 1024 * 1024
CHUNK_SIZE = 1000

FileColumn = tuple[Column, XlsxCell]


class TooManyRows(Exception):
    """The file would have more rows than ``limit``."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"More than {limit} rows.")
        self.limit = limit


def write_workbook(
    rows: QuerySet[Any],
    columns: Iterable[Column],
    context: Any,
    *,
    sheet_title: str,
    max_rows: int = MAX_ROWS,
) -> IO[bytes]:
    """An xlsx file of ``rows`` in their order, at position 0; the caller closes it.

    Its columns are those of ``columns`` that have an `XlsxCell`. Text is written as text, even
    if it looks like a number or a formula. Raises TooManyRows beyond ``max_rows``.
    """
    if rows.order_by()[: max_rows + 1].count() > max_rows:
        raise TooManyRows(max_rows)
    # Imported late: 12 MB in every process, for a page that few users open.
    import xlsxwriter

    file = tempfile.SpooledTemporaryFile(max_size=MAX_BYTES_IN_MEMORY)  # noqa: SIM115 - returned
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    cells = [(column, column.xlsx) for column in columns if column.xlsx is not None]
    _write_sheet(book, rows, cells, context, sheet_title)
    book.close()
    file.seek(0)
    return file


def _write_sheet(
    book: Any, rows: QuerySet[Any], cells: Sequence[FileColumn], context: Any, title: str
) -> None:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    date_format = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
    sheet.freeze_panes(1, 0)
    for position, (column, cell) in enumerate(cells):
        sheet.set_column(position, position, cell.width)
        sheet.write_string(0, position, cell.title or column.title, bold)
    fields = fields_of("pk", [column for column, _ in cells])
    values = rows.values_list(*fields).iterator(chunk_size=CHUNK_SIZE)
    count = 0
    for count, row in enumerate(values, start=1):
        by_name = dict(zip(fields, row, strict=True))
        for position, (column, cell) in enumerate(cells):
            value = _value(column, cell, by_name, context)
            if isinstance(value, datetime):
                sheet.write_datetime(count, position, value, date_format)
            elif isinstance(value, int):
                sheet.write_number(count, position, value)
            elif value:
                sheet.write_string(count, position, value)
    sheet.autofilter(0, 0, count, len(cells) - 1)


def _value(column: Column, cell: XlsxCell, row: RowValues, context: Any) -> XlsxValue:
    get = cell.value or column.text
    value = get(row, context) if get else None
    if isinstance(value, datetime):  # Excel knows no time zones: the user's local time
        return timezone.localtime(value).replace(tzinfo=None)
    # A filter or a search in Excel does not find what has another space.
    return value.replace("\N{NO-BREAK SPACE}", " ") if isinstance(value, str) else value
