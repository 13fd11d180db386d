"""What each tab holds, and who has it."""

from django.test import Client

from accounts.models import User
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.lists import make_task, numbers_on_page
from tests.support.people import People, browser_of


def test_my_tasks_are_own_and_in_work(people: People, owner: User, web: Client) -> None:
    mine = make_task(owner)
    make_task(owner, Status.COMPLETED)
    SigningTaskFactory(manager=people["mate"])
    assert numbers_on_page(web.get("/tasks/my/")) == [mine.number]


def test_all_tasks_are_visible_and_in_work(people: People, owner: User, web: Client) -> None:
    mine, mates = make_task(owner), SigningTaskFactory(manager=people["mate"])
    SigningTaskFactory(manager=people["neighbour"])
    assert set(numbers_on_page(web.get("/tasks/all/"))) == {mine.number, mates.number}


def test_the_archive_holds_finished_tasks(owner: User, web: Client) -> None:
    done, cancelled = make_task(owner, Status.COMPLETED), make_task(owner, Status.CANCELLED)
    make_task(owner)
    assert set(numbers_on_page(web.get("/tasks/archive/"))) == {done.number, cancelled.number}


def test_a_manager_who_sees_only_their_own_tasks_has_no_tab_of_all(people: People) -> None:
    web = browser_of(people["neighbour"])
    labels = [tab["label"] for tab in web.get("/tasks/my/").context["nav"].tabs]
    assert labels == ["Мои задания", "Архив", "Управление"]
    response = web.get("/tasks/all/?q=770")
    assert response.headers["Location"] == "/tasks/my/?q=770"


def test_a_team_leader_has_no_tab_of_own_tasks(people: People) -> None:
    web = browser_of(people["lead"])
    labels = [tab["label"] for tab in web.get("/tasks/all/").context["nav"].tabs]
    assert labels == ["Все задания", "Архив", "Управление"]
    assert web.get("/").headers["Location"] == "/tasks/all/"


def test_tabs_count_tasks_in_work(people: People, owner: User, web: Client) -> None:
    make_task(owner)
    make_task(owner)
    make_task(owner, Status.COMPLETED)
    SigningTaskFactory(manager=people["mate"])
    tabs = web.get("/tasks/my/").context["nav"].tabs
    assert [tab["count"] for tab in tabs] == [2, 3, None, None]


def test_an_empty_tab_differs_from_an_empty_result(web: Client) -> None:
    empty = web.get("/tasks/my/?group=none").content.decode()
    assert "Заданий пока нет" in empty
    assert "Создать первое" in empty
    narrowed = web.get("/tasks/my/?group=none&q=ничего").content.decode()
    assert "Ничего не найдено" in narrowed
    assert "Сбросить фильтры" in narrowed
