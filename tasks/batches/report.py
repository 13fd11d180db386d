"""The rows of a batch as an xlsx file: a report to correct, and the result."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from econtract.platform.listing.xlsx import CHUNK_SIZE, MAX_BYTES_IN_MEMORY
from tasks.batches.columns import REPORT_COLUMNS
from tasks.batches.progress import describe_row
from tasks.models import Batch, BatchRow

WIDTH = 18
WIDE = 60


def write_report(batch: Batch, *, only_problems: bool = False) -> IO[bytes]:
    """The rows with the file's own columns, at position 0; the caller closes it.

    The first columns are `REPORT_COLUMNS`: the number that a corrected file is matched by, the
    state, and what to correct. Text is written as text, even if it looks like a number or a
    formula.
    """
    # Imported late: 12 MB in every process, for a page that few users open.
    import xlsxwriter

    file = tempfile.SpooledTemporaryFile(max_size=MAX_BYTES_IN_MEMORY)  # noqa: SIM115 - returned
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(f"Прогон {batch.pk}")
    headings = [name for name in batch.headings if name not in REPORT_COLUMNS]
    titles = [*REPORT_COLUMNS, *headings]
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    # Excel must not turn what is typed into these columns into numbers.
    as_text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 1)
    for position, title in enumerate(titles):
        is_wide = title == "Что исправить"
        sheet.set_column(position, position, WIDE if is_wide else WIDTH, as_text)
        sheet.write_string(0, position, title, bold)
    count = 0
    for count, row in enumerate(_rows(batch, only_problems=only_problems), start=1):
        _write_row(sheet, count, row, headings, wrap)
    sheet.autofilter(0, 0, count, len(titles) - 1)
    book.close()
    file.seek(0)
    return file


def _rows(batch: Batch, *, only_problems: bool) -> Iterator[BatchRow]:
    rows = batch.rows.select_related("task").order_by("number")
    if only_problems:
        rows = rows.in_state(BatchRow.State.INVALID, BatchRow.State.FAILED)
    return rows.iterator(chunk_size=CHUNK_SIZE)


def _write_row(sheet: Any, line: int, row: BatchRow, headings: list[str], wrap: Any) -> None:
    view = describe_row(row)
    sheet.write_number(line, 0, row.number)
    sheet.write_string(line, 1, view.state)
    sheet.write_string(line, 2, "\n".join(view.details), wrap)
    if row.task is not None:
        sheet.write_number(line, 3, row.task.number)
    for position, heading in enumerate(headings, start=len(REPORT_COLUMNS)):
        if value := row.values.get(heading, ""):
            sheet.write_string(line, position, value)
