"""One page of a list: its rows, and the places that lie before and behind it."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from econtract.common.plans import planned_afresh
from tasks.counters import COUNTED, CappedCount
from tasks.filters import END, ListQuery
from tasks.queries import SigningTaskQuerySet
from tasks.sorting import Cursor

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
    """The page of ``tasks`` that ``query`` asks for; one query, as fast at any depth.

    A row is the values of ``columns``, then what else it is sorted by. Where the length of the
    list is ``known``, it is not counted again.
    """
    if known == 0:
        return Slice([], 0)
    order = query.sorting.reverse if query.before else query.sorting
    names = (*columns, *(key for key in order.keys if key not in columns))
    figures = [CappedCount(tasks, COUNTED)] if known is None else []
    place = Cursor.read(query.after or query.before, order.keys)
    asked = order.apply(tasks.filter(order.beyond(place)) if place else tasks)
    start = 0 if query.by_cursor else (query.page - 1) * query.size
    # A whole tab has nothing to plan anew for: whose tasks it holds is part of the statement.
    whole = not query.is_narrowed and not query.by_cursor
    with nullcontext() if whole else planned_afresh():
        fetched = list(asked.values_list(*names, *figures)[start : start + query.size + 1])
        if not fetched:
            behind_the_end = start or place
            return Slice([], known or (_length(tasks) if behind_the_end else 0))
    rows, more = fetched[: query.size], len(fetched) > query.size
    if query.before:
        rows.reverse()
    places = [names.index(key) for key in order.keys]
    first, last = (Cursor(tuple(row[at] for at in places)) for row in (rows[0], rows[-1]))
    return Slice(
        rows,
        found=rows[0][-1] if known is None else known,
        previous=_previous(query, first) if _has_previous(query, more=more) else None,
        following=_following(query, last) if _has_following(query, more=more) else None,
    )


def _length(tasks: SigningTaskQuerySet) -> int:
    return tasks.order_by()[: COUNTED + 1].count()


def _has_previous(query: ListQuery, *, more: bool) -> bool:
    return more if query.before else bool(query.after) or query.page > 1


def _has_following(query: ListQuery, *, more: bool) -> bool:
    return query.before != END if query.before else more


def _previous(query: ListQuery, first: Cursor) -> Changes:
    return {"before": first.encode()} if query.by_cursor else {"page": query.page - 1}


def _following(query: ListQuery, last: Cursor) -> Changes:
    numbered = not query.by_cursor and (query.page + 1) * query.size <= COUNTED
    return {"page": query.page + 1} if numbered else {"after": last.encode()}
