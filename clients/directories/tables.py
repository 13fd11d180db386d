"""Read the rows of an uploaded xlsx or csv file, whose content cannot be trusted."""

import csv
import io
import zipfile
import zlib
from itertools import zip_longest
from pathlib import PurePath

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 50
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


class TableError(Exception):
    """The file cannot be read as a table; the message tells the user why."""


def read_table(file_name: str, content: bytes) -> list[dict[str, str]]:
    """Returns the rows that are not blank, as text by column heading.

    The suffix of ``file_name`` decides: .xlsx (the first sheet) or .csv (UTF-8 or Windows-1251;
    comma, semicolon or tab). Raises TableError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise TableError("Файл больше 2 МБ")
    suffix = PurePath(file_name).suffix.lower()
    if suffix == ".xlsx":
        lines = _read_workbook(content)
    elif suffix == ".csv":
        lines = _read_csv(content)
    else:
        raise TableError("Нужен файл xlsx или csv")
    return _map_to_headings(lines)


def _map_to_headings(lines: list[list[str]]) -> list[dict[str, str]]:
    lines = [line for line in lines if any(line)]
    if len(lines) < 2:
        raise TableError("В файле нет строк: первая строка – заголовки столбцов, ниже – данные")
    if len(lines) > MAX_ROWS:
        raise TableError(f"В файле больше {MAX_ROWS} строк")
    headings = lines[0]
    non_blank = [heading for heading in headings if heading]
    if len(set(non_blank)) != len(non_blank):
        raise TableError("Заголовки столбцов повторяются")
    return [
        {heading: cell for heading, cell in zip_longest(headings, line, fillvalue="") if heading}
        for line in lines[1:]
    ]


def _read_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    if "\0" in text:
        raise TableError("Файл поврежден или это не csv")
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise TableError("Файл поврежден или это не csv") from None
    return [[cell.strip() for cell in line] for line in lines]


def _read_workbook(content: bytes) -> list[list[str]]:
    # Imported here, because imports are rare and it takes 10 MB of memory.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _check_unpacked_size(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS, values_only=True)
        return [[_cell_text(value) for value in row] for row in rows]
    except (InvalidFileException, *WORKBOOK_ERRORS):
        raise TableError("Файл поврежден или это не xlsx") from None


def _check_unpacked_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise TableError("Файл слишком большой")


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
