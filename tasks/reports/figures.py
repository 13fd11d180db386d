"""Counting a report: four queries, each over the tasks of one period and no others."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F
from django.db.models.functions import TruncDate

from econtract.platform.common.query_plans import custom_query_plan
from tasks.models import HistoryEntry
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import FAILURES, Resolution, Stage, Status, status_rows

SIGNED = frozenset({Status.DOCUMENT_SIGNED, Status.ARCHIVE_FAILED, Status.COMPLETED})
# «Согласование» is a way round, not a step that every task takes.
FUNNEL = [stage for stage in Stage if stage != Stage.APPROVAL]


@dataclass(frozen=True)
class Cell:
    """So many tasks, created on one day, now stand in one status with one resolution."""

    day: date
    status: Status
    resolution: str
    count: int


@dataclass(frozen=True)
class Figures:
    """What became of the tasks that were created in a period.

    ``failed``: those that an error holds up now. ``median``: from creation to the signed package
    in the archive, None where nothing is completed. ``reached``: how many came as far as each
    stage; ``by_day``: created, and signed of those; ``resolutions``: present ones, most first.
    """

    created: int
    signed: int
    failed: int
    median: timedelta | None
    reached: dict[Stage, int]
    by_day: dict[date, tuple[int, int]]
    resolutions: list[tuple[Resolution, int]]


@custom_query_plan()
def figures_of(tasks: SigningTaskQuerySet) -> Figures:
    """The figures of ``tasks``, which a period must have narrowed (`tasks.reports.period`)."""
    cells = [*_cells(tasks.in_work()), *_cells(tasks.finished())]
    return Figures(
        created=sum(cell.count for cell in cells),
        signed=sum(cell.count for cell in cells if cell.status in SIGNED),
        failed=sum(cell.count for cell in cells if cell.status in FAILURES),
        median=_median(tasks, sum(c.count for c in cells if c.status == Status.COMPLETED)),
        reached=_reached(cells, _cancelled_from(tasks)),
        by_day=_by_day(cells),
        resolutions=_resolutions(cells),
    )


def _cells(tasks: SigningTaskQuerySet) -> Iterator[Cell]:
    """Asked of the tasks in work and of the finished ones apart: so an index knows the period."""
    grouped = tasks.order_by().values_list(TruncDate("created_at"), "status", "resolution")
    for day, status, resolution, count in grouped.annotate(Count("pk")):
        yield Cell(day, Status(status), resolution, count)


def _median(tasks: SigningTaskQuerySet, completed: int) -> timedelta | None:
    spent = ExpressionWrapper(F("completed_at") - F("created_at"), DurationField())
    done = tasks.finished().filter(status=Status.COMPLETED).annotate(spent=spent)
    at = completed // 2
    spans = done.order_by("spent").values_list("spent", flat=True)[at : at + 1]
    return next(iter(spans), None)


def _cancelled_from(tasks: SigningTaskQuerySet) -> Counter[Status]:
    """In which statuses the cancelled ones were cancelled."""
    cancelled = tasks.finished().filter(status=Status.CANCELLED).order_by().values("pk")
    moves = HistoryEntry.objects.filter(task__in=cancelled, new_status=Status.CANCELLED)
    counts = moves.exclude(old_status="").order_by().values_list("old_status")
    return Counter({Status(old): count for old, count in counts.annotate(Count("pk"))})


def _reached(cells: list[Cell], cancelled_from: Counter[Status]) -> dict[Stage, int]:
    here: Counter[Stage] = Counter()
    for cell in cells:
        if cell.status != Status.CANCELLED:
            here[status_rows()[cell.status].stage] += cell.count
    for status, count in cancelled_from.items():
        here[status_rows()[status].stage] += count
    return {stage: sum(here[later] for later in FUNNEL[at:]) for at, stage in enumerate(FUNNEL)}


def _by_day(cells: list[Cell]) -> dict[date, tuple[int, int]]:
    created: Counter[date] = Counter()
    signed: Counter[date] = Counter()
    for cell in cells:
        created[cell.day] += cell.count
        signed[cell.day] += cell.count if cell.status in SIGNED else 0
    return {day: (created[day], signed[day]) for day in created}


def _resolutions(cells: list[Cell]) -> list[tuple[Resolution, int]]:
    counts: Counter[Resolution] = Counter()
    for cell in cells:
        if cell.resolution:
            counts[Resolution(cell.resolution)] += cell.count
    return counts.most_common()
