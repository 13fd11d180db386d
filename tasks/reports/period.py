"""Which tasks a report is about: the filters of the lists, and a period that is never endless."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.http import QueryDict
from django.utils import timezone

from tasks.listing.query import ListQuery

# What keeps a report quick whatever the number of tasks (docs/architecture.md, «Reports»).
LONGEST = timedelta(days=92)
USUAL = timedelta(days=30)
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Wanted:
    """A list query whose ``since`` and ``until`` are set; ``is_cut``: more days were asked for."""

    query: ListQuery
    since: date
    until: date
    is_cut: bool = False

    @classmethod
    def read(cls, params: QueryDict) -> Self:
        """What ``params`` ask for: the last 30 days where they do not say, 92 at most."""
        asked = ListQuery.read(params).with_(group="", q="", sort=ListQuery.sort)
        today = timezone.localdate()
        until = _within(asked.until or today, today)
        since = _within(asked.since or until - USUAL + timedelta(days=1), today)
        since, until = min(since, until), max(since, until)
        first = max(since, until - LONGEST + timedelta(days=1))
        return cls(asked.with_(since=first, until=until), first, until, is_cut=first > since)

    def encode(self) -> str:
        """The query string that asks for the same, with its «?»."""
        return self.query.encode(leave_out=frozenset({"group", "size"}))

    def with_last(self, days: int) -> str:
        """The query string of the same report about the last ``days`` days."""
        today = timezone.localdate()
        changed = self.query.with_(since=today - timedelta(days=days - 1), until=today)
        return changed.encode(leave_out=frozenset({"group", "size"}))

    @property
    def days(self) -> list[date]:
        """Every day of the period, in order."""
        count = (self.until - self.since).days + 1
        return [self.since + timedelta(days=place) for place in range(count)]


def _within(day: date, today: date) -> date:
    return max(EARLIEST, min(day, today))
