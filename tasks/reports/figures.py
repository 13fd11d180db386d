"""The figures of a report: four queries, each over the tasks of its period alone."""

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
# Not every task goes through «Согласование», so it is no step of the funnel.
FUNNEL = [stage for stage in Stage if stage != Stage.APPROVAL]


@dataclass(frozen=True)
class TaskGroup:
    """How many tasks were created on one day and have this status and resolution now."""

    day: date
    status: Status
    resolution: str
    count: int


@dataclass(frozen=True)
class ReportFigures:
    """What became of the tasks that were created in a period.

    ``failed``: tasks that have an error now. ``median``: from creation to the signed package in
    the archive, None if no task is completed. ``reached``: how many tasks came at least as far as
    each stage. ``by_day``: tasks created on the day, and how many of them are signed now.
    ``resolutions``: the tasks that have each now, most frequent first.
    """

    created: int
    signed: int
    failed: int
    median: timedelta | None
    reached: dict[Stage, int]
    by_day: dict[date, tuple[int, int]]
    resolutions: list[tuple[Resolution, int]]


@custom_query_plan()
def compute_figures(tasks: SigningTaskQuerySet) -> ReportFigures:
    """The figures of ``tasks``, which must be limited to a period (`tasks.reports.period`)."""
    # In work and finished tasks apart: each part has an index by creation.
    groups = [*_group(tasks.in_work()), *_group(tasks.finished())]
    return ReportFigures(
        created=sum(group.count for group in groups),
        signed=sum(group.count for group in groups if group.status in SIGNED),
        failed=sum(group.count for group in groups if group.status in FAILURES),
        median=_median(tasks, sum(g.count for g in groups if g.status == Status.COMPLETED)),
        reached=_reached(groups, _statuses_before_cancellation(tasks)),
        by_day=_by_day(groups),
        resolutions=_resolutions(groups),
    )


def _group(tasks: SigningTaskQuerySet) -> Iterator[TaskGroup]:
    grouped = tasks.order_by().values_list(TruncDate("created_at"), "status", "resolution")
    for day, status, resolution, count in grouped.annotate(Count("pk")):
        yield TaskGroup(day, Status(status), resolution, count)


def _median(tasks: SigningTaskQuerySet, completed_count: int) -> timedelta | None:
    duration = ExpressionWrapper(F("completed_at") - F("created_at"), DurationField())
    completed = tasks.finished().filter(status=Status.COMPLETED).annotate(duration=duration)
    middle = completed_count // 2
    durations = completed.order_by("duration").values_list("duration", flat=True)
    return next(iter(durations[middle : middle + 1]), None)


def _statuses_before_cancellation(tasks: SigningTaskQuerySet) -> Counter[Status]:
    """How many tasks were cancelled in each status."""
    cancelled = tasks.finished().filter(status=Status.CANCELLED).order_by().values("pk")
    entries = HistoryEntry.objects.filter(task__in=cancelled, new_status=Status.CANCELLED)
    counts = entries.exclude(old_status="").order_by().values_list("old_status")
    return Counter({Status(status): count for status, count in counts.annotate(Count("pk"))})


def _reached(groups: list[TaskGroup], before_cancellation: Counter[Status]) -> dict[Stage, int]:
    by_stage: Counter[Stage] = Counter()
    for group in groups:
        if group.status != Status.CANCELLED:
            by_stage[status_rows()[group.status].stage] += group.count
    for status, count in before_cancellation.items():
        by_stage[status_rows()[status].stage] += count
    return {
        stage: sum(by_stage[later] for later in FUNNEL[position:])
        for position, stage in enumerate(FUNNEL)
    }


def _by_day(groups: list[TaskGroup]) -> dict[date, tuple[int, int]]:
    created: Counter[date] = Counter()
    signed: Counter[date] = Counter()
    for group in groups:
        created[group.day] += group.count
        signed[group.day] += group.count if group.status in SIGNED else 0
    return {day: (created[day], signed[day]) for day in created}


def _resolutions(groups: list[TaskGroup]) -> list[tuple[Resolution, int]]:
    counts: Counter[Resolution] = Counter()
    for group in groups:
        if group.resolution:
            counts[Resolution(group.resolution)] += group.count
    return counts.most_common()
