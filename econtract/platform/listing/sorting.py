"""Sort orders of a list, and cursors: positions in it that a link can name.

A cursor holds the sort keys of one row. The rows after it are a range of an index, so a page a
million rows deep costs the same as the first one; OFFSET would read everything that it skips.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils.timezone import is_aware

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])

MAX_INTEGER = 2**63 - 1
MAX_TEXT_LENGTH = 300
MAX_CURSOR_LENGTH = 2_000
CURSOR_YEARS = range(1971, 9999)


@dataclass(frozen=True)
class SortKey:
    """A field to sort by. ``decode`` checks its value in a cursor; it raises ValueError."""

    field: str
    decode: Callable[[object], Any]


def integer_key(field: str) -> SortKey:
    return SortKey(field, _integer)


def text_key(field: str) -> SortKey:
    return SortKey(field, _text)


def datetime_key(field: str) -> SortKey:
    return SortKey(field, _datetime)


@dataclass(frozen=True)
class Cursor:
    """The sort keys of a row, in the order of `SortOrder.keys`."""

    values: tuple[Any, ...]

    def encode(self) -> str:
        """For a query string: letters, digits, «-» and «_»."""
        text = json.dumps(self.values, default=datetime.isoformat, ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class SortOrder:
    """One order of a list. The last key must be unique: no two rows have the same position."""

    keys: tuple[SortKey, ...]
    descending: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(key.field for key in self.keys)

    @property
    def reverse(self) -> "SortOrder":
        return SortOrder(self.keys, not self.descending)

    def apply(self, rows: Rows) -> Rows:
        """``rows`` in this order."""
        sign = "-" if self.descending else ""
        return rows.order_by(*(f"{sign}{field}" for field in self.fields))

    def after(self, cursor: Cursor) -> Q:
        """The condition for the rows that come after ``cursor`` in this order."""
        return _after(self.fields, cursor.values, "lt" if self.descending else "gt")

    def decode_cursor(self, text: str) -> Cursor | None:
        """The cursor that `Cursor.encode` wrote for this order; None for any other text."""
        if not text or len(text) > MAX_CURSOR_LENGTH:
            return None
        try:
            values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not isinstance(values, list):
                return None
            pairs = zip(self.keys, values, strict=True)
            return Cursor(tuple(key.decode(value) for key, value in pairs))
        except (ValueError, TypeError, RecursionError):
            return None


def _after(fields: tuple[str, ...], values: tuple[Any, ...], lookup: str) -> Q:
    """`f1 >= v1 AND (f1 > v1 OR …)`: the first condition alone bounds the index scan."""
    field, value = fields[0], values[0]
    beyond = Q(**{f"{field}__{lookup}": value})
    if len(fields) == 1:
        return beyond
    return Q(**{f"{field}__{lookup}e": value}) & (beyond | _after(fields[1:], values[1:], lookup))


def _integer(value: object) -> int:
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    raise ValueError(value)


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= MAX_TEXT_LENGTH and "\x00" not in value:
        value.encode()  # raises for a lone surrogate, which no database stores
        return value
    raise ValueError(value)


def _datetime(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if is_aware(at) and at.year in CURSOR_YEARS:
        return at
    raise ValueError(value)
