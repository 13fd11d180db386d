"""The pagination of a list as its page shows it: the figures, and the links to other pages."""

from dataclasses import dataclass
from typing import Any

from econtract.platform.common.formatting import format_number, pluralize
from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.pagination import ListPage
from econtract.platform.listing.query import END, PAGE_SIZES, ListQuery

# Every link has every key: Django looks for a missing one in four ways.
GAP: dict[str, Any] = {"label": "", "url": "", "current": False}
Link = dict[str, Any]


@dataclass(frozen=True)
class Total:
    """How many rows a query has: a capped count, and the Russian forms of their noun."""

    count: int
    nouns: tuple[str, str, str]

    @property
    def is_exact(self) -> bool:
        return self.count <= COUNT_LIMIT

    @property
    def figure(self) -> str:
        """«87», «больше 1 000»."""
        return (
            format_number(self.count) if self.is_exact else f"больше {format_number(COUNT_LIMIT)}"
        )

    @property
    def sentence(self) -> str:
        """«Найдено 5 заданий»."""
        noun = pluralize(self.count, *self.nouns) if self.is_exact else self.nouns[2]
        return f"Найдено {self.figure} {noun}"


def pagination_context(query: ListQuery, total: Total, page: ListPage) -> dict[str, Any]:
    """The inputs of `components/pagination.html`, empty when one page holds all rows."""
    previous, following = page.previous, page.next
    if previous is None and following is None and total.count <= PAGE_SIZES[0]:
        return {}
    return {
        "summary": _summary(query, total, len(page.rows)),
        "pages": _page_links(query, total, has_next=following is not None),
        "previous_url": query.with_changes(**previous).encode() if previous else "",
        "next_url": query.with_changes(**following).encode() if following else "",
        "sizes": [
            {
                "label": size,
                "url": query.with_changes(size=size).encode(),
                "current": size == query.size,
            }
            for size in PAGE_SIZES
        ],
    }


def _summary(query: ListQuery, total: Total, row_count: int) -> str:
    """«1–25 из 87»; a page with a cursor does not know where in the list it is."""
    if query.has_cursor:
        return f"{row_count} на странице, всего {total.figure}"
    first = (query.page - 1) * query.size
    span = f"{format_number(first + 1)}–{format_number(first + row_count)}"
    return f"{span} из {total.figure}" if total.is_exact else f"{span}, всего {total.figure}"


def _page_links(query: ListQuery, total: Total, *, has_next: bool) -> list[Link]:
    """1 … 4 5 6 … 40; where the last number is unknown, «последняя» leads to the end."""
    if query.has_cursor:
        links = [_page_link(query, 1), GAP]
    else:
        links = _build_number_links(
            query, -(-total.count // query.size) if total.is_exact else None
        )
    if not total.is_exact and has_next:
        url = query.with_changes(before=END).encode()
        last_link = {"label": "последняя", "url": url, "current": False}
        links += [last_link] if links[-1] is GAP else [GAP, last_link]
    return links


def _build_number_links(query: ListQuery, last: int | None) -> list[Link]:
    end = last or COUNT_LIMIT // query.size
    near = {1, query.page - 1, query.page, query.page + 1} | ({end} if last else set())
    links: list[Link] = []
    for number in sorted(near & set(range(1, end + 1))):
        if links and links[-1]["label"] != number - 1:
            links.append(GAP)
        links.append(_page_link(query, number))
    return links


def _page_link(query: ListQuery, number: int) -> Link:
    is_current = not query.has_cursor and number == query.page
    return {
        "label": number,
        "url": query.with_changes(page=number).encode(),
        "current": is_current,
    }
