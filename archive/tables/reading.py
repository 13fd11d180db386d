"""Reading an uploaded table, whose content cannot be trusted."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from archive import isolation
from archive.intake.formats import HEAD_SIZE, ZIP_SIGNATURE, FileFormat
from archive.intake.inspection import UploadLike, inspect_file
from archive.intake.refusals import TOO_COMPLEX, IntakeRefused
from archive.intake.sizes import check_size
from archive.tables.cells import CellMark, RawRow
from econtract.platform.common.formatting import format_number
from econtract.platform.common.refusals import Refusal

log = logging.getLogger(__name__)

# 10,000 rows of 20 columns take 3 s on a busy core.
LIMITS = isolation.Limits(seconds=40, cpu_seconds=20, memory=500 * isolation.MEBIBYTE, file_size=0)

NOT_A_TABLE = Refusal("table_not_xlsx_or_csv", "Нужен файл xlsx или csv.")
TOO_MANY_ROWS = "table_too_many_rows"
REFUSALS = {
    "no_rows": Refusal(
        "table_has_no_rows",
        "В файле нет строк с данными.",
        "В первой строке должны быть названия столбцов, ниже – данные.",
    ),
    "too_many_columns": Refusal(
        "table_has_too_many_columns", "В файле больше 100 столбцов.", "Удалите лишние."
    ),
    "repeated_heading": Refusal(
        "table_repeats_heading", "Название столбца повторяется: «{detail}».", "Переименуйте один."
    ),
    "merged_cells": Refusal(
        "table_has_merged_cells",
        "В таблице есть объединенные ячейки ({detail}).",
        "Разъедините их: у каждой строки должны быть свои значения, а заголовок – в одной строке.",
    ),
    "hidden_columns": Refusal(
        "table_has_hidden_columns",
        "В таблице есть скрытые столбцы: {detail}.",
        "Покажите их или удалите.",
    ),
    "no_visible_sheet": Refusal(
        "table_has_no_visible_sheet", "В книге нет ни одного видимого листа.", "Покажите лист."
    ),
    "damaged_csv": Refusal(
        "table_csv_damaged",
        "Прочитать csv не удалось.",
        "Сохраните таблицу в Excel заново как xlsx или как «CSV UTF-8».",
    ),
    "damaged_xlsx": Refusal(
        "table_xlsx_damaged",
        "Прочитать книгу не удалось.",
        "Откройте ее в Excel и сохраните заново.",
    ),
}


class TableRefused(Exception):
    """The file cannot be read as a table, for the reason that ``refusal`` states."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True)
class TableRow:
    """A row that is not blank: texts by heading.

    ``line`` is its number in the file, from 1. ``marks`` say by heading what is special about a
    cell; an ordinary one has none. ``is_hidden``: a person who opens the file does not see it.
    """

    line: int
    values: dict[str, str]
    marks: dict[str, CellMark]
    is_hidden: bool


@dataclass(frozen=True)
class Table:
    """The rows under the headings."""

    headings: Sequence[str]
    rows: Sequence[TableRow]


def read_table(upload: UploadLike, *, max_rows: int) -> Table:
    """The first visible sheet of an xlsx file, or a csv file; the content decides which it is.

    The first row that is not blank holds the headings. Whole numbers come without a fraction,
    other numbers with a decimal comma, dates as ДД.ММ.ГГГГ. Never raises anything but
    TableRefused because of the file's content.
    """
    refusal = getattr(upload, "refusal", None)  # set while the upload streamed in
    if refusal is not None:
        raise TableRefused(refusal)
    try:
        is_workbook = _is_workbook(upload)
    except IntakeRefused as refused:
        raise TableRefused(refused.refusal) from None
    with isolation.open_descriptor(upload) as descriptor:
        try:
            head, body = isolation.run_function(
                "read_table",
                [descriptor],
                limits=LIMITS,
                is_workbook=is_workbook,
                max_rows=max_rows,
            )
        except isolation.LimitExceeded:
            raise TableRefused(TOO_COMPLEX) from None
        except isolation.FunctionFailed as error:
            log.warning("table not read error=%s", error)
            raise TableRefused(REFUSALS["damaged_xlsx" if is_workbook else "damaged_csv"]) from None
    if "refused" in head:
        raise TableRefused(_build_refusal(head["refused"], head["detail"]))
    return Table(head["headings"], [_build_row(line) for line in body.split(b"\n")])


def _is_workbook(upload: UploadLike) -> bool:
    """Raises IntakeRefused for a document that is no table, and TableRefused for other files."""
    upload.seek(0)
    head = upload.read(HEAD_SIZE)
    if head.startswith(ZIP_SIGNATURE):
        if inspect_file(upload, name="").file_format is not FileFormat.XLSX:
            raise TableRefused(NOT_A_TABLE)
        return True
    upload.seek(0, 2)
    check_size(upload.tell(), head)
    if b"%PDF-" in head or head.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf", b"<")):
        raise TableRefused(NOT_A_TABLE)
    return False


def _build_refusal(code: str, detail: str) -> Refusal:
    if code == "too_many_rows":
        limit = format_number(int(detail))
        return Refusal(
            TOO_MANY_ROWS,
            f"В файле больше {limit} строк, а в одном прогоне их может быть не больше {limit}.",
            "Разделите файл на части.",
        )
    refusal = REFUSALS[code]
    return Refusal(refusal.code, refusal.text.replace("{detail}", detail), refusal.fix)


def _build_row(line: bytes) -> TableRow:
    row = RawRow(**json.loads(line))
    marks = {name: CellMark(mark) for name, mark in row.marks.items()}
    return TableRow(row.line, row.values, marks, row.is_hidden)
