"""What the pages of batches show."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.formatting import (
    format_datetime,
    format_number,
    format_running_time,
    pluralize,
)
from tasks.batches.progress import Progress, describe_row, measure_progress
from tasks.batches.uploads import find_same_file
from tasks.models import Batch, BatchRow

State, RowState = Batch.State, BatchRow.State
ROWS_PER_PAGE = 50
BADGES: dict[str, str] = {
    State.CHECKING: "system",
    State.CHECKED: "action",
    State.RUNNING: "system",
    State.PAUSED: "waiting",
    State.FINISHED: "done",
    State.STOPPED: "closed",
}
ROW_BADGES: dict[str, str] = {
    RowState.NEW: "system",
    RowState.INVALID: "action",
    RowState.READY: "waiting",
    RowState.PREPARING: "system",
    RowState.REVIEW: "action",
    RowState.SENDING: "system",
    RowState.DONE: "done",
    RowState.FAILED: "error",
    RowState.SKIPPED: "closed",
}
# What somebody has to do something about comes first.
ATTENTION = (RowState.INVALID, RowState.FAILED, RowState.REVIEW)
# Label and states of the chips above the rows.
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "invalid": ("Нужно исправить", (RowState.INVALID,)),
    "failed": ("Ошибки", (RowState.FAILED,)),
    "review": ("Просмотреть", (RowState.REVIEW,)),
    "waiting": ("Ждут", (RowState.NEW, RowState.READY)),
    "work": ("В работе", BatchRow.IN_FLIGHT),
    "done": ("Выполнены", (RowState.DONE,)),
}
# The buttons of a batch by its state: name of the action, label, icon, kind of button.
BUTTONS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    State.RUNNING: (("pause", "Приостановить", "hourglass", ""),),
    State.PAUSED: (("resume", "Продолжить", "player-play", "primary"),),
}


@dataclass(frozen=True)
class Button:
    """A button that POSTs to ``url``."""

    label: str
    url: str
    icon: str
    kind: str


@dataclass(frozen=True)
class RowLine:
    """A line of the table of rows."""

    number: int
    url: str
    badge: str
    state: str
    client: str
    details: tuple[str, ...]
    task_url: str
    task: str


@dataclass(frozen=True)
class Figure:
    """A figure and what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class BatchPage:
    """The part of the page that a poll replaces.

    ``percent`` is the share of rows that are through; ``pace`` says how fast it goes.
    """

    batch: Batch
    badge: str
    state: str
    figures: tuple[Figure, ...]
    percent: int
    percent_label: str
    pace: str
    chips: list[dict[str, object]]
    rows: list[RowLine]
    rows_caption: str
    next_url: str
    is_live: bool


def build_page(batch: Batch, *, code: str = "", after: int = 0) -> BatchPage:
    """The page of ``batch``: rows of the filter ``code``, those after the number ``after``."""
    progress = measure_progress(batch)
    code = code if code in FILTERS else ""
    rows = _find_rows(batch, code, after)
    lines = list(rows[: ROWS_PER_PAGE + 1])
    shown = lines[:ROWS_PER_PAGE]
    has_more = len(lines) > ROWS_PER_PAGE
    next_query = urlencode({"rows": code, "after": shown[-1].number}) if has_more else ""
    is_checking = progress.count(RowState.NEW) > 0
    through = progress.total - progress.count(RowState.NEW) if is_checking else _through(progress)
    of = progress.total if is_checking else progress.started
    return BatchPage(
        batch=batch,
        badge=BADGES[batch.state],
        state=str(State(batch.state).label),
        figures=_figures(progress),
        percent=100 * through // of if of else 0,
        percent_label="Проверено строк" if is_checking else "Выполнено строк",
        pace=_describe_pace(progress),
        chips=_chips(progress, code),
        rows=[build_row_line(row) for row in shown],
        rows_caption=f"{FILTERS[code][0] if code else 'Строки файла'}",
        next_url=f"?{next_query}" if has_more else "",
        is_live=batch.is_running or is_checking,
    )


def _through(progress: Progress) -> int:
    return progress.done + progress.failed


def _find_rows(batch: Batch, code: str, after: int) -> QuerySet[BatchRow]:
    rows = batch.rows.select_related("task", "client").filter(number__gt=after)
    if code:
        return rows.in_state(*FILTERS[code][1]).order_by("number")
    if after:
        return rows.order_by("number")
    needs_attention = Case(
        When(state__in=ATTENTION, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return rows.order_by(needs_attention, "number")


def build_row_line(row: BatchRow) -> RowLine:
    """A row in the table, and at the top of its own page."""
    view = describe_row(row)
    inn = row.fields.get("inn", "") if row.fields else ""
    return RowLine(
        number=row.number,
        url=reverse("batches:row", args=[row.batch_id, row.number]),
        badge=ROW_BADGES[row.state],
        state=view.state,
        client=str(row.client) if row.client else f"ИНН {inn}" if inn else "",
        details=view.details,
        task_url=row.task.get_absolute_url() if row.task else "",
        task=f"Задание {row.task.number}" if row.task else "",
    )


def _figures(progress: Progress) -> tuple[Figure, ...]:
    counts = {
        "Строк в файле": progress.total,
        "Выполнено": progress.done,
        "В работе и ждут": progress.waiting,
        "С ошибкой": progress.failed,
        "Нужно исправить": progress.count(RowState.INVALID),
    }
    return tuple(Figure(format_number(count), label) for label, count in counts.items())


def _describe_pace(progress: Progress) -> str:
    parts = []
    if progress.per_minute is not None:
        rate = max(round(progress.per_minute), 1)
        parts.append(f"{rate} {pluralize(rate, 'строка', 'строки', 'строк')} в минуту")
    if progress.left is not None:
        parts.append(f"осталось: {format_running_time(progress.left)}")
    return ", ".join(parts)


def _chips(progress: Progress, current: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": "?" if code == current else f"?rows={code}",
            "current": code == current,
            "count": format_number(progress.count(*states)),
            "icon": "",
        }
        for code, (label, states) in FILTERS.items()
        if progress.count(*states) or code == current
    ]


@dataclass(frozen=True)
class Controls:
    """What this user can do with the batch now; nothing unless it is their own.

    ``same_file`` is an earlier batch with the same file.
    """

    buttons: tuple[Button, ...] = ()
    can_start: bool = False
    start_label: str = ""
    can_correct: bool = False
    same_file: Batch | None = None


def build_controls(batch: Batch, user: User) -> Controls:
    """The buttons under the heading."""
    if batch.manager_id != user.pk or not user.has_permission(Permission.RUN_BATCHES):
        return Controls()
    progress = measure_progress(batch)
    ready = progress.count(RowState.READY)
    buttons = [_button(batch, *button) for button in BUTTONS.get(batch.state, ())]
    if progress.failed and batch.state in (State.RUNNING, State.PAUSED, State.FINISHED):
        buttons.append(_button(batch, "retry", "Повторить ошибки", "refresh", ""))
    if batch.state not in (State.FINISHED, State.STOPPED):
        buttons.append(_button(batch, "stop", "Остановить", "x", "quiet"))
    count = f"{format_number(ready)} {pluralize(ready, 'строку', 'строки', 'строк')}"
    can_start = batch.state == State.CHECKED and ready > 0
    return Controls(
        buttons=tuple(buttons),
        can_start=can_start,
        start_label=f"Запустить {count}",
        can_correct=batch.state != State.STOPPED
        and (progress.count(RowState.INVALID) > 0 or progress.failed > 0),
        same_file=find_same_file(batch) if can_start else None,
    )


def _button(batch: Batch, name: str, label: str, icon: str, kind: str) -> Button:
    return Button(label, reverse("batches:act", args=[batch.pk, name]), icon, kind)


@dataclass(frozen=True)
class EventLine:
    """A line of the journal."""

    at: str
    text: str


def build_journal(batch: Batch) -> list[EventLine]:
    """Who did what, newest first."""
    events = batch.events.select_related("actor").order_by("-pk")
    return [
        EventLine(
            format_datetime(event.created_at),
            ". ".join(
                filter(None, [str(event), event.detail, str(event.actor) if event.actor else ""])
            ),
        )
        for event in events
    ]
