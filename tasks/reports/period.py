"""The tasks that a report counts: the filters of the lists and a period of limited length."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.http import QueryDict
from django.utils import timezone

from tasks.listing.query import TaskListQuery

# Keeps a report fast however many tasks there are (docs/architecture.md, «Reports»).
MAX_PERIOD = timedelta(days=92)
DEFAULT_PERIOD = timedelta(days=30)
EARLIEST_DAY = date(2000, 1, 1)
ONE_DAY = timedelta(days=1)
# The parameters of a list that do not apply to a report.
LIST_PARAMETERS = frozenset({"group", "size"})


@dataclass(frozen=True)
class ReportQuery:
    """The tasks of a report. ``since`` and ``until`` are days, both included.

    ``tasks`` is the list query for these tasks, with the same period. ``is_shortened``: a longer
    period was requested.
    """

    tasks: TaskListQuery
    since: date
    until: date
    is_shortened: bool = False

    @classmethod
    def parse(cls, params: QueryDict) -> Self:
        """Parses query parameters; by default the last 30 days, at most 92."""
        tasks = TaskListQuery.parse(params)
        tasks = tasks.with_changes(quick_filter="", q="", sort=TaskListQuery.sort)
        today = timezone.localdate()
        until = _clamp(tasks.until or today, today)
        since = _clamp(tasks.since or until - DEFAULT_PERIOD + ONE_DAY, today)
        since, until = min(since, until), max(since, until)
        first = max(since, until - MAX_PERIOD + ONE_DAY)
        period = tasks.with_changes(since=first, until=until)
        return cls(period, first, until, is_shortened=first > since)

    def encode(self) -> str:
        """The query string of the report, with its «?»."""
        return self.tasks.encode(leave_out=LIST_PARAMETERS)

    def encode_last(self, days: int) -> str:
        """The query string of the same report for the last ``days`` days."""
        today = timezone.localdate()
        tasks = self.tasks.with_changes(since=today - timedelta(days=days - 1), until=today)
        return tasks.encode(leave_out=LIST_PARAMETERS)

    @property
    def is_period_only(self) -> bool:
        """Whether nothing but the period limits the tasks."""
        return not self.tasks.with_changes(since=None, until=None).is_narrowed

    @property
    def days(self) -> list[date]:
        """Every day of the period, in order."""
        count = (self.until - self.since).days + 1
        return [self.since + timedelta(days=offset) for offset in range(count)]


def _clamp(day: date, today: date) -> date:
    return max(EARLIEST_DAY, min(day, today))
