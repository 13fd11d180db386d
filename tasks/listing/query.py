"""The filters and sort orders of the lists of tasks, and how they are applied."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.db.models import Q
from django.utils import timezone

from accounts.roles import TaskType
from econtract.platform.listing.query import (
    ListQuery,
    choice_filter,
    day_filter,
    id_filter,
    search_filter,
)
from econtract.platform.listing.sorting import datetime_key, integer_key, text_key
from edo.models import SimpleSigning
from tasks.models import Channel
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import Resolution, Stage, Status, quick_filters, statuses_of

NEWEST_FIRST = "-updated"
NUMBER = integer_key("number")
# The value of the parameter ``group`` that turns the user's stored quick filter off.
NO_QUICK_FILTER = "none"


@dataclass(frozen=True, kw_only=True)
class TaskListQuery(ListQuery):
    """The filters and sort order of a list of tasks. By default the whole tab, newest first.

    ``since`` and ``until`` are days of creation in the user's time zone, both included.
    """

    SORT_KEYS: ClassVar = {
        "number": (NUMBER,),
        "client": (text_key("client__name_key"), NUMBER),
        "status": (integer_key("workflow_rank"), NUMBER),
        "owner": (text_key("manager__last_name"), text_key("manager__first_name"), NUMBER),
        "updated": (datetime_key("updated_at"), NUMBER),
        "created": (datetime_key("created_at"), NUMBER),
    }

    quick_filter: str = choice_filter(quick_filters(), parameter="group")
    q: str = search_filter()
    stage: str = choice_filter(Stage.values)
    status: str = choice_filter(Status.values)
    resolution: str = choice_filter(Resolution.values)
    region: int | None = id_filter()
    owner: int | None = id_filter()
    task_type: str = choice_filter(TaskType.values, parameter="type")
    channel: str = choice_filter(Channel.values)
    progress: str = choice_filter(SimpleSigning.Progress.values)
    since: date | None = day_filter(parameter="from")  # noqa: RUF009 - makes a field
    until: date | None = day_filter(parameter="to")  # noqa: RUF009 - makes a field
    sort: str = NEWEST_FIRST

    def filter_tasks(
        self, tasks: SigningTaskQuerySet, possible_statuses: Collection[Status] = tuple(Status)
    ) -> SigningTaskQuerySet:
        """The part of ``tasks`` that matches the filters, in no particular order.

        ``possible_statuses`` are those that ``tasks`` can have: a filter by any other status is
        known to match nothing, so it needs no query.
        """
        tasks = tasks.filter(self._conditions())
        if self.status or self.stage:
            statuses = [status for status in self._statuses() if status in possible_statuses]
            tasks = tasks.filter(status__in=statuses)
        if self.quick_filter:
            tasks = tasks.with_quick_filter(self.quick_filter)
        start, end = _start_of_day(self.since), _start_of_day(self.until, days_later=1)
        return tasks.created_between(start, end).search(self.q)

    def _conditions(self) -> Q:
        values = {
            "resolution": self.resolution,
            "region_id": self.region,
            "manager_id": self.owner,
            "task_type": self.task_type,
            # How far a client has come is known of those who sign by SMS: a range of an index.
            "channel": self.channel or (Channel.SMS if self.progress else ""),
            "simple_signing__progress": self.progress,
        }
        return Q(**{name: value for name, value in values.items() if value})

    def _statuses(self) -> list[Status]:
        statuses = statuses_of(Stage(self.stage)) if self.stage else list(Status)
        return [status for status in statuses if self.status in {"", status}]

    def parameters(self, *, leave_out: Container[str] = ()) -> dict[str, str]:
        """Always has ``group``: a URL without it means the stored quick filter."""
        parameters = super().parameters(leave_out=leave_out)
        if "group" in leave_out:
            return parameters
        return {"group": NO_QUICK_FILTER} | parameters

    @property
    def has_only_quick_filter(self) -> bool:
        """Whether there is no filter other than a quick filter."""
        return not self.with_changes(quick_filter="").is_narrowed

    @property
    def has_only_codes(self) -> bool:
        """Whether all filters have fixed values: such queries are few and shared by many users."""
        return not self.with_changes(**dict.fromkeys(CODES, "")).is_narrowed


CODES = ("quick_filter", "stage", "status", "resolution", "task_type", "channel", "progress")


def _start_of_day(day: date | None, *, days_later: int = 0) -> datetime | None:
    """Midnight in the user's time zone; None for no day and for the ends of the calendar."""
    if day is None or day.year in {date.min.year, date.max.year}:
        return None
    start = datetime.combine(day + timedelta(days=days_later), time.min)
    return timezone.make_aware(start)
