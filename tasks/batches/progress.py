"""How far a batch has come: figures, rate, time left, and each row in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from econtract.platform.common import clock
from tasks.models import Batch, BatchRow

State = BatchRow.State
# Before so many rows are done, a rate says nothing.
MIN_ROWS_FOR_RATE = 3


@dataclass(frozen=True)
class Progress:
    """The rows of a batch by state, and how fast they become tasks.

    ``per_minute`` is None until there is something to measure, and ``left`` also while the batch
    does not run.
    """

    counts: dict[str, int]
    per_minute: float | None
    left: timedelta | None

    def count(self, *states: str) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.count(State.DONE)

    @property
    def failed(self) -> int:
        return self.count(State.FAILED)

    @property
    def waiting(self) -> int:
        """The rows that are to become tasks without anybody's help."""
        return self.count(State.READY, State.PREPARING, State.SENDING)

    @property
    def started(self) -> int:
        """The rows that the run has to do with."""
        return self.waiting + self.done + self.failed + self.count(State.REVIEW)


def measure_progress(batch: Batch) -> Progress:
    """The figures of ``batch`` as they are now; one query."""
    states = batch.rows.order_by().values_list("state").annotate(Count("pk"))
    progress = Progress(dict(states), None, None)
    seconds = _running_seconds(batch)
    handled = progress.done + progress.failed
    if handled < MIN_ROWS_FOR_RATE or seconds <= 0:
        return progress
    rate = handled / seconds
    left = timedelta(seconds=progress.waiting / rate) if batch.is_running else None
    return Progress(progress.counts, rate * 60, left)


def _running_seconds(batch: Batch) -> float:
    """How long the batch has run, without pauses."""
    seconds = float(batch.ran_seconds)
    if batch.resumed_at is not None:
        seconds += (clock.now() - batch.resumed_at).total_seconds()
    return seconds


@dataclass(frozen=True)
class RowView:
    """A row in words: its state, and the sentences that belong to it."""

    state: str
    details: tuple[str, ...]


def describe_row(row: BatchRow) -> RowView:
    """What page and report say of a row. A task that exists is described by its own status."""
    state = str(State(row.state).label)
    if row.task is not None and row.state in (State.SENDING, State.DONE):
        state = str(row.task.get_status_display())
    details = [*row.problems, *([row.reason] if row.reason else []), *row.notes]
    return RowView(state, tuple(details))
