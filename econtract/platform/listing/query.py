"""What a list shows, as the query string of its page says it.

The query string is parsed into a frozen dataclass and encoded back for links. Unknown parameters
and invalid values are ignored: links live longer than the codes in them.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date

from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.sorting import Cursor, SortKey, SortOrder

PAGE_SIZES = (25, 50, 100)
MAX_SEARCH_LENGTH = 100
# In place of a cursor in ``before``: the last page.
END = "end"
FIRST_PAGE: dict[str, Any] = {"page": 1, "after": "", "before": ""}


# --- Filters of a list: fields of a subclass of ListQuery -----------------------------------------


def choice_filter(choices: Container[str], *, parameter: str = "") -> Any:
    """A filter by one of ``choices``, a string; "" for any."""

    def parse(text: str) -> str:
        return text if text in choices else ""

    return _filter("", parse, parameter)


def id_filter(*, parameter: str = "") -> Any:
    """A filter by a primary key; None for any."""
    return _filter(None, parse_id, parameter)


def day_filter(*, parameter: str = "") -> Any:
    """A filter by a `date`; None for any."""
    return _filter(None, _parse_day, parameter)


def search_filter(*, parameter: str = "") -> Any:
    """A text to search for; "" for none."""
    return _filter("", _parse_search, parameter)


def _filter(default: object, parse: Callable[[str], object], parameter: str) -> Any:
    return field(default=default, metadata={"parse": parse, "parameter": parameter})


# --- Queries --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """One view of a list; equal queries show the same rows. The defaults are the whole list.

    A subclass adds its filters, sets the default of ``sort`` and names its sort orders.
    ``page`` counts within the first `COUNT_LIMIT` rows. Deeper pages come ``after`` or ``before``
    the row with the given cursor (``before=END``: the last page).
    """

    SORT_KEYS: ClassVar[Mapping[str, tuple[SortKey, ...]]] = {}

    # The name in SORT_KEYS, with a minus for the descending order.
    sort: str = ""
    page: int = 1
    after: str = ""
    before: str = ""
    size: int = PAGE_SIZES[0]

    @classmethod
    def parse(cls, params: QueryDict) -> Self:
        """The query that ``params`` describe."""
        sort = params.get("sort", "")
        sort = sort if sort.removeprefix("-") in cls.SORT_KEYS else cls.sort
        size = parse_id(params.get("size", ""))
        size = size if size in PAGE_SIZES else PAGE_SIZES[0]
        order, before = cls._sort_order(sort), params.get("before", "")
        return cls(
            **{
                item.name: item.parse(params.get(item.parameter, ""))
                for item in _parameters(cls)
                if item.parse
            },
            sort=sort,
            page=min(parse_id(params.get("page", "")) or 1, COUNT_LIMIT // size),
            after=_valid_cursor(params.get("after", ""), order),
            before=END if before == END else _valid_cursor(before, order),
            size=size,
        )

    @classmethod
    def _sort_order(cls, sort: str) -> SortOrder:
        return SortOrder(cls.SORT_KEYS[sort.removeprefix("-")], sort.startswith("-"))

    @property
    def sort_order(self) -> SortOrder:
        return self._sort_order(self.sort)

    @property
    def has_cursor(self) -> bool:
        """Whether a row, not a number, says where the page is."""
        return bool(self.after or self.before)

    @property
    def cursor(self) -> Cursor | None:
        """The row before or after the page; None for the first pages and the last one."""
        return self.sort_order.decode_cursor(self.after or self.before)

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is set."""
        defaults = type(self)()
        return self.with_changes(sort=defaults.sort, size=defaults.size) != defaults

    def with_changes(self, **changes: Any) -> Self:
        """The first page of the same query with some values changed."""
        return replace(self, **{**FIRST_PAGE, **changes})

    def without_filters(self) -> Self:
        """The same page of the whole list."""
        return type(self)(
            sort=self.sort, size=self.size, page=self.page, after=self.after, before=self.before
        )

    def last_page(self, total: int) -> Self:
        """The last page of a list of ``total`` rows (a capped count)."""
        if total > COUNT_LIMIT:
            return self.with_changes(before=END)
        return self.with_changes(page=max(1, -(-total // self.size)))

    def encode(self, *, leave_out: Container[str] = ()) -> str:
        """The query string with its «?», "" when it is empty."""
        parameters = self.parameters(leave_out=leave_out)
        return f"?{urlencode(parameters)}" if parameters else ""

    def parameters(self, *, leave_out: Container[str] = ()) -> dict[str, str]:
        """The parameters of `encode` by their names: those that differ from the defaults."""
        return {
            item.parameter: str(getattr(self, item.name))
            for item in _parameters(type(self))
            if item.parameter not in leave_out and getattr(self, item.name) != item.default
        }


class _Parameter(NamedTuple):
    """A field of a query, and how it is spelled in the query string."""

    name: str
    parameter: str
    default: Any
    parse: Callable[[str], Any] | None


_BASE_FIELDS = frozenset(field.name for field in fields(ListQuery))
_parameters_of_classes: dict[type[ListQuery], tuple[_Parameter, ...]] = {}


def _parameters(cls: type[ListQuery]) -> tuple[_Parameter, ...]:
    """The filters of the subclass first, then the sort order and the page."""
    if cls not in _parameters_of_classes:
        own = [field for field in fields(cls) if field.name not in _BASE_FIELDS]
        common = [field for field in fields(cls) if field.name in _BASE_FIELDS]
        _parameters_of_classes[cls] = tuple(
            _Parameter(
                field.name,
                field.metadata.get("parameter") or field.name,
                field.default,
                field.metadata.get("parse"),
            )
            for field in (*own, *common)
        )
    return _parameters_of_classes[cls]


def parse_id(text: str) -> int | None:
    """A positive number that fits a database key; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 16 else None


def _parse_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _parse_search(text: str) -> str:
    return text.replace("\x00", "").strip()[:MAX_SEARCH_LENGTH]


def _valid_cursor(text: str, order: SortOrder) -> str:
    return text if order.decode_cursor(text) else ""
