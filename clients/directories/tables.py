"""Rows out of an xlsx or csv file that somebody uploaded. Its content is not to be trusted."""

import csv
import io
import zipfile
import zlib
from itertools import zip_longest
from pathlib import PurePath

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 50
DELIMITERS = ",;\t"
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


class BadTable(Exception):
    """The file cannot be read as a table; the message tells the user why."""


def read_table(file_name: str, content: bytes) -> list[dict[str, str]]:
    """The rows as text by column heading; blank rows are left out.

    ``file_name`` decides between .xlsx (first sheet) and .csv (UTF-8 or Windows-1251; comma,
    semicolon or tab). Raises BadTable.
    """
    if len(content) > LARGEST_FILE:
        raise BadTable("Файл больше 2 МБ")
    suffix = PurePath(file_name).suffix.lower()
    if suffix == ".xlsx":
        lines = _workbook_lines(content)
    elif suffix == ".csv":
        lines = _csv_lines(content)
    else:
        raise BadTable("Нужен файл xlsx или csv")
    return _by_heading(lines)


def _by_heading(lines: list[list[str]]) -> list[dict[str, str]]:
    filled = [line for line in lines if any(line)]
    if len(filled) < 2:
        raise BadTable("В файле нет строк: первая строка – заголовки столбцов, ниже – данные")
    if len(filled) > MOST_ROWS:
        raise BadTable(f"В файле больше {MOST_ROWS} строк")
    headings = filled[0]
    named = [heading for heading in headings if heading]
    if len(set(named)) != len(named):
        raise BadTable("Заголовки столбцов повторяются")
    return [
        {heading: cell for heading, cell in zip_longest(headings, line, fillvalue="") if heading}
        for line in filled[1:]
    ]


def _csv_lines(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    if "\0" in text:
        raise BadTable("Файл поврежден или это не csv")
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise BadTable("Файл поврежден или это не csv") from None
    return [[cell.strip() for cell in line] for line in lines]


def _workbook_lines(content: bytes) -> list[list[str]]:
    # Ten megabytes of every process, for what is done a few times a year.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _refuse_a_bomb(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [[_cell_text(value) for value in row] for row in rows]
    except (InvalidFileException, *WORKBOOK_ERRORS):
        raise BadTable("Файл поврежден или это не xlsx") from None


def _refuse_a_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise BadTable("Файл слишком большой")


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
