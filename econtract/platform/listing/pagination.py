"""One page of a list: its rows as tuples, and how the query changes for the neighbouring pages."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

from econtract.platform.common.query_plans import custom_query_plan
from econtract.platform.listing.counters import COUNT_LIMIT, CappedCount
from econtract.platform.listing.query import END, ListQuery
from econtract.platform.listing.sorting import Cursor, SortOrder

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
Changes = dict[str, Any]


@dataclass(frozen=True)
class ListPage:
    """The rows of a page.

    ``total`` is the number of rows on all pages, `COUNT_LIMIT` + 1 for anything above the limit.
    ``previous`` and ``next`` are the changes of the query for the neighbours (see
    `ListQuery.with_changes`), None where there is none.
    """

    rows: list[tuple[Any, ...]]
    total: int
    previous: Changes | None = None
    next: Changes | None = None


def fetch_page(
    rows: QuerySet[Any],
    query: ListQuery,
    fields: tuple[str, ...],
    *,
    total: int | None = None,
    custom_plan: bool = True,
) -> ListPage:
    """The page of ``rows`` that ``query`` describes; equally fast at any depth.

    ``rows`` are filtered and in no order. A tuple has the values of ``fields``, then the sort keys
    that are not among them. One query; one more where the page lies beyond the end. Rows whose
    ``total`` is known are not counted again. ``custom_plan=False`` is for querysets whose
    statement hardly varies (`custom_query_plan`).
    """
    if total == 0:
        return ListPage([], 0)
    page = page_queryset(rows, query, fields, cursor=query.cursor, with_total=total is None)
    with custom_query_plan() if custom_plan else nullcontext():
        page_rows = list(page)
    if not page_rows and total is None and (query.has_cursor or query.page > 1):
        total = rows.order_by()[: COUNT_LIMIT + 1].count()
    return build_page(page_rows, query, fields, total=total)


def page_queryset(
    rows: QuerySet[Any],
    query: ListQuery,
    fields: tuple[str, ...],
    *,
    cursor: Cursor | None,
    with_total: bool,
) -> QuerySet[Any, tuple[Any, ...]]:
    """The tuples for `build_page`: those of the page and one more.

    ``with_total`` appends the total to each.
    """
    totals = [CappedCount(rows, COUNT_LIMIT)] if with_total else []
    return limit_to_page(rows, query, cursor).values_list(*all_fields(query, fields), *totals)


def limit_to_page(rows: Rows, query: ListQuery, cursor: Cursor | None) -> Rows:
    """The rows of the page and one more, in the order of `fetch_order`."""
    order = fetch_order(query)
    start = 0 if query.has_cursor else (query.page - 1) * query.size
    rows = order.apply(rows.filter(order.after(cursor)) if cursor else rows)
    page: Rows = rows[start : start + query.size + 1]
    return page


def fetch_order(query: ListQuery) -> SortOrder:
    """The order in which the database returns the rows: reversed for a page before a cursor."""
    return query.sort_order.reverse if query.before else query.sort_order


def build_page(
    page_rows: list[tuple[Any, ...]],
    query: ListQuery,
    fields: tuple[str, ...],
    *,
    total: int | None,
) -> ListPage:
    """The page from the tuples of `page_queryset`; ``total`` None: they end with it."""
    rows, has_more = page_rows[: query.size], len(page_rows) > query.size
    if not rows:
        return ListPage([], total or 0)
    if query.before:
        rows.reverse()
    names = all_fields(query, fields)
    positions = [names.index(field) for field in query.sort_order.fields]
    first, last = (Cursor(tuple(row[at] for at in positions)) for row in (rows[0], rows[-1]))
    return ListPage(
        rows,
        total=rows[0][-1] if total is None else total,
        previous=_previous(query, first) if _has_previous(query, has_more=has_more) else None,
        next=_next(query, last) if _has_next(query, has_more=has_more) else None,
    )


def all_fields(query: ListQuery, fields: tuple[str, ...]) -> tuple[str, ...]:
    """``fields`` and the sort keys that are not among them."""
    return (*fields, *(field for field in query.sort_order.fields if field not in fields))


def _has_previous(query: ListQuery, *, has_more: bool) -> bool:
    return has_more if query.before else bool(query.after) or query.page > 1


def _has_next(query: ListQuery, *, has_more: bool) -> bool:
    return query.before != END if query.before else has_more


def _previous(query: ListQuery, first: Cursor) -> Changes:
    return {"before": first.encode()} if query.has_cursor else {"page": query.page - 1}


def _next(query: ListQuery, last: Cursor) -> Changes:
    by_number = not query.has_cursor and (query.page + 1) * query.size <= COUNT_LIMIT
    return {"page": query.page + 1} if by_number else {"after": last.encode()}
