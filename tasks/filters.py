"""What a list shows: the query string read into values, applied to tasks, written back to links.

A value that the list does not know is left out and spoils nothing: links live longer than codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Case, Q, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.roles import TaskType
from tasks.queries import SigningTaskQuerySet
from tasks.statuses import Resolution, Stage, Status, quick_filters

NO_GROUP = "none"
SIZES = (25, 50, 100)
LONGEST_SEARCH = 100
LAST_PAGE = 100_000

_BY_COURSE = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(Status)),
    default=Value(len(Status)),
)
SORTS: dict[str, tuple[str | Case, ...]] = {
    "number": ("number",),
    "client": ("client__name_key", "number"),
    "status": (_BY_COURSE, "number"),
    "owner": ("manager__last_name", "manager__first_name", "number"),
    "updated": ("updated_at", "number"),
    "created": ("created_at", "number"),
}
NEWEST_FIRST = "-updated"


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """One view of the list; equal queries show the same. Defaults: the whole tab, newest first.

    ``since`` and ``until`` are days of creation in the zone of the person, both included.
    """

    group: str = ""
    q: str = ""
    stage: str = ""
    status: str = ""
    resolution: str = ""
    region: int | None = None
    owner: int | None = None
    task_type: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = NEWEST_FIRST
    page: int = 1
    size: int = SIZES[0]

    @classmethod
    def read(cls, params: QueryDict) -> Self:
        """The query that ``params`` spell."""
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
            sort=_sort(params.get("sort", "")),
            page=min(_number(params.get("page", "")) or 1, LAST_PAGE),
            size=_size(params.get("size", "")),
        )

    def apply(self, tasks: SigningTaskQuerySet) -> SigningTaskQuerySet:
        """``tasks`` narrowed to what is asked for, in no particular order."""
        found = tasks.filter(self._conditions())
        if self.group:
            found = found.with_quick_filter(self.group)
        if self.stage:
            found = found.in_stage(Stage(self.stage))
        found = found.created_between(_midnight(self.since), _midnight(self.until, days=1))
        return found.search(self.q)

    def _conditions(self) -> Q:
        wanted = {
            "status": self.status,
            "resolution": self.resolution,
            "region_id": self.region,
            "manager_id": self.owner,
            "task_type": self.task_type,
        }
        return Q(**{name: value for name, value in wanted.items() if value})

    def order(self, tasks: SigningTaskQuerySet) -> SigningTaskQuerySet:
        """``tasks`` in the order asked for; the number makes it the same every time."""
        keys = SORTS[self.sort.lstrip("-")]
        if self.sort.startswith("-"):
            return tasks.order_by(*(_descending(key) for key in keys))
        return tasks.order_by(*keys)

    def with_(self, **changes: Any) -> "ListQuery":
        """The same query with some values changed, from its first page."""
        return replace(self, **({"page": 1} | changes))

    def encode(self, *, leave_out: frozenset[str] = frozenset()) -> str:
        """The query string, with its «?»; only what differs from the defaults is in it.

        ``group`` is always spelled out: a bare address means «the group that I had».
        """
        parts = self.parts(leave_out=leave_out)
        return f"?{urlencode(parts)}" if parts else ""

    def parts(self, *, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
        """The parameters by their names in the address, as `encode` writes them."""
        known = {field.name: field.default for field in fields(self)}
        parts = {
            _PARAMETERS.get(name, name): str(getattr(self, name))
            for name, default in known.items()
            if getattr(self, name) != default
        }
        return {
            name: value
            for name, value in ({"group": self.group or NO_GROUP} | parts).items()
            if name not in leave_out
        }

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab itself decides what is found."""
        return replace(self, sort=NEWEST_FIRST, page=1, size=SIZES[0]) != ListQuery()


_PARAMETERS = {"task_type": "type", "since": "from", "until": "to"}


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


def _descending(key: str | Case) -> Any:
    return f"-{key}" if isinstance(key, str) else key.desc()
