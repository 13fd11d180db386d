"""Query strings of lists: parsing and encoding (`econtract.platform.listing.query`)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pytest
from django.http import QueryDict

from econtract.platform.listing.query import (
    END,
    ListQuery,
    choice_filter,
    day_filter,
    id_filter,
    search_filter,
)
from econtract.platform.listing.sorting import Cursor, SortKey, integer_key


@dataclass(frozen=True, kw_only=True)
class LetterQuery(ListQuery):
    """What a second list needs to declare."""

    SORT_KEYS: ClassVar[dict[str, tuple[SortKey, ...]]] = {"number": (integer_key("number"),)}

    q: str = search_filter()
    state: str = choice_filter(["draft", "sent"])
    client: int | None = id_filter()
    since: date | None = day_filter(parameter="from")  # noqa: RUF009 - makes a field
    sort: str = "-number"


def parse(text: str) -> LetterQuery:
    return LetterQuery.parse(QueryDict(text))


def test_an_empty_query_string_is_the_whole_list() -> None:
    assert parse("") == LetterQuery()
    assert LetterQuery().encode() == ""
    assert not LetterQuery(page=2, size=50, sort="number").is_narrowed


def test_a_query_is_parsed_as_it_was_encoded() -> None:
    cursor = Cursor((7,)).encode()
    query = LetterQuery(
        q="рога & копыта",
        state="sent",
        client=5,
        since=date(2026, 11, 21),
        sort="number",
        after=cursor,
        size=50,
    )
    assert parse(query.encode().removeprefix("?")) == query
    assert list(query.parameters()) == ["q", "state", "client", "from", "sort", "after", "size"]
    assert (
        query.encode(leave_out={"q", "from", "after"}) == "?state=sent&client=5&sort=number&size=50"
    )


@pytest.mark.parametrize(
    "text",
    [
        "state=unknown&client=x&from=2026-02-31&sort=password&page=-1&size=7&after=x&unknown=1",
        "client=99999999999999999999&from=x&page=0&size=-25&q=%00%20",
        "client=%C2%B2&before=y",
    ],
)
def test_invalid_parameters_are_ignored(text: str) -> None:
    assert parse(text) == LetterQuery()


def test_changes_lead_to_the_first_page() -> None:
    query = LetterQuery(state="sent", page=3, after="x", before="y")
    assert query.with_changes(size=50) == LetterQuery(state="sent", size=50)
    assert query.without_filters() == LetterQuery(page=3, after="x", before="y")


def test_the_last_page_is_a_number_or_the_end() -> None:
    query = LetterQuery()
    assert query.last_page(0).page == 1
    assert query.last_page(51).page == 3
    assert query.last_page(1001).before == END


def test_a_page_number_stops_at_the_count_limit() -> None:
    assert parse("page=99999999").page == 40
