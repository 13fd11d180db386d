"""Pages of a list that is never counted to its end."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from econtract.platform.common.query_plans import custom_query_plan

PAGE_SIZE = 25
MOST = 1000


@dataclass(frozen=True)
class Page:
    """One page of rows and the inputs of the `pagination` component."""

    rows: list[Any]
    found: str
    summary: str
    pages: list[dict[str, Any]]
    previous_url: str
    next_url: str


@custom_query_plan()
def page_of(request: HttpRequest, rows: QuerySet[Any], *, per_page: int = PAGE_SIZE) -> Page:
    """The page that ``?page=`` names (the nearest there is), of the first thousand rows.

    Two queries: a count that stops behind the thousand, and the rows.
    """
    count = rows.order_by()[: MOST + 1].count()
    reachable = min(count, MOST)
    last = max(1, -(-reachable // per_page))
    number = min(_number(request.GET.get("page", "")), last)
    start = (number - 1) * per_page
    shown = list(rows[start : min(start + per_page, reachable)])
    total = f"больше {MOST}" if count > MOST else str(count)
    return Page(
        rows=shown,
        found=total,
        summary=f"{start + 1}–{start + len(shown)} из {total}" if shown else "",
        pages=[] if last == 1 else [_link(request, page, number) for page in _near(number, last)],
        previous_url=_url(request, number - 1) if number > 1 else "",
        next_url=_url(request, number + 1) if number < last else "",
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _near(number: int, last: int) -> list[int]:
    """The first, the last and the neighbours; 0 for a gap."""
    shown = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    pages: list[int] = []
    for page in shown:
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
