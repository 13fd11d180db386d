"""Pages of a list: what is found, how it is said, and the links that lead on."""

from dataclasses import dataclass
from typing import Any

from tasks.filters import SIZES, ListQuery
from tasks.presentation.wording import plural, thousands

# Counting further costs more than the figure is worth (docs/benchmarks.md).
COUNTED = 1000
GAP: dict[str, Any] = {}


@dataclass(frozen=True)
class Found:
    """How many tasks a query finds: ``count`` exactly, or more than ``COUNTED``."""

    count: int

    @property
    def is_exact(self) -> bool:
        return self.count <= COUNTED

    @property
    def words(self) -> str:
        """«Найдено 5 заданий»."""
        if not self.is_exact:
            return f"Найдено больше {thousands(COUNTED)} заданий"
        noun = plural(self.count, "задание", "задания", "заданий")
        return f"Найдено {thousands(self.count)} {noun}"


def pagination(query: ListQuery, found: Found, shown: int, *, more: bool) -> dict[str, Any]:
    """The context of `_components/pagination.html`, empty when one page holds all.

    ``shown`` rows are on this page; ``more`` says that another page follows.
    """
    if query.page == 1 and not more and found.count <= SIZES[0]:
        return {}
    first = (query.page - 1) * query.size
    total = thousands(found.count) if found.is_exact else f"больше {thousands(COUNTED)}"
    last_known = -(-found.count // query.size) if found.is_exact else None
    return {
        "summary": f"{thousands(first + 1)}–{thousands(first + shown)} из {total}",
        "pages": _numbers(query, last_known, more=more),
        "previous_url": query.with_(page=query.page - 1).encode() if query.page > 1 else "",
        "next_url": query.with_(page=query.page + 1).encode() if more else "",
        "sizes": [
            {"label": size, "url": query.with_(size=size).encode(), "current": size == query.size}
            for size in SIZES
        ],
    }


def _numbers(query: ListQuery, last: int | None, *, more: bool) -> list[dict[str, Any]]:
    """1 … 4 5 6 … 40; the last number is left out while it is not known."""
    end = last or query.page + (1 if more else 0)
    near = {1, query.page - 1, query.page, query.page + 1, end} & set(range(1, end + 1))
    pages: list[dict[str, Any]] = []
    for number in sorted(near):
        if pages and number - 1 not in {page.get("label") for page in pages[-1:]}:
            pages.append(GAP)
        url = query.with_(page=number).encode()
        pages.append({"label": number, "url": url, "current": number == query.page})
    if last is None and more:
        pages.append(GAP)
    return pages
