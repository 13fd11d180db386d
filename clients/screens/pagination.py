"""Numbered pages of search results; the count stops at a thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from econtract.platform.common.query_plans import custom_query_plan

PAGE_SIZE = 25
MAX_COUNT = 1000


@dataclass(frozen=True)
class ResultPage:
    """One page of rows, and the inputs of the `pagination` component."""

    rows: list[Any]
    total: str
    summary: str
    pages: list[dict[str, Any]]
    previous_url: str
    next_url: str


@custom_query_plan()
def paginate(request: HttpRequest, rows: QuerySet[Any], *, per_page: int = PAGE_SIZE) -> ResultPage:
    """The page of ``?page=``, or the nearest one that exists.

    Two queries: a count that stops after `MAX_COUNT`, and the rows.
    """
    count = rows.order_by()[: MAX_COUNT + 1].count()
    return _build_result_page(request, rows, count, per_page)


def paginate_list(
    request: HttpRequest, rows: Sequence[Any], *, per_page: int = PAGE_SIZE
) -> ResultPage:
    """As `paginate`, of rows that are in memory."""
    return _build_result_page(request, rows, len(rows), per_page)


def _build_result_page(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], count: int, per_page: int
) -> ResultPage:
    reachable = min(count, MAX_COUNT)
    last = max(1, -(-reachable // per_page))
    number = min(_parse_number(request.GET.get("page", "")), last)
    start = (number - 1) * per_page
    page_rows = list(rows[start : min(start + per_page, reachable)])
    total = f"больше {MAX_COUNT}" if count > MAX_COUNT else str(count)
    return ResultPage(
        rows=page_rows,
        total=total,
        summary=f"{start + 1}–{start + len(page_rows)} из {total}" if page_rows else "",
        pages=[]
        if last == 1
        else [_link(request, page, number) for page in _page_numbers(number, last)],
        previous_url=_url(request, number - 1) if number > 1 else "",
        next_url=_url(request, number + 1) if number < last else "",
    )


def _parse_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _page_numbers(number: int, last: int) -> list[int]:
    """The first page, the last one and the neighbours of ``number``; 0 is a gap."""
    neighbours = range(max(1, number - 2), min(last, number + 2) + 1)
    pages: list[int] = []
    for page in sorted({1, last, *neighbours}):
        if pages and page - pages[-1] > 1:
            pages.append(0)
        pages.append(page)
    return pages


def _link(request: HttpRequest, page: int, number: int) -> dict[str, Any]:
    if page == 0:
        return {"label": "…"}
    return {"label": str(page), "url": _url(request, page), "current": page == number}


def _url(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"
