"""The rows of a list: fetched as plain tuples, worded in Python, rendered flat.

`docs/benchmarks.md` tells why: model objects, includes and formatting in the template are most of
what a list costs.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.roles import TaskType
from econtract.platform.common.formatting import ago, lasting, moment
from econtract.platform.common.text import name_with_initials
from tasks.models import Channel
from tasks.statuses import Resolution, Status, status_rows
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.turns import Turns

# What every row is worded from, and what else a column needs: nothing is joined for a column that
# is not shown.
ALWAYS = (
    "number",
    "client__short_name",
    "client__inn",
    "status",
    "resolution",
    "manager_id",
    "created_at",
    "completed_at",
)
OF_COLUMN = {
    "type": ("task_type",),
    "region": ("region__name",),
    "account": ("account_number",),
    "channel": ("channel",),
    "owner": (
        "manager__last_name",
        "manager__first_name",
        "manager__patronymic",
        "manager__username",
    ),
    "updated": ("updated_at",),
}
TYPES, CHANNELS = dict(TaskType.choices), dict(Channel.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it; every field is ready text, "" where its column is not shown."""

    number: int
    url: str
    client: str
    inn: str
    type: str
    stage: str
    kind: str
    icon: str
    status: str
    note: str
    turn: str
    owner: str
    created: str
    updated: str
    updated_at: str
    account: str
    region: str
    channel: str


FIELDS = tuple(field.name for field in fields(Row))


def table_body(shown_rows: list[Row], columns: tuple[str, ...]) -> SafeString:
    """The rows as markup: each value is escaped, the pattern is the template's."""
    pattern = _pattern(columns)
    drawn = (
        pattern % {name: escape(str(getattr(row, name))) for name in FIELDS} for row in shown_rows
    )
    return mark_safe("".join(drawn).replace("<small></small>", ""))  # noqa: S308


@cache
def _pattern(columns: tuple[str, ...]) -> str:
    """A row of these columns with a place for each value: the template is rendered once."""
    places = {name: mark_safe(f"%({name})s") for name in FIELDS}  # noqa: S308
    context = {"row": places, "shown": dict.fromkeys(columns, True)}
    return render_to_string("tasks/list/_row.html", context)


def names_of(columns: Collection[str]) -> tuple[str, ...]:
    """The values that rows with these columns are worded from."""
    more = (name for column in columns for name in OF_COLUMN.get(column, ()))
    return (*ALWAYS, *more)


def rows(found: Iterable[tuple[Any, ...]], turns: Turns, columns: Collection[str]) -> list[Row]:
    """The rows of a list worded; each begins with the values of `names_of` its ``columns``."""
    names = names_of(columns)
    card = reverse("tasks:card", args=[0]).removesuffix("0/")
    return [_row(dict(zip(names, values, strict=False)), card, turns, columns) for values in found]


def _row(task: dict[str, Any], card: str, turns: Turns, columns: Collection[str]) -> Row:
    status, created_at = Status(task["status"]), task["created_at"]
    kind, updated_at = kind_of(status), task.get("updated_at")
    return Row(
        number=task["number"],
        url=f"{card}{task['number']}/",
        client=task["client__short_name"],
        inn=task["client__inn"],
        type=TYPES[task["task_type"]] if "type" in columns else "",
        stage=str(status_rows()[status].stage.label),
        kind=kind,
        icon=ICONS[kind],
        status=str(status.label),
        note=_note(status, task["resolution"], created_at, task["completed_at"]),
        turn=turns.of(status, task["manager_id"]),
        owner=_owner(task) if "owner" in columns else "",
        created=moment(created_at) if "created" in columns else "",
        updated=ago(updated_at) if updated_at else "",
        updated_at=moment(updated_at) if updated_at else "",
        account=task.get("account_number", ""),
        region=task.get("region__name", ""),
        channel=CHANNELS[task["channel"]] if "channel" in columns else "",
    )


def _owner(task: dict[str, Any]) -> str:
    names = (task[f"manager__{part}"] for part in ("last_name", "first_name", "patronymic"))
    return name_with_initials(*names) or str(task["manager__username"])


def _note(
    status: Status, resolution: str, created_at: datetime, completed_at: datetime | None
) -> str:
    if status == Status.COMPLETED and completed_at is not None:
        return f"Подписано за {lasting(completed_at - created_at)}"
    return str(Resolution(resolution).label) if resolution else ""
