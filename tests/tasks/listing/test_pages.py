"""Pages of the lists (`tasks.listing.pages`): every row once, in every order, both ways."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import chain, product
from typing import Any, Literal

import pytest
from django.http import QueryDict

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from econtract.platform.listing.pagination import ListPage
from econtract.platform.listing.query import END
from econtract.platform.listing.sorting import Cursor
from tasks.listing import pages
from tasks.listing.pages import fetch_page, fetch_tab_page
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import SEARCH, TABS, find_tasks
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db
FIELDS = ("number",)
SORTS = list(TaskListQuery.SORT_KEYS)
SORTS_BOTH_WAYS = [f"{sign}{sort}" for sort in SORTS for sign in ("", "-")]
Direction = Literal["previous", "next"]


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> User:
    """One of two managers of thirteen tasks with ties in every key.

    Pages have three rows, and two of them have a number.
    """
    monkeypatch.setattr("econtract.platform.listing.query.PAGE_SIZES", (3,))
    monkeypatch.setattr("econtract.platform.listing.pagination.COUNT_LIMIT", 6)
    monkeypatch.setattr("tasks.listing.pages.COUNT_LIMIT", 6)
    now, user = clock.now(), UserFactory(roles=[Role.MANAGER], last_name="Иванова")
    namesake = UserFactory(roles=[Role.MANAGER], last_name="Иванова")
    clients = [ClientFactory(short_name="Ёлка"), ClientFactory(short_name="Аист")]
    version = ContactFactory(client=clients[0]).current
    for i in range(13):
        SigningTaskFactory(
            manager=user if i % 2 else namesake,
            client=clients[i % 2],
            contact_version=version,
            status=[Status.IDENTIFIED, Status.SIGNING_FAILED, Status.ON_APPROVAL][i % 3],
            created_at=now - timedelta(hours=i // 4),
            updated_at=now - timedelta(minutes=i // 3),
        )
    assert isinstance(user, User)
    return user


def page_of_all(query: TaskListQuery) -> ListPage:
    return fetch_page(SigningTask.objects.all(), query, FIELDS)


def first_page(sort: str) -> TaskListQuery:
    return TaskListQuery(sort=sort, size=3)


def follow_links(query: TaskListQuery, direction: Direction) -> list[list[int]]:
    """The numbers of each page from that of ``query`` on, by the links of the pages."""
    numbers = []
    while True:
        page = page_of_all(query)
        numbers.append([row[0] for row in page.rows])
        changes = getattr(page, direction)
        if changes is None:
            return numbers
        # Through the query string, like a user: a link must carry everything.
        encoded = query.with_changes(**changes).encode()
        query = TaskListQuery.parse(QueryDict(encoded.removeprefix("?")))


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize("sort", SORTS_BOTH_WAYS)
def test_every_row_appears_once_forwards_and_backwards(sort: str) -> None:
    tasks = first_page(sort).sort_order.apply(SigningTask.objects.all())
    expected = [task.number for task in tasks]
    forwards = follow_links(first_page(sort), "next")
    assert list(chain(*forwards)) == expected
    backwards = follow_links(first_page(sort).with_changes(before=END), "previous")
    assert list(chain(*reversed(backwards))) == expected


@pytest.mark.usefixtures("manager")
def test_a_deep_page_uses_no_offset(django_assert_num_queries: Any) -> None:
    query = first_page("-updated").with_changes(page=2)
    changes = page_of_all(query).next
    assert changes is not None
    deep = query.with_changes(**changes)
    assert (deep.page, bool(deep.after)) == (1, True)
    with django_assert_num_queries(1) as queries:
        page_of_all(deep)
    assert "OFFSET" not in queries.captured_queries[0]["sql"]


@pytest.mark.usefixtures("manager")
def test_the_last_page_has_no_next() -> None:
    last = page_of_all(first_page("number").with_changes(before=END))
    assert last.next is None
    assert len(last.rows) == 3


def test_every_page_knows_the_total(manager: User, django_assert_num_queries: Any) -> None:
    """Counting stops at the limit, which is six here: the total of thirteen is seven."""
    own, unknown_owner = first_page("number").with_changes(owner=manager.pk), manager.pk + 1000
    tasks = SigningTask.objects.filter(manager=manager)

    def total(query: TaskListQuery, known_total: int | None = None) -> int:
        tasks = query.filter_tasks(SigningTask.objects.all())
        return fetch_page(tasks, query, FIELDS, total=known_total).total

    with django_assert_num_queries(1):
        assert total(own) == 6
    beyond_the_end = {"after": Cursor((tasks.latest("pk").pk,)).encode()}
    for changes in ({"page": 2}, {"page": 3}, {"page": 9}, {"before": END}, beyond_the_end):
        assert total(own.with_changes(**changes)) == 6, changes
        assert total(first_page("number").with_changes(**changes)) == 7, changes
    with django_assert_num_queries(1):
        assert total(own.with_changes(owner=unknown_owner)) == 0
    assert total(own.with_changes(owner=unknown_owner, page=3)) == 0
    with django_assert_num_queries(1):
        assert total(own, known_total=5) == 5
    with django_assert_num_queries(0):
        assert total(own, known_total=0) == 0


# --- Compiled pages -------------------------------------------------------------------------------


def sample_pages(first: TaskListQuery, tasks: SigningTaskQuerySet) -> Iterator[TaskListQuery]:
    """The first two, one after a cursor, the last, the one before it, and one beyond the end."""
    second = first.with_changes(page=2)
    last = first.with_changes(before=END)
    yield from (first, second, last)
    for query, direction in ((second, "next"), (last, "previous")):
        if changes := getattr(fetch_page(tasks, query, FIELDS), direction):
            yield query.with_changes(**changes)
    yield first.with_changes(sort="number", after=Cursor((10**9,)).encode())


def test_a_compiled_tab_page_equals_the_plain_one(
    manager: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """One statement serves all users, so it must show each user the tasks that they see now."""
    fresh_cache = lru_cache(pages._compile_tab_page.__wrapped__)
    monkeypatch.setattr(pages, "_compile_tab_page", fresh_cache)
    SigningTaskFactory(manager=manager, status=Status.COMPLETED)
    namesake = User.objects.exclude(pk=manager.pk).get(last_name="Иванова")
    users = [manager, namesake, UserFactory(roles=[Role.ADMINISTRATOR]), UserFactory()]
    pages_seen = set()
    filters: tuple[dict[str, Any], ...] = (
        {},
        {"quick_filter": "errors"},
        {"status": Status.SIGNING_FAILED, "channel": "edo"},
    )
    tabs = [tab for tab in TABS if tab != SEARCH]
    for user, tab, sort in product(users, tabs, SORTS):
        for codes, total in product(filters, (None, 9)):
            first = TaskListQuery(sort=sort, size=3, **codes)
            tasks = find_tasks(user, tab, first)
            for query in sample_pages(first, tasks):
                plain = fetch_page(tasks, query, FIELDS, total=total)
                assert fetch_tab_page(user, tab, query, FIELDS, total) == plain
                pages_seen.add((tab, tuple(row[0] for row in plain.rows)))
    assert len(pages_seen) > len(tabs) * 2, "the users must differ in what they see"
    with django_assert_num_queries(1):
        fetch_tab_page(manager, "my", TaskListQuery(), FIELDS)
    manager.roles.all().delete()
    without_role = User.objects.get(pk=manager.pk)
    assert fetch_tab_page(without_role, "my", TaskListQuery(), FIELDS) == ListPage([], 0)


def test_a_compiled_page_of_search_results_equals_the_plain_one(
    manager: User, django_assert_num_queries: Any
) -> None:
    for sort in SORTS_BOTH_WAYS:
        for text, count in (("ёлка", 7), ("аист", 6)):
            first = TaskListQuery(sort=sort, size=3, q=text)
            results = SigningTask.objects.all().search(text)
            assert len(results.numbers or ()) == count
            for query in sample_pages(first, results.all()):
                plain = fetch_page(results.all(), query, FIELDS, total=count)
                assert fetch_page(results, query, FIELDS) == plain
                with django_assert_num_queries(1):
                    fetch_page(results, query, FIELDS)
