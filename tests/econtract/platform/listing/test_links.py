"""The figures and links of the pagination (`econtract.platform.listing.links`)."""

from typing import Any

from econtract.platform.listing.links import Total, pagination_context
from econtract.platform.listing.pagination import ListPage
from tasks.listing.query import TaskListQuery

NOUNS = ("задание", "задания", "заданий")
NBSP = "\N{NO-BREAK SPACE}"


def context(query: TaskListQuery, total: int, **neighbours: Any) -> dict[str, Any]:
    page = ListPage([(1,)] * 25, total, **neighbours)
    return pagination_context(query, Total(total, NOUNS), page)


def labels(links: dict[str, Any]) -> list[Any]:
    return [link["label"] for link in links["pages"]]


def test_a_total_is_exact_up_to_a_thousand() -> None:
    assert Total(1, NOUNS).sentence == "Найдено 1 задание"
    assert Total(1000, NOUNS).sentence == f"Найдено 1{NBSP}000 заданий"
    assert Total(1001, NOUNS).sentence == f"Найдено больше 1{NBSP}000 заданий"


def test_one_page_needs_no_links() -> None:
    assert context(TaskListQuery(), 25) == {}


def test_numbered_pages_are_the_first_the_last_and_the_neighbours() -> None:
    links = context(TaskListQuery(page=5), 250, previous={"page": 4}, next={"page": 6})
    assert labels(links) == [1, "", 4, 5, 6, "", 10]
    assert links["summary"] == "101–125 из 250"
    assert (links["previous_url"], links["next_url"]) == (
        "?group=none&page=4",
        "?group=none&page=6",
    )


def test_above_the_limit_the_last_page_has_no_number() -> None:
    links = context(TaskListQuery(), 1001, next={"page": 2})
    assert labels(links) == [1, 2, "", "последняя"]
    assert links["summary"] == f"1–25, всего больше 1{NBSP}000"


def test_a_page_with_a_cursor_has_no_number() -> None:
    links = context(TaskListQuery(after="x"), 1001, previous={"before": "y"}, next={"after": "z"})
    assert labels(links) == [1, "", "последняя"]
    assert links["summary"] == f"25 на странице, всего больше 1{NBSP}000"
