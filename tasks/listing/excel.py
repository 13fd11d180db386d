"""The list as an xlsx file: written row by row, so that memory does not grow with it."""

import tempfile
from datetime import datetime
from typing import IO, Any

from django.utils import timezone

from accounts.roles import TaskType
from econtract.platform.common.formatting import plural, thousands
from econtract.platform.common.text import name_with_initials
from tasks.models import DocumentKind
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import Resolution, Status, status_rows
from tasks.wording.turns import Turns

# So many are made while the person waits; so many at all, within the lease of an order.
LARGEST, LARGEST_TO_ORDER = 50_000, 300_000
KEPT_IN_MEMORY = 5 * 1024 * 1024
HEADERS = (
    ("Номер", 10),
    ("Тип", 18),
    ("Клиент", 40),
    ("ИНН", 14),
    ("Регион", 28),
    ("Лицевой счет", 15),
    ("Номер документа", 20),
    ("Вид документа", 24),
    ("Этап", 26),
    ("Статус", 34),
    ("Резолюция", 34),
    ("Чей ход", 16),
    ("Ответственный", 24),
    ("Создано", 17),
    ("Обновлено", 17),
    ("Завершено", 17),
    ("Штрих код / ИД документа", 26),
)
COLUMNS = (
    "number",
    "task_type",
    "client__short_name",
    "client__inn",
    "region__name",
    "account_number",
    "document_number",
    "document_kind",
    "status",
    "resolution",
    "manager_id",
    "manager__last_name",
    "manager__first_name",
    "manager__patronymic",
    "created_at",
    "updated_at",
    "completed_at",
    "package__archive_code",
)


class TooMany(Exception):
    """More rows than one file may hold; the message tells the user what to do."""

    def __init__(self, largest: int) -> None:
        noun = plural(largest, "задания", "заданий", "заданий")
        super().__init__(
            f"В одну выгрузку входит до {thousands(largest)} {noun}. Уточните фильтр, например "
            "период, и выгрузите по частям."
        )


def workbook(tasks: SigningTaskQuerySet, turns: Turns, *, largest: int = LARGEST) -> IO[bytes]:
    """An xlsx file of ``tasks`` in their order, at its beginning; the caller closes it.

    Numbers that people copy (ИНН, ЛС) are text. Raises TooMany beyond ``largest`` rows.
    """
    if tasks.order_by()[: largest + 1].count() > largest:
        raise TooMany(largest)
    # Twelve megabytes of every process, for what few do.
    import xlsxwriter

    file = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 - given away
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    _fill(book, tasks, turns)
    book.close()
    file.seek(0)
    return file


def _fill(book: Any, tasks: SigningTaskQuerySet, turns: Turns) -> None:
    sheet = book.add_worksheet("Задания")
    bold = book.add_format({"bold": True})
    dated = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
    sheet.freeze_panes(1, 0)
    for column, (header, width) in enumerate(HEADERS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    found = tasks.values_list(*COLUMNS).iterator(chunk_size=1000)
    count = 0
    for count, values in enumerate(found, start=1):
        for column, value in enumerate(_cells(values, turns)):
            if isinstance(value, datetime):
                sheet.write_datetime(count, column, value, dated)
            elif isinstance(value, int):
                sheet.write_number(count, column, value)
            elif value:
                sheet.write_string(count, column, value)
    sheet.autofilter(0, 0, count, len(HEADERS) - 1)


def _cells(values: tuple[Any, ...], turns: Turns) -> list[str | int | datetime | None]:
    row = dict(zip(COLUMNS, values, strict=True))
    status = Status(row["status"])
    name = (row[f"manager__{part}"] for part in ("last_name", "first_name", "patronymic"))
    return [
        row["number"],
        str(TaskType(row["task_type"]).label),
        row["client__short_name"],
        row["client__inn"],
        row["region__name"],
        row["account_number"],
        row["document_number"],
        str(DocumentKind(row["document_kind"]).label),
        str(status_rows()[status].stage.label),
        str(status.label),
        str(Resolution(row["resolution"]).label) if row["resolution"] else "",
        turns.of(status, row["manager_id"]),
        name_with_initials(*name),
        _local(row["created_at"]),
        _local(row["updated_at"]),
        _local(row["completed_at"]),
        row["package__archive_code"],
    ]


def _local(moment: datetime | None) -> datetime | None:
    """Excel knows no zones: the moment as the person's clock showed it."""
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None
