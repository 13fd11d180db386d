"""Pages of a list: what is found, how it is said, and the links that lead on."""

from dataclasses import dataclass
from typing import Any

from econtract.platform.common.formatting import plural, thousands
from tasks.listing.counters import COUNTED
from tasks.listing.pagination import Slice
from tasks.listing.query import END, SIZES, ListQuery

# Every link has every key: a template looks for what is absent in four ways.
GAP: dict[str, Any] = {"label": "", "url": "", "current": False}
Link = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """How many tasks a query finds: ``count`` exactly, or more than ``COUNTED``."""

    count: int

    @property
    def is_exact(self) -> bool:
        return self.count <= COUNTED

    @property
    def total(self) -> str:
        """«87», «больше 1 000»."""
        return thousands(self.count) if self.is_exact else f"больше {thousands(COUNTED)}"

    @property
    def words(self) -> str:
        """«Найдено 5 заданий»."""
        if not self.is_exact:
            return f"Найдено {self.total} заданий"
        noun = plural(self.count, "задание", "задания", "заданий")
        return f"Найдено {thousands(self.count)} {noun}"


def pagination(query: ListQuery, found: Found, shown: Slice) -> dict[str, Any]:
    """The context of `components/pagination.html`, empty when one page holds all."""
    previous, following = shown.previous, shown.following
    if previous is None and following is None and found.count <= SIZES[0]:
        return {}
    return {
        "summary": _summary(query, found, len(shown.rows)),
        "pages": _pages(query, found, more=following is not None),
        "previous_url": query.with_(**previous).encode() if previous else "",
        "next_url": query.with_(**following).encode() if following else "",
        "sizes": [
            {"label": size, "url": query.with_(size=size).encode(), "current": size == query.size}
            for size in SIZES
        ],
    }


def _summary(query: ListQuery, found: Found, shown: int) -> str:
    """«1–25 из 87»; far from the beginning nobody knows the first figure."""
    if query.by_cursor:
        return f"{shown} на странице, всего {found.total}"
    first = (query.page - 1) * query.size
    span = f"{thousands(first + 1)}–{thousands(first + shown)}"
    return f"{span} из {found.total}" if found.is_exact else f"{span}, всего {found.total}"


def _pages(query: ListQuery, found: Found, *, more: bool) -> list[Link]:
    """1 … 4 5 6 … 40; where the last number is not known, «последняя» leads to the end."""
    if query.by_cursor:
        pages = [_numbered(query, 1), GAP]
    else:
        pages = _numbers(query, -(-found.count // query.size) if found.is_exact else None)
    if not found.is_exact and more:
        url = query.with_(before=END).encode()
        last = {"label": "последняя", "url": url, "current": False}
        pages += [last] if pages[-1] is GAP else [GAP, last]
    return pages


def _numbers(query: ListQuery, last: int | None) -> list[Link]:
    end = last or COUNTED // query.size
    near = {1, query.page - 1, query.page, query.page + 1} | ({end} if last else set())
    pages: list[Link] = []
    for number in sorted(near & set(range(1, end + 1))):
        if pages and pages[-1]["label"] != number - 1:
            pages.append(GAP)
        pages.append(_numbered(query, number))
    return pages


def _numbered(query: ListQuery, number: int) -> Link:
    current = not query.by_cursor and number == query.page
    return {"label": number, "url": query.with_(page=number).encode(), "current": current}
