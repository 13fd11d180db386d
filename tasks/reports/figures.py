"""The figures of a report: four queries, each over the tasks of the period only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncDate

from accounts.roles import TaskType
from econtract.platform.common.query_plans import custom_query_plan
from tasks.models import DocumentKind, HistoryEntry
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import FAILURES, Resolution, Stage, Status, status_rows

SIGNED = frozenset({Status.DOCUMENT_SIGNED, Status.ARCHIVE_FAILED, Status.COMPLETED})
# Not every task goes through «Согласование», so the funnel leaves it out.
# What the product promises: from a filled form to a signed contract (docs/rules.md#purpose).
FAST = timedelta(minutes=10)
# The contracts with business clients; those of contractors («ДГПХ») are none of them.
IS_CONTRACT = Q(document_kind=DocumentKind.CONTRACT) & ~Q(task_type=TaskType.CONTRACTOR)
IS_FAST = Q(completed_at__lte=F("created_at") + FAST)
FUNNEL = [stage for stage in Stage if stage != Stage.APPROVAL]


@dataclass(frozen=True)
class TaskGroup:
    """How many tasks were created on one day and have this status and resolution now.

    ``fast_count`` of them were finished within `FAST`, ``contract_count`` are contracts.
    """

    day: date
    status: Status
    resolution: str
    count: int
    fast_count: int
    contract_count: int


@dataclass(frozen=True)
class ReportFigures:
    """The present state of the tasks that were created in a period.

    ``failed_count``: tasks that have an error now. ``fast_count``: completed within `FAST`.
    ``contract_count``: signed contracts with business clients. ``median_duration``: from creation
    to the signed package in the archive, None if no task is completed. ``stage_counts``: how many
    tasks came at least as far as each stage. ``day_counts``: tasks created on the day, and how many
    of them are signed now. ``resolution_counts``: tasks by resolution, most frequent first.
    """

    created_count: int
    signed_count: int
    failed_count: int
    completed_count: int
    fast_count: int
    contract_count: int
    median_duration: timedelta | None
    stage_counts: dict[Stage, int]
    day_counts: dict[date, tuple[int, int]]
    resolution_counts: list[tuple[Resolution, int]]


@custom_query_plan()
def compute_figures(tasks: SigningTaskQuerySet) -> ReportFigures:
    """The figures of ``tasks``, which must be limited to a period (`tasks.reports.period`)."""
    # Two queries, because tasks in work and finished tasks have separate indexes by creation.
    groups = [*_group_tasks(tasks.in_work()), *_group_tasks(tasks.finished())]
    signed = [group for group in groups if group.status in SIGNED]
    completed = [group for group in groups if group.status == Status.COMPLETED]
    completed_count = sum(group.count for group in completed)
    return ReportFigures(
        created_count=sum(group.count for group in groups),
        signed_count=sum(group.count for group in signed),
        failed_count=sum(group.count for group in groups if group.status in FAILURES),
        completed_count=completed_count,
        fast_count=sum(group.fast_count for group in completed),
        contract_count=sum(group.contract_count for group in signed),
        median_duration=_compute_median_duration(tasks, completed_count),
        stage_counts=_count_by_stage(groups, _count_statuses_before_cancellation(tasks)),
        day_counts=_count_by_day(groups),
        resolution_counts=_count_by_resolution(groups),
    )


def _group_tasks(tasks: SigningTaskQuerySet) -> Iterator[TaskGroup]:
    rows = tasks.order_by().values_list(TruncDate("created_at"), "status", "resolution")
    counts = (Count("pk"), Count("pk", filter=IS_FAST), Count("pk", filter=IS_CONTRACT))
    names = ("count", "fast", "contracts")
    for day, status, resolution, *values in rows.annotate(**dict(zip(names, counts, strict=True))):
        yield TaskGroup(day, Status(status), resolution, *values)


def _compute_median_duration(tasks: SigningTaskQuerySet, completed_count: int) -> timedelta | None:
    duration = ExpressionWrapper(F("completed_at") - F("created_at"), DurationField())
    completed = tasks.finished().filter(status=Status.COMPLETED).annotate(duration=duration)
    middle = completed_count // 2
    durations = completed.order_by("duration").values_list("duration", flat=True)
    return next(iter(durations[middle : middle + 1]), None)


def _count_statuses_before_cancellation(tasks: SigningTaskQuerySet) -> Counter[Status]:
    """How many tasks were cancelled in each status."""
    task_ids = tasks.finished().filter(status=Status.CANCELLED).order_by().values("pk")
    entries = HistoryEntry.objects.filter(task__in=task_ids, new_status=Status.CANCELLED)
    counts = entries.exclude(old_status="").order_by().values_list("old_status")
    return Counter({Status(status): count for status, count in counts.annotate(Count("pk"))})


def _count_by_stage(
    groups: list[TaskGroup], before_cancellation: Counter[Status]
) -> dict[Stage, int]:
    by_stage: Counter[Stage] = Counter()
    for group in groups:
        if group.status != Status.CANCELLED:
            by_stage[status_rows()[group.status].stage] += group.count
    for status, count in before_cancellation.items():
        by_stage[status_rows()[status].stage] += count
    return {
        stage: sum(by_stage[later_stage] for later_stage in FUNNEL[index:])
        for index, stage in enumerate(FUNNEL)
    }


def _count_by_day(groups: list[TaskGroup]) -> dict[date, tuple[int, int]]:
    created_by_day: Counter[date] = Counter()
    signed_by_day: Counter[date] = Counter()
    for group in groups:
        created_by_day[group.day] += group.count
        signed_by_day[group.day] += group.count if group.status in SIGNED else 0
    return {day: (count, signed_by_day[day]) for day, count in created_by_day.items()}


def _count_by_resolution(groups: list[TaskGroup]) -> list[tuple[Resolution, int]]:
    counts: Counter[Resolution] = Counter()
    for group in groups:
        if group.resolution:
            counts[Resolution(group.resolution)] += group.count
    return counts.most_common()
