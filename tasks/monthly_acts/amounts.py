"""The file with the amounts: which of its rows become acts, and the file of the batch."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.formats import date_format

from archive.models import TemplateField, TemplateVersion
from archive.tables.reading import Table, TableRefused, TableRow, read_table
from clients.models.formats import ACCOUNT_LENGTH, compact
from econtract.platform.common.errors import ActionRefused
from tasks.batches.cells import find_cell_problems, restore_zero
from tasks.batches.columns import ACCOUNT, INN, ColumnMap, asked_fields, map_columns

# A text with one of these names needs no column: the month is known.
PERIOD_NAMES = frozenset({"период", "месяц", "отчетный период", "отчетный месяц", "period"})
DOCUMENT_NUMBER = "Номер документа"


@dataclass(frozen=True)
class Amount:
    """A row of the file, by the agent's ИНН; ``problems`` are what its cells lack."""

    line: int
    inn: str
    account_number: str
    values: Mapping[str, str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class AmountFile:
    """A readable file. ``headings`` include the columns that are filled in for the manager."""

    name: str
    headings: Sequence[str]
    columns: ColumnMap
    amounts: Sequence[Amount]


def read_amounts(upload: SimpleUploadedFile, version: TemplateVersion, month: date) -> AmountFile:
    """Reads the file; account, number and period may be missing in it.

    Raises ActionRefused when it cannot be used.
    """
    try:
        table = read_table(upload, max_rows=settings.BATCH_MAX_ROWS)
    except TableRefused as refused:
        raise ActionRefused(refused.refusal) from None
    filled_in = _find_missing_headings(table, version, month)
    headings = [*table.headings, *filled_in]
    columns = map_columns(headings, asked_fields(version), table.rows[0].values.values())
    amounts = [_read_row(row, columns, filled_in) for row in table.rows]
    return AmountFile(upload.name or "", headings, columns, amounts)


def describe_month(month: date) -> str:
    """«ноябрь 2026 г.»"""
    return f"{date_format(month, 'F Y').lower()} г."


def _find_missing_headings(table: Table, version: TemplateVersion, month: date) -> dict[str, str]:
    """The columns that the file need not have, with the value of every row."""
    present = {_key(heading) for heading in table.headings}
    missing = {}
    if not present & set(map(_key, ACCOUNT.headings)):
        missing[ACCOUNT.title] = ""
    if _key(DOCUMENT_NUMBER) not in present:
        missing[DOCUMENT_NUMBER] = ""
    for field in asked_fields(version):
        names = {_key(field.label), _key(field.name)}
        is_text = field.kind == TemplateField.Kind.TEXT
        if is_text and names & PERIOD_NAMES and not names & present:
            missing[field.label] = describe_month(month)
    return missing


def _read_row(row: TableRow, columns: ColumnMap, filled_in: Mapping[str, str]) -> Amount:
    values, _ = restore_zero(row, columns)
    values = {**values, **filled_in}
    empty = [heading for heading in columns.asked.values() if not values.get(heading)]
    problems = [*find_cell_problems(row, columns), *(f"«{name}»: нет значения" for name in empty)]
    texts = columns.read(values)
    return Amount(
        line=row.line,
        inn=compact(texts[INN.name]),
        account_number=compact(texts[ACCOUNT.name]),
        values=values,
        problems=tuple(problems),
    )


def build_batch_file(
    source: AmountFile, rows: Iterable[tuple[Amount, str]], month: date
) -> SimpleUploadedFile:
    """The file of the batch: the rows that become acts, each with its account number.

    Row 1 has the headings, so the first act is in row 2.
    """
    # Imported here, because few processes need it and it takes 12 MB of memory.
    import xlsxwriter

    account = source.columns.fields[ACCOUNT.name]
    number = source.columns.fields["document_number"]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        headings = [heading for heading in source.headings if heading]
        sheet.write_row(0, 0, headings)
        for line, (amount, account_number) in enumerate(rows, start=1):
            values = {**amount.values, account: account_number}
            values[number] = values[number] or f"{account_number}-{month:%m.%Y}"
            for column, heading in enumerate(headings):
                sheet.write_string(line, column, values.get(heading, ""))
    return SimpleUploadedFile(_build_name(source.name, month), file.getvalue())


def is_account_number(text: str) -> bool:
    return len(text) == ACCOUNT_LENGTH and text.isascii() and text.isdigit()


def _build_name(name: str, month: date) -> str:
    stem = name.rpartition(".")[0] or "Акты"
    return f"{stem} {month:%m.%Y}.xlsx"


def _key(heading: str) -> str:
    return " ".join(heading.casefold().replace("ё", "е").strip(" *:.").replace("_", " ").split())
