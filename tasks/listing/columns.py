"""The columns of the lists of tasks: one entry each, for the page and for the xlsx file.

To add a column, add an entry. `Column` says what its parts mean.
"""

from operator import itemgetter
from typing import Any

from accounts.roles import TaskType
from econtract.platform.common.formatting import format_age, format_datetime, format_duration
from econtract.platform.common.reversing import cached_reverse
from econtract.platform.common.text import name_with_initials
from econtract.platform.listing.columns import Column, RowValues, XlsxCell
from edo.models import SimpleSigning
from tasks.models import Channel
from tasks.statuses import Resolution, Status, status_rows
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.turns import TurnLabels

CELLS = "tasks/list/cells"


# A column's functions get a row (the fields that the column names) and the turn labels of the
# viewer.


def _get_field(field: str) -> Any:
    """A function that returns the field unchanged."""
    get = itemgetter(field)
    return lambda task, turns: get(task)


def _get_label(field: str, labels: dict[Any, Any]) -> Any:
    """A function that returns the label of a field with choices."""
    return lambda task, turns: str(labels.get(task[field], ""))


def _get_datetime(field: str) -> Any:
    return lambda task, turns: format_datetime(task[field])


def _get_number(task: RowValues, turns: TurnLabels) -> str:
    return str(task["number"])


def _get_card_url(task: RowValues, turns: TurnLabels) -> str:
    prefix = cached_reverse("tasks:card", "0").removesuffix("0/")
    return f"{prefix}{task['number']}/"


def _get_stage(task: RowValues, turns: TurnLabels) -> str:
    return str(status_rows()[Status(task["status"])].stage.label)


def _get_status(task: RowValues, turns: TurnLabels) -> str:
    return str(Status(task["status"]).label)


def _get_badge(task: RowValues, turns: TurnLabels) -> str:
    return kind_of(Status(task["status"]))


def _get_badge_icon(task: RowValues, turns: TurnLabels) -> str:
    return ICONS[_get_badge(task, turns)]


_get_resolution = _get_label("resolution", dict(Resolution.choices))
_PROGRESS_LABELS = dict(SimpleSigning.Progress.choices)


def _get_status_note(task: RowValues, turns: TurnLabels) -> str:
    """How long a completed task took; the resolution of any other."""
    if task["status"] == Status.COMPLETED and task["completed_at"] is not None:
        return f"Подписано за {format_duration(task['completed_at'] - task['created_at'])}"
    return str(_get_resolution(task, turns))


def _get_turn(task: RowValues, turns: TurnLabels) -> str:
    return turns.label(Status(task["status"]), task["manager_id"])


def _get_progress(task: RowValues, turns: TurnLabels) -> str:
    """How far the client has come with signing by SMS; "" for tasks that go another way."""
    if task["channel"] != Channel.SMS:
        return ""
    return str(_PROGRESS_LABELS.get(task["simple_signing__progress"], ""))


def _get_owner_name(task: RowValues, turns: TurnLabels) -> str:
    names = (task[f"manager__{part}"] for part in ("last_name", "first_name", "patronymic"))
    return name_with_initials(*names)


def _get_owner(task: RowValues, turns: TurnLabels) -> str:
    return _get_owner_name(task, turns) or str(task["manager__username"])


def _get_age(task: RowValues, turns: TurnLabels) -> str:
    return format_age(task["updated_at"])


# In the order in which the page shows them.
TASK_COLUMNS = (
    Column(
        "number",
        "№",
        ("number",),
        _get_number,
        XlsxCell(10, "Номер", _get_field("number")),
        template=f"{CELLS}/number.html",
        details={"url": _get_card_url},
        sort="number",
        sort_descending_first=True,
        optional=False,
    ),
    Column(
        "client",
        "Клиент",
        ("client__short_name", "client__inn"),
        _get_field("client__short_name"),
        XlsxCell(40),
        template=f"{CELLS}/client.html",
        details={"inn": _get_field("client__inn")},
        sort="client",
        optional=False,
    ),
    Column("inn", "ИНН", ("client__inn",), xlsx=XlsxCell(14, value=_get_field("client__inn"))),
    Column(
        "type",
        "Тип",
        ("task_type",),
        _get_label("task_type", dict(TaskType.choices)),
        XlsxCell(18),
        is_default=False,
    ),
    Column(
        "region",
        "Регион",
        ("region__name",),
        _get_field("region__name"),
        XlsxCell(28),
        phone_label="Регион",
        is_default=False,
    ),
    Column(
        "account",
        "Лицевой счет",
        ("account_number",),
        _get_field("account_number"),
        XlsxCell(15),
        phone_label="ЛС",
        css="num",
        is_default=False,
    ),
    Column(
        "document_number",
        "Номер документа",
        ("document_number",),
        xlsx=XlsxCell(20, value=_get_field("document_number")),
    ),
    Column(
        "document_kind",
        "Вид документа",
        ("document_kind__name",),
        xlsx=XlsxCell(24, value=_get_field("document_kind__name")),
    ),
    Column("stage", "Этап", ("status",), _get_stage, XlsxCell(26), css="cell-long"),
    Column(
        "status",
        "Статус",
        ("status", "resolution", "created_at", "completed_at"),
        _get_status,
        XlsxCell(34),
        template=f"{CELLS}/status.html",
        details={"badge": _get_badge, "icon": _get_badge_icon, "note": _get_status_note},
        sort="status",
        optional=False,
    ),
    Column("resolution", "Резолюция", ("resolution",), xlsx=XlsxCell(34, value=_get_resolution)),
    Column("turn", "Чей ход", ("status", "manager_id"), _get_turn, XlsxCell(16), phone_label="Ход"),
    Column(
        "channel",
        "Подписание",
        ("channel",),
        _get_label("channel", dict(Channel.choices)),
        phone_label="Подписание",
        is_default=False,
    ),
    Column(
        "progress",
        "Ход подписания",
        ("channel", "simple_signing__progress"),
        _get_progress,
        XlsxCell(22),
        phone_label="Ход подписания",
        is_default=False,
    ),
    Column(
        "owner",
        "Ответственный",
        (
            "manager__last_name",
            "manager__first_name",
            "manager__patronymic",
            "manager__username",
        ),
        _get_owner,
        XlsxCell(24, value=_get_owner_name),
        phone_label="Ответственный",
        sort="owner",
    ),
    Column(
        "created",
        "Создано",
        ("created_at",),
        _get_datetime("created_at"),
        XlsxCell(17, value=_get_field("created_at")),
        phone_label="Создано",
        css="num nowrap",
        sort="created",
        sort_descending_first=True,
        is_default=False,
    ),
    Column(
        "updated",
        "Обновлено",
        ("updated_at",),
        _get_age,
        XlsxCell(17, value=_get_field("updated_at")),
        template=f"{CELLS}/updated.html",
        details={"at": _get_datetime("updated_at")},
        sort="updated",
        sort_descending_first=True,
    ),
    Column(
        "completed",
        "Завершено",
        ("completed_at",),
        xlsx=XlsxCell(17, value=_get_field("completed_at")),
    ),
    Column(
        "archive_code",
        "Штрих код / ИД документа",
        ("package__archive_code",),
        xlsx=XlsxCell(26, value=_get_field("package__archive_code")),
    ),
)
# In a file the type comes before the client; the rest is in the order above.
FILE_COLUMNS = sorted(TASK_COLUMNS, key=lambda column: column.code not in {"number", "type"})
