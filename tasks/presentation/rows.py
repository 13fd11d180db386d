"""The rows of a list: fetched as plain tuples, worded in Python, rendered flat.

`docs/benchmarks.md` tells why: model objects, includes and formatting in the template are most of
what a list costs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from accounts.roles import TaskType
from accounts.visibility import headed_by
from tasks.models import Channel
from tasks.presentation.wording import ICONS, ago, kind_of, lasting, moment
from tasks.statuses import Resolution, Status, WaitsFor, facts

COLUMNS = (
    "number",
    "client__short_name",
    "client__inn",
    "status",
    "resolution",
    "task_type",
    "manager_id",
    "manager__last_name",
    "manager__first_name",
    "manager__patronymic",
    "manager__username",
    "created_at",
    "updated_at",
    "completed_at",
    "account_number",
    "region__name",
    "channel",
)
TYPES, CHANNELS = dict(TaskType.choices), dict(Channel.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One task as a list shows it; every field is ready text."""

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


@dataclass(frozen=True)
class Turns:
    """Whose turn it is, said to one person: «Вы» where it is his."""

    viewer_id: int
    headed: frozenset[int]

    @classmethod
    def told_to(cls, user: User) -> "Turns":
        return cls(user.pk, headed_by(user))

    def of(self, status: Status, manager_id: int) -> str:
        """«Вы», «Менеджер», «Клиент», «Согласующий», «Система», «Техподдержка» or «–»."""
        waits_for = facts()[status].waits_for
        mine = manager_id == self.viewer_id
        if waits_for == WaitsFor.MANAGER and mine:
            return "Вы"
        if waits_for == WaitsFor.APPROVER and not mine and manager_id in self.headed:
            return "Вы"
        return str(waits_for.label)


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
    return render_to_string("tasks/_partials/row.html", context)


def rows(found: Iterable[tuple[Any, ...]], turns: Turns) -> list[Row]:
    """The rows of a list worded; each begins with the values of `COLUMNS`."""
    return list(_worded(found, turns))


def _worded(found: Iterable[tuple[Any, ...]], turns: Turns) -> Iterable[Row]:
    card = reverse("tasks:card", args=[0]).removesuffix("0/")
    for (
        number,
        client,
        inn,
        status_code,
        resolution,
        task_type,
        manager_id,
        surname,
        name,
        patronymic,
        login,
        created_at,
        updated_at,
        completed_at,
        account,
        region,
        channel,
        *_,
    ) in found:
        status = Status(status_code)
        kind = kind_of(status)
        yield Row(
            number=number,
            url=f"{card}{number}/",
            client=client,
            inn=inn,
            type=TYPES[task_type],
            stage=str(facts()[status].stage.label),
            kind=kind,
            icon=ICONS[kind],
            status=str(status.label),
            note=_note(status, resolution, created_at, completed_at),
            turn=turns.of(status, manager_id),
            owner=person(surname, name, patronymic) or login,
            created=moment(created_at),
            updated=ago(updated_at),
            updated_at=moment(updated_at),
            account=account,
            region=region,
            channel=CHANNELS[channel],
        )


def _note(
    status: Status, resolution: str, created_at: datetime, completed_at: datetime | None
) -> str:
    if status == Status.COMPLETED and completed_at is not None:
        return f"Подписано за {lasting(completed_at - created_at)}"
    return str(Resolution(resolution).label) if resolution else ""


def person(surname: str, name: str, patronymic: str) -> str:
    """«Иванова А. П.», empty without a surname."""
    initials = "".join(f" {part[0]}." for part in (name, patronymic) if part)
    return f"{surname}{initials}" if surname else ""
