"""Pages and counts of any model: here, the clients by name (`econtract.platform.listing`)."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

import pytest
from django.http import QueryDict

from clients.models import Client
from econtract.platform.listing.counters import CappedCount, count_rows
from econtract.platform.listing.pagination import ListPage, fetch_page
from econtract.platform.listing.query import END, ListQuery, search_filter
from econtract.platform.listing.registry import register_list
from econtract.platform.listing.sorting import SortKey, integer_key, text_key
from tasks.listing.definition import TASK_LIST
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory

pytestmark = pytest.mark.django_db
NAMES = ["Аист", "Бобр", "Бобр", "Волк", "Гусь", "Ёж", "Жук"]


@dataclass(frozen=True, kw_only=True)
class ClientQuery(ListQuery):
    """All that a list of clients declares."""

    SORT_KEYS: ClassVar[dict[str, tuple[SortKey, ...]]] = {
        "name": (text_key("name_key"), integer_key("pk"))
    }

    q: str = search_filter()
    sort: str = "name"


@pytest.fixture(autouse=True)
def _clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econtract.platform.listing.query.PAGE_SIZES", (3,))
    for name in NAMES:
        ClientFactory(short_name=name)


def fetch(query: ClientQuery, **options: Any) -> ListPage:
    return fetch_page(Client.objects.all(), query, ("short_name",), **options)


def names(page: ListPage) -> list[str]:
    return [row[0] for row in page.rows]


def test_pages_follow_one_another_by_number_and_by_cursor() -> None:
    for limit in (1000, 3):  # above the limit pages have cursors
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("econtract.platform.listing.pagination.COUNT_LIMIT", limit)
            query, pages = ClientQuery(size=3), []
            while True:
                page = fetch(query)
                pages.append(names(page))
                if page.next is None:
                    break
                encoded = query.with_changes(**page.next).encode()
                query = ClientQuery.parse(QueryDict(encoded.removeprefix("?")))
        assert list(chain(*pages)) == NAMES
        assert [len(page) for page in pages] == [3, 3, 1]


def test_the_last_page_is_full_and_has_a_previous_one() -> None:
    page = fetch(ClientQuery(size=3, before=END))
    assert (names(page), page.total) == (NAMES[-3:], 7)
    assert page.next is None
    assert page.previous is not None
    before = fetch(ClientQuery(size=3).with_changes(**page.previous))
    assert names(before) == NAMES[1:4]


def test_a_known_total_is_not_counted(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as captured:
        assert fetch(ClientQuery(size=3), total=5).total == 5
    assert "COUNT" not in captured.captured_queries[0]["sql"]
    with django_assert_num_queries(0):
        assert fetch(ClientQuery(size=3), total=0) == ListPage([], 0)


def test_counts_stop_above_the_limit_and_take_one_query(django_assert_num_queries: Any) -> None:
    user = UserFactory()
    queries = {
        "all": Client.objects.all(),
        "one": Client.objects.filter(short_name="Аист"),
        "none": Client.objects.none(),
    }
    with django_assert_num_queries(1):
        assert count_rows(user, queries) == {"all": 7, "one": 1, "none": 0}
    capped = CappedCount(Client.objects.all(), 2)
    assert type(user).objects.filter(pk=user.pk).values_list(capped).get() == (3,)


def test_a_list_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register_list(TASK_LIST)
