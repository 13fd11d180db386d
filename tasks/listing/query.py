"""What a list shows: the query string read into values, applied to tasks, written back to links.

A value that the list does not know is left out and spoils nothing: links live longer than codes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.roles import TaskType
from tasks.listing.counters import COUNTED
from tasks.listing.sorting import NEWEST_FIRST, SORTS, Cursor, Sorting
from tasks.models import Channel
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import Resolution, Stage, Status, quick_filters, statuses_of

NO_GROUP = "none"
SIZES = (25, 50, 100)
LONGEST_SEARCH = 100
# A cursor that names no row: `before` it is the last page.
END = "end"


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """One view of the list; equal queries show the same. Defaults: the whole tab, newest first.

    ``since`` and ``until`` are days of creation in the zone of the person, both included.
    ``page`` counts within the first `COUNTED` rows; further on a page lies ``after`` or ``before``
    the row whose cursor is given (`END`: the last page).
    """

    group: str = ""
    q: str = ""
    stage: str = ""
    status: str = ""
    resolution: str = ""
    region: int | None = None
    owner: int | None = None
    task_type: str = ""
    channel: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = NEWEST_FIRST
    page: int = 1
    after: str = ""
    before: str = ""
    size: int = SIZES[0]

    @classmethod
    def read(cls, params: QueryDict) -> Self:
        """The query that ``params`` spell."""
        sort, size = _sort(params.get("sort", "")), _size(params.get("size", ""))
        return cls(
            group=_known(params, "group", quick_filters()),
            q=params.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
            stage=_known(params, "stage", Stage),
            status=_known(params, "status", Status),
            resolution=_known(params, "resolution", Resolution),
            region=_number(params.get("region", "")),
            owner=_number(params.get("owner", "")),
            task_type=_known(params, "type", TaskType),
            since=_day(params.get("from", "")),
            until=_day(params.get("to", "")),
            channel=_known(params, "channel", Channel),
            sort=sort,
            page=min(_number(params.get("page", "")) or 1, COUNTED // size),
            after=_cursor(params.get("after", ""), sort),
            before=_end_or_cursor(params.get("before", ""), sort),
            size=size,
        )

    def apply(
        self, tasks: SigningTaskQuerySet, among: Collection[Status] = tuple(Status)
    ) -> SigningTaskQuerySet:
        """``tasks`` narrowed to what is asked for, in no particular order.

        ``among`` are the statuses that ``tasks`` can have: a status or stage of no such task finds
        nothing without a look.
        """
        found = tasks.filter(self._conditions())
        if self.status or self.stage:
            found = found.filter(status__in=[s for s in self._statuses() if s in among])
        if self.group:
            found = found.with_quick_filter(self.group)
        found = found.created_between(_midnight(self.since), _midnight(self.until, days=1))
        return found.search(self.q)

    def _conditions(self) -> Q:
        wanted = {
            "resolution": self.resolution,
            "region_id": self.region,
            "manager_id": self.owner,
            "task_type": self.task_type,
            "channel": self.channel,
        }
        return Q(**{name: value for name, value in wanted.items() if value})

    def _statuses(self) -> list[Status]:
        of_stage = statuses_of(Stage(self.stage)) if self.stage else list(Status)
        return [status for status in of_stage if self.status in {"", status}]

    @property
    def sorting(self) -> Sorting:
        return Sorting.read(self.sort)

    @property
    def by_cursor(self) -> bool:
        """Whether a row and not a number says where the page is."""
        return bool(self.after or self.before)

    def with_(self, **changes: Any) -> "ListQuery":
        """The same query with some values changed, from its first page."""
        return replace(self, **{**FIRST_PAGE, **changes})

    def last_page(self, found: int) -> "ListQuery":
        """The last page of a list of ``found`` rows."""
        if found > COUNTED:
            return self.with_(before=END)
        return self.with_(page=max(1, -(-found // self.size)))

    def encode(self, *, leave_out: frozenset[str] = frozenset()) -> str:
        """The query string, with its «?»; only what differs from the defaults is in it.

        ``group`` is always spelled out: a bare address means «the group that I had».
        """
        parts = self.parts(leave_out=leave_out)
        return f"?{urlencode(parts)}" if parts else ""

    def parts(self, *, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
        """The parameters by their names in the address, as `encode` writes them."""
        parts = {
            parameter: str(getattr(self, name))
            for name, parameter, default in _DEFAULTS
            if getattr(self, name) != default
        }
        return {
            name: value
            for name, value in ({"group": self.group or NO_GROUP} | parts).items()
            if name not in leave_out
        }

    @property
    def anywhere(self) -> "ListQuery":
        """The same page of whatever is found: nothing narrows it."""
        return ListQuery(
            sort=self.sort, size=self.size, page=self.page, after=self.after, before=self.before
        )

    @property
    def by_chip_alone(self) -> bool:
        """Whether at most a quick filter narrows the tab."""
        return not self.with_(group="").is_narrowed

    @property
    def by_codes_alone(self) -> bool:
        """Whether nothing narrows the tab that differs from person to person: few such queries."""
        return not self.with_(**NO_CODES).is_narrowed

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab itself decides what is found."""
        return self.with_(sort=NEWEST_FIRST, size=ListQuery.size) != ListQuery()


FIRST_PAGE: dict[str, Any] = {"page": 1, "after": "", "before": ""}
NO_CODES: dict[str, Any] = dict.fromkeys(
    ("group", "stage", "status", "resolution", "task_type", "channel"), ""
)
_PARAMETERS = {"task_type": "type", "since": "from", "until": "to"}
# What each field is called in an address, and what needs no word there.
_DEFAULTS = [
    (field.name, _PARAMETERS.get(field.name, field.name), field.default)
    for field in fields(ListQuery)
]


def _known(params: QueryDict, name: str, codes: Any) -> str:
    value = params.get(name, "")
    known = codes if isinstance(codes, Mapping) else codes.values
    return value if value in known else ""


def _number(text: str) -> int | None:
    """A positive number that fits a database key."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 16 else None


def _size(text: str) -> int:
    number = _number(text)
    return number if number in SIZES else SIZES[0]


def _sort(text: str) -> str:
    return text if text.removeprefix("-") in SORTS else NEWEST_FIRST


def _cursor(text: str, sort: str) -> str:
    return text if Cursor.read(text, Sorting.read(sort).keys) else ""


def _end_or_cursor(text: str, sort: str) -> str:
    return END if text == END else _cursor(text, sort)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """The beginning of ``day`` (or of a day after it) where the person is; None stays None."""
    if day is None or day.year in {date.min.year, date.max.year}:
        return None
    start = datetime.combine(day + timedelta(days=days), time.min)
    return timezone.make_aware(start)
