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
from tasks.models import Channel, DocumentKind
from tasks.statuses import Resolution, Status, status_rows
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.turns import TurnLabels

CELLS = "tasks/list/cells"


# The functions of a column get the fields that it names, and whose turn each status is for the
# user who looks.


def _value(field: str) -> Any:
    """The function for a field that is shown as it is."""
    get = itemgetter(field)
    return lambda task, turns: get(task)


def _label(field: str, labels: dict[Any, Any]) -> Any:
    """The function for a field of `Choices`."""
    return lambda task, turns: str(labels.get(task[field], ""))


def _moment(field: str) -> Any:
    return lambda task, turns: format_datetime(task[field])


def _number(task: RowValues, turns: TurnLabels) -> str:
    return str(task["number"])


def _card_url(task: RowValues, turns: TurnLabels) -> str:
    prefix = cached_reverse("tasks:card", "0").removesuffix("0/")
    return f"{prefix}{task['number']}/"


def _stage(task: RowValues, turns: TurnLabels) -> str:
    return str(status_rows()[Status(task["status"])].stage.label)


def _status(task: RowValues, turns: TurnLabels) -> str:
    return str(Status(task["status"]).label)


def _badge(task: RowValues, turns: TurnLabels) -> str:
    return kind_of(Status(task["status"]))


def _badge_icon(task: RowValues, turns: TurnLabels) -> str:
    return ICONS[_badge(task, turns)]


_resolution = _label("resolution", dict(Resolution.choices))


def _status_note(task: RowValues, turns: TurnLabels) -> str:
    """How long a completed task took; the resolution of any other."""
    if task["status"] == Status.COMPLETED and task["completed_at"] is not None:
        return f"Подписано за {format_duration(task['completed_at'] - task['created_at'])}"
    return str(_resolution(task, turns))


def _turn(task: RowValues, turns: TurnLabels) -> str:
    return turns.label(Status(task["status"]), task["manager_id"])


def _owner_name(task: RowValues, turns: TurnLabels) -> str:
    names = (task[f"manager__{part}"] for part in ("last_name", "first_name", "patronymic"))
    return name_with_initials(*names)


def _owner(task: RowValues, turns: TurnLabels) -> str:
    return _owner_name(task, turns) or str(task["manager__username"])


def _updated(task: RowValues, turns: TurnLabels) -> str:
    return format_age(task["updated_at"])


# In the order of the page.
TASK_COLUMNS = (
    Column(
        "number",
        "№",
        ("number",),
        _number,
        XlsxCell(10, "Номер", _value("number")),
        template=f"{CELLS}/number.html",
        details={"url": _card_url},
        sort="number",
        sort_descending_first=True,
        optional=False,
    ),
    Column(
        "client",
        "Клиент",
        ("client__short_name", "client__inn"),
        _value("client__short_name"),
        XlsxCell(40),
        template=f"{CELLS}/client.html",
        details={"inn": _value("client__inn")},
        sort="client",
        optional=False,
    ),
    Column("inn", "ИНН", ("client__inn",), xlsx=XlsxCell(14, value=_value("client__inn"))),
    Column(
        "type",
        "Тип",
        ("task_type",),
        _label("task_type", dict(TaskType.choices)),
        XlsxCell(18),
        is_default=False,
    ),
    Column(
        "region",
        "Регион",
        ("region__name",),
        _value("region__name"),
        XlsxCell(28),
        phone_label="Регион",
        is_default=False,
    ),
    Column(
        "account",
        "Лицевой счет",
        ("account_number",),
        _value("account_number"),
        XlsxCell(15),
        phone_label="ЛС",
        css="num",
        is_default=False,
    ),
    Column(
        "document_number",
        "Номер документа",
        ("document_number",),
        xlsx=XlsxCell(20, value=_value("document_number")),
    ),
    Column(
        "document_kind",
        "Вид документа",
        ("document_kind",),
        xlsx=XlsxCell(24, value=_label("document_kind", dict(DocumentKind.choices))),
    ),
    Column("stage", "Этап", ("status",), _stage, XlsxCell(26)),
    Column(
        "status",
        "Статус",
        ("status", "resolution", "created_at", "completed_at"),
        _status,
        XlsxCell(34),
        template=f"{CELLS}/status.html",
        details={"badge": _badge, "icon": _badge_icon, "note": _status_note},
        sort="status",
        optional=False,
    ),
    Column("resolution", "Резолюция", ("resolution",), xlsx=XlsxCell(34, value=_resolution)),
    Column("turn", "Чей ход", ("status", "manager_id"), _turn, XlsxCell(16), phone_label="Ход"),
    Column(
        "channel",
        "Подписание",
        ("channel",),
        _label("channel", dict(Channel.choices)),
        phone_label="Подписание",
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
        _owner,
        XlsxCell(24, value=_owner_name),
        phone_label="Ответственный",
        sort="owner",
    ),
    Column(
        "created",
        "Создано",
        ("created_at",),
        _moment("created_at"),
        XlsxCell(17, value=_value("created_at")),
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
        _updated,
        XlsxCell(17, value=_value("updated_at")),
        template=f"{CELLS}/updated.html",
        details={"at": _moment("updated_at")},
        sort="updated",
        sort_descending_first=True,
    ),
    Column(
        "completed", "Завершено", ("completed_at",), xlsx=XlsxCell(17, value=_value("completed_at"))
    ),
    Column(
        "archive_code",
        "Штрих код / ИД документа",
        ("package__archive_code",),
        xlsx=XlsxCell(26, value=_value("package__archive_code")),
    ),
)
# A file has the type before the client; all else is in the order above.
FILE_COLUMNS = sorted(TASK_COLUMNS, key=lambda column: column.code not in {"number", "type"})
