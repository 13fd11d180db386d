"""Pages by keys: every row once, at any depth, in every order, both ways."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, product
from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from tasks.listing import tabs
from tasks.listing.pagination import Slice, slice_of
from tasks.listing.query import END, ListQuery
from tasks.listing.sorting import SORTS, Cursor, Sorting
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db
COLUMNS = ("number",)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> User:
    """Thirteen tasks with ties in every key; pages of three, two of them by number."""
    monkeypatch.setattr("tasks.listing.query.SIZES", (3,))
    monkeypatch.setattr("tasks.listing.pagination.COUNTED", 6)
    now, user = clock.now(), UserFactory(roles=[Role.MANAGER], last_name="Иванова")
    namesake = UserFactory(roles=[Role.MANAGER], last_name="Иванова")
    clients = [ClientFactory(short_name="Ёлка"), ClientFactory(short_name="Аист")]
    version = ContactFactory(linked_to=clients[0]).current
    for at in range(13):
        SigningTaskFactory(
            manager=user if at % 2 else namesake,
            client=clients[at % 2],
            contact_version=version,
            status=[Status.IDENTIFIED, Status.SIGNING_FAILED, Status.ON_APPROVAL][at % 3],
            created_at=now - timedelta(hours=at // 4),
            updated_at=now - timedelta(minutes=at // 3),
        )
    assert isinstance(user, User)
    return user


def page(query: ListQuery) -> Any:
    return slice_of(SigningTask.objects.all(), query, COLUMNS)


def first_page(sort: str) -> ListQuery:
    return ListQuery(sort=sort, size=3)


def walk(query: ListQuery, way: str) -> list[list[int]]:
    """The numbers of each page from ``query`` on, by its own links."""
    pages = []
    while True:
        shown = page(query)
        pages.append([row[0] for row in shown.rows])
        step = getattr(shown, way)
        if step is None:
            return pages
        # By the address, as a person walks: what a link cannot say is lost here.
        again = ListQuery.read(QueryDict(query.with_(**step).encode().removeprefix("?")))
        query = again


@pytest.mark.usefixtures("world")
def test_forwards_and_backwards_every_row_is_met_once() -> None:
    for sort in (f"{sign}{key}" for key in SORTS for sign in ("", "-")):
        whole = [task.number for task in Sorting.read(sort).apply(SigningTask.objects.all())]
        forwards = walk(first_page(sort), "following")
        assert list(chain(*forwards)) == whole, sort
        backwards = walk(first_page(sort).with_(before=END), "previous")
        assert list(chain(*reversed(backwards))) == whole, sort


@pytest.mark.usefixtures("world")
def test_a_page_far_away_does_not_skip_what_comes_before(
    django_assert_num_queries: Any,
) -> None:
    query = first_page("-updated").with_(page=2)
    beyond = query.with_(**page(query).following)
    assert (beyond.page, bool(beyond.after)) == (1, True)
    with django_assert_num_queries(1) as captured:
        page(beyond)
    assert "OFFSET" not in captured.captured_queries[0]["sql"]


@pytest.mark.usefixtures("world")
def test_the_last_page_has_nothing_behind_it() -> None:
    last = page(first_page("number").with_(before=END))
    assert last.following is None
    assert len(last.rows) == 3


def test_every_page_knows_how_long_the_list_is(world: User, django_assert_num_queries: Any) -> None:
    """Seven is more than six: nothing is counted further."""
    own, nobodys = first_page("number").with_(owner=world.pk), world.pk + 1000
    tasks = SigningTask.objects.filter(manager=world)

    def length(query: ListQuery, **more: Any) -> int:
        return slice_of(query.apply(SigningTask.objects.all()), query, COLUMNS, **more).found

    with django_assert_num_queries(1):
        assert length(own) == 6
    beyond = {"after": Cursor((tasks.latest("pk").pk,)).encode()}
    for depth in ({"page": 2}, {"page": 3}, {"page": 9}, {"before": END}, beyond):
        assert length(own.with_(**depth)) == 6, depth
        assert length(first_page("number").with_(**depth)) == 7, depth
    with django_assert_num_queries(1):
        assert length(own.with_(owner=nobodys)) == 0
    assert length(own.with_(owner=nobodys, page=3)) == 0
    with django_assert_num_queries(1):
        assert length(own, known=5) == 5
    with django_assert_num_queries(0):
        assert length(own, known=0) == 0


def pages_of(whole: ListQuery, tasks: SigningTaskQuerySet) -> Iterator[ListQuery]:
    """The first two, one beside a row, the last, the one before it, and one behind the end."""
    second = whole.with_(page=2)
    last = whole.with_(before=END)
    yield from (whole, second, last)
    for query, way in ((second, "following"), (last, "previous")):
        if step := getattr(slice_of(tasks, query, COLUMNS), way):
            yield query.with_(**step)
    yield whole.with_(sort="number", after=Cursor((10**9,)).encode())


def test_a_page_that_is_opened_often_holds_what_the_list_does(
    world: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """One statement for all: it must hold everybody's own, and forget nobody's change of sight."""
    written = tabs._written.__wrapped__
    monkeypatch.setattr(tabs, "_written", lru_cache(written))
    SigningTaskFactory(manager=world, status=Status.COMPLETED)
    namesake = User.objects.exclude(pk=world.pk).get(last_name="Иванова")
    people = [world, namesake, UserFactory(roles=[Role.ADMINISTRATOR]), UserFactory()]
    found = set()
    narrowed: tuple[dict[str, Any], ...] = (
        {},
        {"group": "errors"},
        {"status": Status.SIGNING_FAILED, "channel": "edo"},
    )
    for person, tab, sort in product(people, tabs.LIST_LABELS, SORTS):
        for codes, known in product(narrowed, (None, 9)):
            whole = ListQuery(sort=sort, size=3, **codes)
            tasks = tabs.found_in(person, tab, whole)
            for query in pages_of(whole, tasks):
                held = slice_of(tasks, query, COLUMNS, known=known)
                assert tabs.page_of(person, tab, query, COLUMNS, known) == held
                found.add((tab, tuple(row[0] for row in held.rows)))
    assert len(found) > len(tabs.LIST_LABELS) * 2, "the people must differ in what they see"
    with django_assert_num_queries(1):
        tabs.page_of(world, "my", ListQuery(), COLUMNS, None)
    world.roles.all().delete()
    blind = User.objects.get(pk=world.pk)
    assert tabs.page_of(blind, "my", ListQuery(), COLUMNS, None) == Slice([], 0)


def test_what_a_search_has_found_has_the_pages_of_any_list(
    world: User, django_assert_num_queries: Any
) -> None:
    """Its numbers are known, so its rows are one statement for all searches."""
    for sort in (f"{sign}{key}" for key in SORTS for sign in ("", "-")):
        for text, number in (("ёлка", 7), ("аист", 6)):
            whole = ListQuery(sort=sort, size=3, q=text)
            found = SigningTask.objects.all().search(text)
            assert len(found.numbers or ()) == number
            for query in pages_of(whole, found.all()):
                held = slice_of(found.all(), query, COLUMNS, known=number)
                assert slice_of(found, query, COLUMNS) == held
                with django_assert_num_queries(1):
                    slice_of(found, query, COLUMNS)


def test_a_page_number_too_large_is_the_last_that_has_a_number() -> None:
    assert ListQuery.read(QueryDict("page=99999999")).page == 40


def written(*values: object) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "я" * 9,
        "A" * 5000,
        written(1, 2, 3),
        written("2026-01-01", 5),  # no zone
        written("0001-01-01T00:00:00+14:00", 5),
        written("2026-01-01T00:00:00+00:00", 10**30),
        written("2026-01-01T00:00:00+00:00", "5"),
        written({"a": 1}, 5),
    ],
)
def test_a_place_that_nobody_wrote_is_the_first_page(text: str) -> None:
    query = ListQuery.read(QueryDict(f"after={text}&before={text}"))
    assert (query.after, query.before) == ("", "")


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "я" * 301])
def test_a_name_that_no_database_holds_is_no_place(name: str) -> None:
    keys = SORTS["client"]
    assert Cursor.read(written(name, 5), keys) is None


def test_what_is_written_is_read() -> None:
    place = Cursor((datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC), 7))
    assert Cursor.read(place.encode(), SORTS["updated"]) == place
