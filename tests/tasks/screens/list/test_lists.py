"""Lists: what a tab holds, filters, chips and their memory, search, sorting, pages, export."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import TaskType
from econtract.platform.common import clock
from econtract.platform.listing.sorting import Cursor
from tasks.actions.perform_action import perform_action
from tasks.models import SigningTask, queries
from tasks.statuses import Resolution, Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, RegionFactory
from tests.support.people import People, browser_of

HTMX = {"HTTP_HX_REQUEST": "true"}


def make(owner: User, status: Status = Status.IDENTIFICATION_PENDING, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **more)
    return task


def numbers(response: Any) -> list[int]:
    return [int(row["number"]) for row in response.context["rows"]]


# --- Tabs -------------------------------------------------------------------------------------


def test_my_tasks_are_mine_and_in_work(people: People, owner: User, web: Client) -> None:
    mine = make(owner)
    make(owner, Status.COMPLETED)
    SigningTaskFactory(manager=people["mate"])
    assert numbers(web.get("/tasks/my/")) == [mine.number]


def test_all_tasks_are_those_seen_and_in_work(people: People, owner: User, web: Client) -> None:
    mine, mates = make(owner), SigningTaskFactory(manager=people["mate"])
    SigningTaskFactory(manager=people["neighbour"])
    assert set(numbers(web.get("/tasks/all/"))) == {mine.number, mates.number}


def test_the_archive_holds_what_is_finished(owner: User, web: Client) -> None:
    done, cancelled = make(owner, Status.COMPLETED), make(owner, Status.CANCELLED)
    make(owner)
    assert set(numbers(web.get("/tasks/archive/"))) == {done.number, cancelled.number}


def test_a_manager_who_sees_only_his_own_has_no_tab_of_all(people: People) -> None:
    web = browser_of(people["neighbour"])
    labels = [tab["label"] for tab in web.get("/tasks/my/").context["nav"].tabs]
    assert labels == ["Мои задания", "Архив", "Управление"]
    response = web.get("/tasks/all/?q=770")
    assert response.headers["Location"] == "/tasks/my/?q=770"


def test_a_team_leader_has_no_tab_of_his_own(people: People) -> None:
    web = browser_of(people["lead"])
    labels = [tab["label"] for tab in web.get("/tasks/all/").context["nav"].tabs]
    assert labels == ["Все задания", "Архив", "Управление"]
    assert web.get("/").headers["Location"] == "/tasks/all/"


def test_tabs_count_what_is_in_work(people: People, owner: User, web: Client) -> None:
    make(owner)
    make(owner)
    make(owner, Status.COMPLETED)
    SigningTaskFactory(manager=people["mate"])
    tabs = web.get("/tasks/my/").context["nav"].tabs
    assert [tab["count"] for tab in tabs] == [2, 3, None, None]


# --- Chips and their memory --------------------------------------------------------------------


@pytest.fixture
def call(owner: User) -> SigningTask:
    """A task under «Звонок клиенту» and under «Обработка ошибок»."""
    return make(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)


def test_a_chip_counts_and_filters(owner: User, web: Client, call: SigningTask) -> None:
    make(owner)
    response = web.get("/tasks/my/?group=call")
    assert numbers(response) == [call.number]
    chips = {chip["label"]: chip["count"] for chip in response.context["chips"]}
    assert chips == {
        "Обработка ошибок": 1,
        "Звонок клиенту": 1,
        "Редактирование": 0,
        "На согласовании": 0,
    }


def test_a_chosen_chip_is_kept_for_a_bare_address_and_for_the_other_tab(web: Client) -> None:
    web.get("/tasks/my/?group=call")
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"
    assert web.get("/tasks/all/").headers["Location"] == "/tasks/all/?group=call"
    tabs = web.get("/tasks/my/?group=call").context["nav"].tabs
    assert [tab["url"] for tab in tabs][:3] == [
        "/tasks/my/?group=call",
        "/tasks/all/?group=call",
        "/tasks/archive/",
    ]


def test_what_else_was_asked_for_survives_the_way_back_to_the_chip(web: Client) -> None:
    web.get("/tasks/my/?group=call")
    assert web.get("/tasks/my/?q=7").headers["Location"] == "/tasks/my/?q=7&group=call"


def test_the_second_click_on_a_chip_turns_it_off(web: Client) -> None:
    on = next(c for c in web.get("/tasks/my/?group=call").context["chips"] if c["current"])
    assert on["url"].startswith("?group=none")
    assert web.get(f"/tasks/my/{on['url']}").status_code == 200
    assert web.get("/tasks/my/").status_code == 200


def test_the_archive_has_no_chips_and_does_not_forget_the_chosen_one(
    owner: User, web: Client
) -> None:
    done = make(owner, Status.COMPLETED)
    web.get("/tasks/my/?group=call")
    response = web.get("/tasks/archive/")
    assert response.context["chips"] == []
    assert numbers(response) == [done.number]
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"


def test_an_unknown_chip_changes_nothing(owner: User, web: Client) -> None:
    make(owner)
    web.get("/tasks/my/?group=call")
    assert len(numbers(web.get("/tasks/my/?group=nonsense"))) == 1
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"


# --- Filters and search ------------------------------------------------------------------------


def test_every_filter_narrows_and_the_link_reproduces_the_view(
    people: People, owner: User, web: Client
) -> None:
    with clock.travelled_to(clock.now() - timedelta(days=40)):
        old = make(
            owner,
            Status.SIGNING_FAILED,
            resolution=Resolution.CLIENT_REFUSED,
            region=RegionFactory(name="Тверская область", account_prefix="310"),
            task_type=TaskType.SELF_EMPLOYED,
        )
    new = SigningTaskFactory(manager=people["mate"])
    day = (clock.now() - timedelta(days=20)).date().isoformat()
    for found, wanted in {
        "status=signing_failed": old,
        "stage=signing": old,
        "stage=identification": new,
        "resolution=client_refused": old,
        "type=self_employed": old,
        f"region={old.region_id}": old,
        f"owner={new.manager_id}": new,
        f"from={day}": new,
        f"to={day}": old,
    }.items():
        response = web.get(f"/tasks/all/?group=none&{found}")
        assert numbers(response) == [wanted.number], found
        assert len(response.context["active"]) == 1, found


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense&stage=%00&resolution='&type=1;drop&region=99999999999999999999&owner=x",
        "from=2026-02-31&to=0001-01-01&sort=password&page=-1&size=7&q=%00%00",
        "from=9999-12-31&to=9999-12-31&page=99999999999999",
        f"q={'я' * 5000}",
    ],
)
def test_what_the_list_does_not_know_is_left_out(web: Client, query: str) -> None:
    assert web.get(f"/tasks/my/?group=none&{query}").status_code == 200


def test_search_finds_by_everything_that_people_have_at_hand(owner: User, web: Client) -> None:
    client = ClientFactory(short_name="ООО «Ёлка и Ко»", inn="7707083893", ogrn="1027700132195")
    contact = ContactFactory(linked_to=client, phone="+79035550102")
    task = make(
        owner,
        client=client,
        contact_version=contact.current,
        document_number="Д-17/А",
        account_number="850777666555",
    )
    make(owner)
    code = task.document_version.archive_code if task.document_version else ""
    for text in [
        str(task.number),
        "елка",
        "ЁЛКА и",
        "7707083893",
        "1027700132195",
        "Д-17/А",
        "850777666555",
        "8 (903) 555-01-02",
        code,
    ]:
        response = web.get("/tasks/my/", {"group": "none", "q": text})
        assert numbers(response) == [task.number], text


def test_what_is_exactly_the_number_wins_over_names_that_hold_it(owner: User, web: Client) -> None:
    named = make(owner, client=ClientFactory(short_name="Завод 991812"))
    found = web.get("/tasks/my/", {"group": "none", "q": "991812"})
    assert numbers(found) == [named.number]
    exact = make(owner, document_number="991812")
    found = web.get("/tasks/my/", {"group": "none", "q": "991812"})
    assert numbers(found) == [exact.number]


def test_a_status_that_no_task_of_the_tab_has_finds_nothing(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED)
    assert numbers(web.get("/tasks/archive/?status=completed")) != []
    assert numbers(web.get("/tasks/archive/?status=identified&stage=done")) == []
    assert numbers(web.get("/tasks/archive/?stage=signing")) == []


@pytest.mark.parametrize("most", ["MAX_IDS", "MAX_CLIENT_IDS"])
def test_a_word_that_many_share_finds_what_a_rare_one_does(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    named = [make(owner, client=ClientFactory(short_name=f"ООО «Вектор {n}»")) for n in "123"]
    make(owner, Status.COMPLETED, client=named[0].client)
    make(owner)
    monkeypatch.setattr(queries, most, 1)
    found = web.get("/tasks/my/?group=none&q=вектор")
    assert sorted(numbers(found)) == sorted(task.number for task in named)
    assert "Найдено 3 задания" in found.content.decode()


def test_a_page_behind_the_end_is_the_last(owner: User, web: Client) -> None:
    """What was on it has left the list since the link was made: the list is not empty."""
    tasks = [make(owner).number for _ in range(26)]
    beyond = "after=" + Cursor((0,)).encode()
    for place in ("page=2", "page=7", beyond):
        page = web.get(f"/tasks/my/?group=none&sort=-number&{place}")
        assert numbers(page) == [min(tasks)]
        assert "26–26 из 26" in page.content.decode()
    assert "Ничего не найдено" in web.get("/tasks/my/?group=none&q=звезда&page=2").content.decode()


def test_a_word_finds_as_many_as_it_says(owner: User, web: Client) -> None:
    for number in range(30):
        make(owner, client=ClientFactory(short_name=f"ООО «Вектор {number}»"))
    make(owner, Status.COMPLETED, client=ClientFactory(short_name="ООО «Вектор»"))
    pages = [web.get(f"/tasks/my/?group=none&q=вектор&page={page}") for page in (1, 2, 3)]
    assert [len(numbers(page)) for page in pages] == [25, 5, 5]
    assert all("Найдено 30 заданий" in page.content.decode() for page in pages)
    tasks = SigningTask.objects.search("вектор")
    assert (len(tasks.numbers or ()), tasks.in_work().numbers) == (31, None)
    assert tasks.in_work().count() == 30
    assert numbers(web.get("/tasks/my/?group=none&q=звезда")) == []


@pytest.mark.parametrize("text", ["7707083893", "Альфа"])
def test_a_number_that_many_share_finds_them_all(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    client = ClientFactory(inn="7707083893", short_name="ООО «Звезда Альфа»")
    shared = [make(owner, client=client, document_number="Альфа").number for _ in range(3)]
    make(owner, client=client if text == "Альфа" else ClientFactory(), document_number="16")
    monkeypatch.setattr(queries, "MAX_IDS", 1)
    assert sorted(numbers(web.get(f"/tasks/my/?group=none&q={text}"))) == sorted(shared)


def test_the_search_of_the_header_covers_finished_tasks_and_jumps_to_a_number(
    owner: User, web: Client
) -> None:
    done = make(owner, Status.COMPLETED, client=ClientFactory(short_name="АО «Вектор»"))
    assert numbers(web.get("/search/", {"q": "вектор"})) == [done.number]
    assert web.get("/search/", {"q": str(done.number)}).headers["Location"] == (
        f"/tasks/{done.number}/"
    )
    assert web.get("/search/").status_code == 200


def test_the_search_of_the_header_shows_nothing_of_others(people: People) -> None:
    hidden = SigningTaskFactory(manager=people["owner"])
    web = browser_of(people["neighbour"])
    for text in (str(hidden.number), hidden.client.inn):
        response = web.get("/search/", {"q": text})
        assert response.status_code == 200
        assert numbers(response) == []


def test_suggestions_of_managers_are_those_whose_tasks_one_sees(people: People) -> None:
    page = browser_of(people["lead"]).get("/tasks/owners/?owner_q=иванова").content.decode()
    owner, neighbour = people["owner"], people["neighbour"]
    assert owner is not None
    assert neighbour is not None
    assert str(owner) in page
    assert str(neighbour) not in page


def test_the_filters_page_keeps_what_is_chosen(web: Client) -> None:
    response = web.get("/tasks/my/filters/?group=call&q=ромашка&status=signing_failed")
    page = response.content.decode()
    assert '<option value="signing_failed" selected>' in page
    assert '<input type="hidden" name="group" value="call">' in page
    assert '<input type="hidden" name="q" value="ромашка">' in page


# --- Sorting and pages -------------------------------------------------------------------------


def test_headers_sort_both_ways_and_say_so(owner: User, web: Client) -> None:
    first, second = make(owner), make(owner)
    response = web.get("/tasks/my/?group=none&sort=number")
    assert numbers(response) == [first.number, second.number]
    header = next(c for c in response.context["columns"] if c["label"] == "№")
    assert header["aria_sort"] == "ascending"
    assert numbers(web.get(f"/tasks/my/{header['url']}")) == [second.number, first.number]


@pytest.mark.parametrize("sort", ["client", "-status", "owner", "-created", "updated"])
def test_every_sort_works(owner: User, web: Client, sort: str) -> None:
    make(owner)
    assert len(numbers(web.get(f"/tasks/my/?group=none&sort={sort}"))) == 1


def test_pages_follow_one_another_without_loss(owner: User, web: Client) -> None:
    made = {make(owner, client=ClientFactory()).number for _ in range(27)}
    first = web.get("/tasks/my/?group=none")
    second = web.get(f"/tasks/my/{first.context['pagination']['next_url']}")
    assert len(numbers(first)) == 25
    assert set(numbers(first)) | set(numbers(second)) == made
    assert first.context["pagination"]["summary"] == "1–25 из 27"
    assert second.context["pagination"]["summary"] == "26–27 из 27"
    assert not second.context["pagination"]["next_url"]


# --- What is said ------------------------------------------------------------------------------


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
def test_whose_turn_it_is_depends_on_who_looks(
    people: People, owner: User, status: Status, who: str, turn: str
) -> None:
    make(owner, status)
    response = browser_of(people[who]).get("/tasks/all/?group=none")
    assert [row["turn"] for row in response.context["rows"]] == [turn]


def test_a_signed_task_says_how_long_it_took(owner: User, web: Client) -> None:
    now = clock.now()
    make(
        owner,
        Status.COMPLETED,
        created_at=now - timedelta(minutes=7, seconds=40),
        completed_at=now,
    )
    assert web.get("/tasks/archive/").context["rows"][0]["status.note"] == "Подписано за 7 мин 40 с"


def test_nothing_yet_and_nothing_found_are_told_apart(web: Client) -> None:
    empty = web.get("/tasks/my/?group=none").content.decode()
    assert "Заданий пока нет" in empty
    assert "Создать первое" in empty
    narrowed = web.get("/tasks/my/?group=none&q=ничего").content.decode()
    assert "Ничего не найдено" in narrowed
    assert "Сбросить фильтры" in narrowed


def test_a_clients_name_is_text_and_never_markup(owner: User, web: Client) -> None:
    make(owner, client=ClientFactory(short_name="<script>alert(1)</script>"))
    page = web.get("/tasks/my/?group=none").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- htmx ---------------------------------------------------------------------------------------


def test_htmx_gets_the_results_alone_and_the_caches_are_told(owner: User, web: Client) -> None:
    make(owner)
    response = web.get("/tasks/my/?group=none&q=7", **HTMX)
    page = response.content.decode()
    assert 'id="results"' in page
    assert "<html" not in page
    assert "HX-Request" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_poll_is_silent_until_something_changes(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    assert web.get(address).status_code == 204
    perform_action(task=task, name="restart_identification", actor=owner, comment="")
    response = web.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 задание обновлено" in page
    assert 'data-hx-swap-oob="morph"' in page
    # The answer carries the mark of what it has said: the next poll is silent again.
    assert web.get(response.context["updates_url"]).status_code == 204


def test_a_poll_tells_of_a_task_that_has_left_the_list(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    perform_action(task=task, name="cancel", actor=owner, reason="Передумали")
    assert "1 задание обновлено" in web.get(address).content.decode()


def test_a_poll_counts_afresh_when_another_list_gains_a_task(
    people: People, owner: User, web: Client
) -> None:
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    SigningTaskFactory(manager=people["mate"])
    response = web.get(address)
    assert [tab["count"] for tab in response.context["nav"].tabs][:2] == [0, 1]
    assert not response.context["updates"]


@pytest.mark.parametrize("seen", ["", "x", "2026-13-01"])
def test_a_poll_without_a_moment_is_refused(web: Client, seen: str) -> None:
    assert web.get(f"/tasks/my/news/?seen={seen}").status_code == 404


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "lead", "head", "administrator"])
def test_the_list_asks_the_database_the_same_whatever_its_length(
    people: People, who: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    web = browser_of(people[who])
    for _ in range(3):
        SigningTaskFactory(manager=people["owner"], client=ClientFactory())
    address = "/tasks/all/?group=none&size=100"
    web.get(address)  # the walk is kept when the list has changed
    with django_assert_max_num_queries(6) as few:
        web.get(address)
    for _ in range(20):
        SigningTaskFactory(manager=people["owner"], client=ClientFactory())
    web.get(address)
    with django_assert_max_num_queries(6) as many:
        web.get(address)
    assert len(few) == len(many)


# --- Export -------------------------------------------------------------------------------------


def sheet_of(response: Any) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return [tuple(cell.value for cell in row) for row in book.active.rows]


@time_machine.travel("2026-11-21 09:00:00+00:00", tick=False)
def test_the_export_holds_exactly_what_is_filtered_in_its_order(owner: User, web: Client) -> None:
    first = make(owner, Status.SIGNING_FAILED, resolution=Resolution.CLIENT_REFUSED)
    second = make(owner, Status.SIGNING_FAILED, client=ClientFactory(short_name="=1+1"))
    make(owner)
    response = web.get("/tasks/my/export.xlsx?group=none&status=signing_failed&sort=number")
    header, *rows = sheet_of(response)
    assert header[:4] == ("Номер", "Тип", "Клиент", "ИНН")
    assert [row[0] for row in rows] == [first.number, second.number]
    assert rows[0][3] == first.client.inn
    assert rows[0][5] == "850123456789"
    assert rows[0][10] == "Клиент отказался от подписания"
    # A name that looks like a formula is a name; moments are those of the person's clock.
    assert rows[1][2] == "=1+1"
    assert rows[0][13].isoformat() == "2026-11-21T12:00:00"
