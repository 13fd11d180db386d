"""Tables of data: what is read, and what is refused with a sentence."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from archive.intake.sizes import OFFICE_LIMIT
from archive.tables.cells import CellMark
from archive.tables.reading import Table, TableRefused, read_table
from tests.support.documents import office

MAX_ROWS = 50
HEADINGS = ["ИНН", "Телефон", "Сумма"]
ROW = ["500100732259", "+79123456789", "100"]


def read(content: bytes, *, max_rows: int = MAX_ROWS) -> Table:
    return read_table(SimpleUploadedFile("таблица", content), max_rows=max_rows)


def workbook(*rows: list[Any], change: Callable[[Any], object] | None = None) -> bytes:
    """An xlsx file; ``change`` gets its sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal_of(content: bytes) -> str:
    with pytest.raises(TableRefused) as refused:
        read(content)
    return str(refused.value.refusal)


def test_values_of_a_workbook_are_read_as_people_see_them() -> None:
    row = [500100732259.0, 79123456789, 1234.5]
    table = read(
        workbook([], [" ИНН ", "Телефон", "Сумма\nруб.", "Дата"], [*row, date(2026, 11, 2)])
    )
    assert table.headings == ["ИНН", "Телефон", "Сумма руб.", "Дата"]
    (row_read,) = table.rows
    assert row_read.line == 3
    assert list(row_read.values.values()) == ["500100732259", "79123456789", "1234,5", "02.11.2026"]
    assert row_read.marks["ИНН"] is row_read.marks["Телефон"] is CellMark.NUMBER
    assert not row_read.is_hidden


def test_special_cells_are_marked() -> None:
    row = ["=A1", 12345678901234567890.0, "#N/A"]
    assert read(workbook(HEADINGS, row)).rows[0].marks == {
        "ИНН": CellMark.FORMULA,
        "Телефон": CellMark.ROUNDED,
        "Сумма": CellMark.ERROR_VALUE,
    }


def test_a_hidden_row_is_marked_and_blank_rows_are_skipped() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True

    rows = read(workbook(HEADINGS, ROW, [], ROW, change=hide)).rows
    assert [(row.line, row.is_hidden) for row in rows] == [(2, True), (4, False)]


def test_what_people_and_programs_see_differently_is_refused() -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True

    assert "A2:A3" in refusal_of(
        workbook(HEADINGS, ROW, ROW, change=lambda sheet: sheet.merge_cells("A2:A3"))
    )
    assert "«Телефон»" in refusal_of(workbook(HEADINGS, ROW, change=hide))
    assert "повторяется: «инн»" in refusal_of(workbook([*HEADINGS, "инн"], ROW))


def test_a_file_without_rows_or_with_too_many_is_refused() -> None:
    assert "нет строк с данными" in refusal_of(workbook(HEADINGS))
    assert "больше 50 строк" in refusal_of(workbook(HEADINGS, *[ROW] * 51))
    assert len(read(workbook(HEADINGS, *[ROW] * 50)).rows) == 50
    assert "больше 100 столбцов" in refusal_of(workbook([f"c{n}" for n in range(101)], ROW))


def test_a_sheet_that_claims_to_be_huge_is_read() -> None:
    def write_far_away(sheet: Any) -> None:
        sheet.cell(1_000_000, 1).value = "500100732259"

    rows = read(workbook(HEADINGS, ROW, change=write_far_away)).rows
    assert [row.line for row in rows] == [2, 1_000_000]


def test_only_tables_are_read() -> None:
    assert "xlsx или csv" in refusal_of(office.pdf_bytes())
    assert "xlsx или csv" in refusal_of(office.docx_bytes())
    assert refusal_of(b"") == "Файл пустой"
    assert refusal_of(b"a;b\n" + b"x" * OFFICE_LIMIT) == "Файл больше 10 МБ"
    assert "поврежден" in refusal_of(workbook(HEADINGS, ROW)[:-200])


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_csv_of_every_encoding_and_delimiter(delimiter: str, encoding: str) -> None:
    lines = ["", *(delimiter.join(row) for row in (HEADINGS, ROW)), ""]
    table = read("\r\n".join(lines).encode(encoding))
    assert table.headings == HEADINGS
    assert list(table.rows[0].values.values()) == ROW
    assert table.rows[0].line == 3


def test_quoted_csv_keeps_every_letter() -> None:
    value = "ООО «Ёлка & Ко»; <b>\n" + "я" * 10_000
    table = read(f'ИНН;Название\r\n1;"{value}"\r\n'.encode())
    assert table.rows[0].values["Название"] == value


def test_damaged_csv_is_refused() -> None:
    assert "csv не удалось" in refusal_of('ИНН;Имя\n1;"не закрыто'.encode())
    assert "csv не удалось" in refusal_of(b"a;b\n\x00\x01")
