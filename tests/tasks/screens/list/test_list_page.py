"""The page of a list: sort orders, pages, texts of the rows, number of queries, export."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.listing.sorting import Cursor
from tasks.statuses import Resolution, Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory
from tests.support.lists import make_task, numbers_on_page, read_sheet
from tests.support.people import People, browser_of

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_headers_sort_both_ways_and_announce_it(owner: User, web: Client) -> None:
    first, second = make_task(owner), make_task(owner)
    response = web.get("/tasks/my/?group=none&sort=number")
    assert numbers_on_page(response) == [first.number, second.number]
    header = next(c for c in response.context["columns"] if c["label"] == "№")
    assert header["aria_sort"] == "ascending"
    assert numbers_on_page(web.get(f"/tasks/my/{header['url']}")) == [second.number, first.number]


@pytest.mark.parametrize("sort", ["client", "-status", "owner", "-created", "updated"])
def test_every_sort_order_works(owner: User, web: Client, sort: str) -> None:
    make_task(owner)
    assert len(numbers_on_page(web.get(f"/tasks/my/?group=none&sort={sort}"))) == 1


def test_pages_follow_one_another_without_loss(owner: User, web: Client) -> None:
    numbers = {make_task(owner, client=ClientFactory()).number for _ in range(27)}
    first = web.get("/tasks/my/?group=none")
    second = web.get(f"/tasks/my/{first.context['pagination']['next_url']}")
    assert len(numbers_on_page(first)) == 25
    assert set(numbers_on_page(first)) | set(numbers_on_page(second)) == numbers
    assert first.context["pagination"]["summary"] == "1–25 из 27"
    assert second.context["pagination"]["summary"] == "26–27 из 27"
    assert not second.context["pagination"]["next_url"]


def test_a_page_beyond_the_end_is_the_last(owner: User, web: Client) -> None:
    """Its tasks have left the list since the link was made; that does not make it empty."""
    tasks = [make_task(owner).number for _ in range(26)]
    beyond = "after=" + Cursor((0,)).encode()
    for parameter in ("page=2", "page=7", beyond):
        page = web.get(f"/tasks/my/?group=none&sort=-number&{parameter}")
        assert numbers_on_page(page) == [min(tasks)]
        assert "26–26 из 26" in page.content.decode()
    assert "Ничего не найдено" in web.get("/tasks/my/?group=none&q=звезда&page=2").content.decode()


@pytest.mark.parametrize(
    ("status", "who", "turn"),
    [
        (Status.IDENTIFIED, "owner", "Вы"),
        (Status.IDENTIFIED, "lead", "Менеджер"),
        (Status.IDENTIFICATION_PENDING, "owner", "Клиент"),
        (Status.ON_APPROVAL, "owner", "Согласующий"),
        (Status.ON_APPROVAL, "head", "Вы"),
        (Status.CABINET_REQUESTED, "owner", "Система"),
        (Status.ARCHIVE_FAILED, "owner", "Техподдержка"),
    ],
)
def test_whose_turn_it_is_depends_on_the_viewer(
    people: People, owner: User, status: Status, who: str, turn: str
) -> None:
    make_task(owner, status)
    response = browser_of(people[who]).get("/tasks/all/?group=none")
    assert [row["turn"] for row in response.context["rows"]] == [turn]


def test_a_signed_task_shows_how_long_it_took(owner: User, web: Client) -> None:
    now = clock.now()
    make_task(
        owner,
        Status.COMPLETED,
        created_at=now - timedelta(minutes=7, seconds=40),
        completed_at=now,
    )
    assert web.get("/tasks/archive/").context["rows"][0]["status.note"] == "Подписано за 7 мин 40 с"


def test_a_clients_name_is_escaped(owner: User, web: Client) -> None:
    make_task(owner, client=ClientFactory(short_name="<script>alert(1)</script>"))
    page = web.get("/tasks/my/?group=none").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_htmx_gets_only_the_results(owner: User, web: Client) -> None:
    make_task(owner)
    response = web.get("/tasks/my/?group=none&q=7", **HTMX)
    page = response.content.decode()
    assert 'id="results"' in page
    assert "<html" not in page
    assert "HX-Request" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["owner", "lead", "head", "administrator"])
def test_the_number_of_queries_does_not_grow_with_the_list(
    people: People, who: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    web = browser_of(people[who])
    for _ in range(3):
        SigningTaskFactory(manager=people["owner"], client=ClientFactory())
    address = "/tasks/all/?group=none&size=100"
    web.get(address)  # the session is written when the page has changed
    with django_assert_max_num_queries(6) as few:
        web.get(address)
    for _ in range(20):
        SigningTaskFactory(manager=people["owner"], client=ClientFactory())
    web.get(address)
    with django_assert_max_num_queries(6) as many:
        web.get(address)
    assert len(few) == len(many)


@time_machine.travel("2026-11-21 09:00:00+00:00", tick=False)
def test_an_export_holds_the_filtered_tasks_in_their_order(owner: User, web: Client) -> None:
    first = make_task(owner, Status.SIGNING_FAILED, resolution=Resolution.CLIENT_REFUSED)
    second = make_task(owner, Status.SIGNING_FAILED, client=ClientFactory(short_name="=1+1"))
    make_task(owner)
    response = web.get("/tasks/my/export.xlsx?group=none&status=signing_failed&sort=number")
    header, *rows = read_sheet(response)
    assert header[:4] == ("Номер", "Тип", "Клиент", "ИНН")
    assert [row[0] for row in rows] == [first.number, second.number]
    assert rows[0][3] == first.client.inn
    assert rows[0][5] == "850123456789"
    assert rows[0][10] == "Клиент отказался от подписания"
    # A name that looks like a formula stays text; times are in the user's time zone.
    assert rows[1][2] == "=1+1"
    assert rows[0][14].isoformat() == "2026-11-21T12:00:00"
