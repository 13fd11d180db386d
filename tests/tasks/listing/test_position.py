"""The position of a card in the list that it was opened from (`tasks.listing.position`)."""

from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from accounts.roles import Role
from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.pagination import ListPage
from tasks.listing.pages import fetch_page
from tasks.listing.position import (
    ListPosition,
    find_neighbours,
    find_position,
    get_entry_url,
    turn_page,
)
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import find_tasks
from tasks.models import SigningTask
from tests.support.factories import SigningTaskFactory, UserFactory

pytestmark = pytest.mark.django_db
BY_NUMBER = TaskListQuery(sort="number", size=2)


class Session(dict[str, Any]):
    """The part of a session that a position uses; counts the writes."""

    writes = 0

    def __setitem__(self, key: str, value: Any) -> None:
        self.writes += 1
        super().__setitem__(key, value)


@pytest.fixture(autouse=True)
def _two_rows_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econtract.platform.listing.query.PAGE_SIZES", (2,))


@pytest.fixture
def manager() -> User:
    user: User = UserFactory(roles=[Role.MANAGER])
    return user


@pytest.fixture
def tasks(manager: User) -> list[SigningTask]:
    """Five tasks in the order of their numbers: three pages."""
    return SigningTaskFactory.create_batch(5, manager=manager)


def build_position(user: User, query: TaskListQuery) -> ListPosition:
    page = fetch_page(find_tasks(user, "my", query), query, ("number",))
    return ListPosition.from_page("my", query, page)


def create_session() -> Any:
    return Session()


def numbers(tasks: list[SigningTask]) -> tuple[int, ...]:
    return tuple(task.number for task in tasks)


def test_a_position_is_loaded_as_it_was_saved(manager: User, tasks: list[SigningTask]) -> None:
    store: SessionBase = create_session()
    assert ListPosition.load(store) is None
    position = build_position(manager, BY_NUMBER.with_changes(page=2))
    position.save(store)
    assert ListPosition.load(store) == position
    assert position.list_url == "/tasks/my/?group=none&sort=number&page=2&size=2"
    assert find_position(store, tasks[2]) == position
    assert find_position(store, tasks[0]) is None


@pytest.mark.usefixtures("tasks")
def test_the_session_is_written_only_when_the_page_changes(manager: User) -> None:
    store = create_session()
    for page in (1, 1, 2):
        build_position(manager, BY_NUMBER.with_changes(page=page)).save(store)
    assert store.writes == 2


def test_the_header_search_has_its_own_url() -> None:
    query = TaskListQuery(q="рога")
    position = ListPosition.from_page("search", query, ListPage([], 0))
    assert position.list_url.startswith("/search/?group=none&q=")


def test_neighbours_are_links_within_the_page_and_beyond_it(
    manager: User, tasks: list[SigningTask]
) -> None:
    position = build_position(manager, BY_NUMBER.with_changes(page=2))
    first, second = (find_neighbours(position, task, manager) for task in tasks[2:4])
    assert (first.position, second.position) == ("3 из 5", "4 из 5")
    assert first.previous_url == "/tasks/step/previous/"
    assert first.next_url == f"/tasks/{tasks[3].number}/"
    assert second.previous_url == f"/tasks/{tasks[2].number}/"
    assert second.next_url == "/tasks/step/next/"


def test_the_ends_of_the_list_have_no_neighbour(manager: User, tasks: list[SigningTask]) -> None:
    first_page, last_page = (
        build_position(manager, BY_NUMBER),
        build_position(manager, BY_NUMBER.last_page(5)),
    )
    assert find_neighbours(first_page, tasks[0], manager).previous_url == ""
    assert find_neighbours(last_page, tasks[4], manager).next_url == ""


def test_a_task_that_is_no_longer_visible_is_skipped(
    manager: User, tasks: list[SigningTask]
) -> None:
    position = build_position(manager, TaskListQuery(sort="number", size=5))
    tasks[1].manager = UserFactory(roles=[Role.MANAGER])
    tasks[1].save(update_fields=["manager"])
    assert find_neighbours(position, tasks[0], manager).next_url == f"/tasks/{tasks[2].number}/"


def test_a_page_beside_a_cursor_has_no_position(manager: User, tasks: list[SigningTask]) -> None:
    last_page = build_position(manager, BY_NUMBER.with_changes(before="end"))
    assert last_page.numbers == numbers(tasks[3:])
    assert find_neighbours(last_page, tasks[4], manager).position == ""


def test_a_long_list_has_a_position_without_an_exact_total(
    manager: User, tasks: list[SigningTask]
) -> None:
    page = ListPage([(tasks[0].number,)], COUNT_LIMIT + 1)
    position = ListPosition.from_page("my", BY_NUMBER, page)
    assert find_neighbours(position, tasks[0], manager).position == "1, всего больше 1000"


def test_turning_the_page_opens_the_nearest_task(manager: User, tasks: list[SigningTask]) -> None:
    middle = build_position(manager, BY_NUMBER.with_changes(page=2))
    next_page = turn_page(middle, "next", manager)
    assert next_page.numbers == numbers(tasks[4:])
    assert get_entry_url(next_page, "next") == f"/tasks/{tasks[4].number}/"
    previous_page = turn_page(middle, "previous", manager)
    assert previous_page.numbers == numbers(tasks[:2])
    assert get_entry_url(previous_page, "previous") == f"/tasks/{tasks[1].number}/"


def test_a_page_that_has_become_empty_leads_to_the_list(
    manager: User, tasks: list[SigningTask]
) -> None:
    middle = build_position(manager, BY_NUMBER.with_changes(page=2))
    SigningTask.objects.filter(pk=tasks[4].pk).update(manager=UserFactory(roles=[Role.MANAGER]))
    next_page = turn_page(middle, "next", manager)
    assert next_page.numbers == ()
    assert get_entry_url(next_page, "next") == next_page.list_url
