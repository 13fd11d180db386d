"""One page of a list: its rows, and the places that lie before and behind it."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.id_lists import InBoundIds, bind_ids
from econtract.platform.common.query_plans import custom_query_plan
from tasks.listing.counters import COUNTED, CappedCount
from tasks.listing.query import END, ListQuery
from tasks.listing.sorting import Cursor, Sorting
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet

Changes = dict[str, Any]


@dataclass(frozen=True)
class Slice:
    """The rows of a page as tuples, and how the query changes for its neighbours.

    ``found`` is how many rows there are on all pages, `COUNTED` + 1 for all that is more.
    ``previous`` and ``following`` are None where nothing lies.
    """

    rows: list[tuple[Any, ...]]
    found: int
    previous: Changes | None = None
    following: Changes | None = None


def slice_of(
    tasks: SigningTaskQuerySet,
    query: ListQuery,
    columns: tuple[str, ...],
    *,
    known: int | None = None,
) -> Slice:
    """The page of ``tasks`` that ``query`` asks for; as fast at any depth.

    One query; where the page lies behind the end, one more for the length.
    A row is the values of ``columns``, then what else it is sorted by. Where the length of the
    list is ``known``, it is not counted again.
    """
    if known is None and tasks.numbers is not None:
        known = min(len(tasks.numbers), COUNTED + 1)
    if known == 0:
        return Slice([], 0)
    if tasks.numbers is not None:  # found among what the person sees
        written = _of_numbers(shape_of(query.anywhere), columns)
        found = written(numbers=bind_ids(tasks.numbers), **place_values(query))
        return sliced(found, query, columns, known=known)
    # A whole tab has nothing to plan anew for: whose tasks it holds is part of the statement.
    whole = not query.is_narrowed and not query.by_cursor
    asked = statement(tasks, query, columns, place=place_in(query), counted=known is None)
    with nullcontext() if whole else custom_query_plan():
        fetched = list(asked)
    if not fetched and known is None and (query.by_cursor or query.page > 1):
        known = tasks.order_by()[: COUNTED + 1].count()  # the page lies behind the end
    return sliced(fetched, query, columns, known=known)


def place_in(query: ListQuery) -> Cursor | None:
    """The row that the page lies beside; None where it begins at an end of the list."""
    return Cursor.read(query.after or query.before, query.sorting.keys)


def shape_of(query: ListQuery) -> ListQuery:
    """The same for every place: where the page lies beside a row, any.

    For pages that are compiled once (`CompiledQuery`): the place is what a call brings.
    """
    return replace(
        query,
        after=query.after and "any",
        before=query.before if query.before == END else query.before and "any",
    )


def place_given(shape: ListQuery, *values: Parameter) -> Cursor | None:
    """The place in a page of this shape, made of as many of ``values`` as it has keys."""
    beside = shape.after or shape.before not in {"", END}
    return Cursor(values[: len(shape.sorting.keys)]) if beside else None


def place_values(query: ListQuery) -> dict[str, Any]:
    """What a call brings for `place_given`: by the names «first», «second», «third»."""
    place = place_in(query)
    return dict(zip(("first", "second", "third"), place.values if place else (), strict=False))


@lru_cache(maxsize=128)
def _of_numbers(query: ListQuery, columns: tuple[str, ...]) -> CompiledQuery[tuple[Any, ...]]:
    def build(numbers: Parameter, first: Parameter, second: Parameter, third: Parameter) -> Any:
        found = SigningTask.objects.filter(InBoundIds("number", numbers))
        place = place_given(query, first, second, third)
        # The page first: what stands beside a task is not read for those of other pages.
        page = SigningTask.objects.filter(pk__in=_page_of(found, query, place).values("pk"))
        return _order(query).apply(page).values_list(*_names(query, columns))

    return CompiledQuery(build)


def statement(
    tasks: SigningTaskQuerySet,
    query: ListQuery,
    columns: tuple[str, ...],
    *,
    place: Cursor | None,
    counted: bool,
) -> QuerySet[SigningTask, tuple[Any, ...]]:
    """What is asked for a page beside ``place``, and one row more.

    With ``counted`` each row ends with the length of the list.
    """
    figures = [CappedCount(tasks, COUNTED)] if counted else []
    return _page_of(tasks, query, place).values_list(*_names(query, columns), *figures)


def _page_of(
    tasks: SigningTaskQuerySet, query: ListQuery, place: Cursor | None
) -> SigningTaskQuerySet:
    order = _order(query)
    asked = order.apply(tasks.filter(order.beyond(place)) if place else tasks)
    start = 0 if query.by_cursor else (query.page - 1) * query.size
    return asked[start : start + query.size + 1]


def sliced(
    fetched: list[tuple[Any, ...]],
    query: ListQuery,
    columns: tuple[str, ...],
    *,
    known: int | None,
) -> Slice:
    """The page made of what `statement` has found."""
    rows, more = fetched[: query.size], len(fetched) > query.size
    if not rows:
        return Slice([], known or 0)
    if query.before:
        rows.reverse()
    names = _names(query, columns)
    places = [names.index(key) for key in query.sorting.keys]
    first, last = (Cursor(tuple(row[at] for at in places)) for row in (rows[0], rows[-1]))
    return Slice(
        rows,
        found=rows[0][-1] if known is None else known,
        previous=_previous(query, first) if _has_previous(query, more=more) else None,
        following=_following(query, last) if _has_following(query, more=more) else None,
    )


def _order(query: ListQuery) -> Sorting:
    return query.sorting.reverse if query.before else query.sorting


def _names(query: ListQuery, columns: tuple[str, ...]) -> tuple[str, ...]:
    return (*columns, *(key for key in query.sorting.keys if key not in columns))


def _has_previous(query: ListQuery, *, more: bool) -> bool:
    return more if query.before else bool(query.after) or query.page > 1


def _has_following(query: ListQuery, *, more: bool) -> bool:
    return query.before != END if query.before else more


def _previous(query: ListQuery, first: Cursor) -> Changes:
    return {"before": first.encode()} if query.by_cursor else {"page": query.page - 1}


def _following(query: ListQuery, last: Cursor) -> Changes:
    numbered = not query.by_cursor and (query.page + 1) * query.size <= COUNTED
    return {"page": query.page + 1} if numbered else {"after": last.encode()}
