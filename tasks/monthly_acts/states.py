"""What has become of an act: whether the agent has signed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from accounts.models import User
from accounts.visibility import visibility_of
from tasks.models import Batch, BatchRow, MonthlyAct
from tasks.reports.figures import SIGNED
from tasks.statuses import FAILURES, Status

# A row that becomes no act any more once its batch has ended.
ENDED = frozenset({Batch.State.FINISHED, Batch.State.STOPPED})
UNSUCCESSFUL = frozenset({BatchRow.State.INVALID, BatchRow.State.FAILED, BatchRow.State.NEW})
COLUMNS = (
    *("number", "state", "client", "batch__state", "batch__manager"),
    *("task__status", "task__manager", "task__completed_at"),
)


class ActState(Enum):
    """The value: the words of the table, and a kind of the `badge` component."""

    SIGNED = ("Подписан", "done")
    WAITING = ("Не подписан", "waiting")
    FAILED = ("Ошибка", "error")
    CANCELLED = ("Отменен", "closed")
    PREPARING = ("Готовится", "system")
    NOT_MADE = ("Не сделан", "error")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def badge(self) -> str:
        return self.value[1]

    @property
    def is_void(self) -> bool:
        """Whether the agent may get another act for the month."""
        return self in {ActState.CANCELLED, ActState.NOT_MADE}


@dataclass(frozen=True)
class Act:
    """An act as a table shows it; ``task`` is None where there is none, or none to be seen."""

    client_id: int
    month: date
    state: ActState
    task: int | None
    signed_at: datetime | None


def find_acts(items: Iterable[MonthlyAct], user: User | None = None) -> list[Act]:
    """The acts of ``items``, whose ``acts`` must be loaded; one query.

    For a ``user``, acts whose tasks they do not see are left out.
    """
    items = list(items)
    rows = BatchRow.objects.filter(batch__in={item.acts.batch_id for item in items})
    numbers = {item.row_number for item in items}
    by_key = {
        (row.batch_id, row.number): row
        for row in rows.filter(number__in=numbers).select_related("batch", "task").only(*COLUMNS)
    }
    visibility = visibility_of(user) if user else None
    acts = []
    for item in items:
        row = by_key.get((item.acts.batch_id, item.row_number))
        # A corrected file may have put somebody else into the row.
        if row is None or row.client_id not in {None, item.client_id}:
            acts.append(Act(item.client_id, item.month, ActState.NOT_MADE, None, None))
            continue
        task = row.task
        manager = task.manager_id if task else row.batch.manager_id
        if visibility is None or visibility.includes(manager):
            signed_at = task.completed_at if task else None
            acts.append(Act(item.client_id, item.month, _find_state(row), row.task_id, signed_at))
    return acts


def split_claims(clients: Collection[int], month: date) -> tuple[frozenset[int], tuple[int, ...]]:
    """Those of ``clients`` who have an act for the month or get one, and the keys of void acts."""
    items = MonthlyAct.objects.filter(client__in=clients, month=month).select_related("acts")
    acts = list(zip(items, find_acts(items), strict=True))
    in_force = frozenset(item.client_id for item, act in acts if not act.state.is_void)
    return in_force, tuple(item.pk for item, act in acts if act.state.is_void)


def _find_state(row: BatchRow) -> ActState:
    if row.task is not None:
        return _find_task_state(Status(row.task.status))
    if row.state == BatchRow.State.SKIPPED:
        return ActState.NOT_MADE
    if row.state in UNSUCCESSFUL and row.batch.state in ENDED:
        return ActState.NOT_MADE
    if row.state in {BatchRow.State.INVALID, BatchRow.State.FAILED}:
        return ActState.FAILED
    return ActState.PREPARING


def _find_task_state(status: Status) -> ActState:
    if status in SIGNED:
        return ActState.SIGNED
    if status == Status.CANCELLED:
        return ActState.CANCELLED
    return ActState.FAILED if status in FAILURES else ActState.WAITING
