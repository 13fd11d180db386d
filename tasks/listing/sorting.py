"""The orders of a list, and places in them that a link can name.

A place (`Cursor`) is the sort keys of one row. What lies beyond it is a range of an index, so a
page a million rows deep costs what the first one does; OFFSET would read all that it skips.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Q
from django.utils.timezone import is_aware

from tasks.models.queries import SigningTaskQuerySet

NEWEST_FIRST = "-updated"
# Every order ends with the number: no two rows stand in the same place.
SORTS: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "client": ("client__name_key", "number"),
    "status": ("workflow_rank", "number"),
    "owner": ("manager__last_name", "manager__first_name", "number"),
    "updated": ("updated_at", "number"),
    "created": ("created_at", "number"),
}
LARGEST_NUMBER = 2**63 - 1
LONGEST_TEXT = 300
LONGEST_CURSOR = 2_000
YEARS = range(1971, 9999)


@dataclass(frozen=True)
class Sorting:
    """One order of the list, forwards or backwards."""

    keys: tuple[str, ...]
    descending: bool

    @classmethod
    def read(cls, sort: str) -> Self:
        """The order that the address spells («-updated»). Raises KeyError for an unknown one."""
        return cls(SORTS[sort.removeprefix("-")], sort.startswith("-"))

    @property
    def reverse(self) -> "Sorting":
        return Sorting(self.keys, not self.descending)

    def apply(self, tasks: SigningTaskQuerySet) -> SigningTaskQuerySet:
        """``tasks`` in this order, the same every time."""
        return tasks.order_by(*(f"-{key}" if self.descending else key for key in self.keys))

    def beyond(self, place: "Cursor") -> Q:
        """The rows that come after ``place`` in this order."""
        return _beyond(self.keys, place.values, "lt" if self.descending else "gt")


def _beyond(keys: tuple[str, ...], values: tuple[Any, ...], past: str) -> Q:
    """`k1 <= v1 AND (k1 < v1 OR …)`: the first condition alone bounds the index."""
    key, value = keys[0], values[0]
    further = Q(**{f"{key}__{past}": value})
    if len(keys) == 1:
        return further
    return Q(**{f"{key}__{past}e": value}) & (further | _beyond(keys[1:], values[1:], past))


@dataclass(frozen=True)
class Cursor:
    """The sort keys of a row, in the order of `Sorting.keys`."""

    values: tuple[Any, ...]

    @classmethod
    def read(cls, text: str, keys: tuple[str, ...]) -> Self | None:
        """What `encode` wrote for rows sorted by ``keys``; None for anything else."""
        if not text or len(text) > LONGEST_CURSOR:
            return None
        try:
            values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not isinstance(values, list):
                return None
            return cls(tuple(_READERS[key](v) for key, v in zip(keys, values, strict=True)))
        except (ValueError, TypeError, RecursionError):
            return None

    def encode(self) -> str:
        """For an address; letters, digits, «-» and «_»."""
        written = json.dumps(self.values, default=datetime.isoformat, ensure_ascii=False)
        return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _number(value: object) -> int:
    if isinstance(value, int) and abs(value) <= LARGEST_NUMBER:
        return value
    raise ValueError(value)


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT and "\x00" not in value:
        value.encode()  # half a surrogate is no text for a database
        return value
    raise ValueError(value)


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if is_aware(moment) and moment.year in YEARS:
        return moment
    raise ValueError(value)


_READERS: dict[str, Callable[[object], Any]] = {
    "number": _number,
    "workflow_rank": _number,
    "client__name_key": _text,
    "manager__last_name": _text,
    "manager__first_name": _text,
    "updated_at": _moment,
    "created_at": _moment,
}
