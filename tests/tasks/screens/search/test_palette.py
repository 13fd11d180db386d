"""Ctrl+K, the recognition of numbers, and links to a new task for a client."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import TaskType
from tasks.models import SigningTask
from tasks.screens.search.recognition import parse_inn, recognize_number
from tests.support.cards import text_of
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory, company_inn, person_inn
from tests.support.people import People, browser_of


@pytest.fixture
def task(owner: User) -> SigningTask:
    client = ClientFactory(short_name="ООО «Ромашка»", inn="7707049388", kpp="784201001")
    task: SigningTask = SigningTaskFactory(manager=owner, client=client)
    return task


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("7707049388", ["ИНН"]),
        ("77 07-049 388", ["ИНН"]),
        ("7707049389", []),
        (person_inn(7), ["ИНН", "лицевой счет"]),
        ("850123456789", ["лицевой счет"]),
        ("1027700198767", ["ОГРН", "штрих код документа"]),
        ("2000000000541", ["штрих код документа"]),
        ("+7 912 345-67-89", ["телефон"]),
        ("89123456789", ["телефон"]),
        ("ромашка", []),
        ("", []),
    ],
)
def test_numbers_are_recognized_by_their_check_digits(text: str, meanings: list[str]) -> None:
    assert recognize_number(text) == meanings


def test_an_inn_is_parsed_from_pasted_text() -> None:
    assert parse_inn(" 7707 049388 ") == "7707049388"
    assert parse_inn("7707049389") == ""


def test_the_search_shows_the_client_and_links_to_a_new_task(
    owner: User, web: Client, task: SigningTask
) -> None:
    response = web.get("/search/?q=7707049388")
    page = text_of(response)
    assert "Это может быть: ИНН" in page
    assert str(task.number) in page
    assert "Создать задание с этим клиентом" in page
    assert "/tasks/new/company/?client=7707049388-784201001" in response.content.decode()


def test_an_unknown_inn_links_to_a_new_task_too(web: Client) -> None:
    inn = company_inn(77)
    page = web.get(f"/search/?q={inn}").content.decode()
    assert f"Клиента с ИНН {inn} в базе нет" in page
    assert f"/tasks/new/company/?client={inn}" in page
    assert "/tasks/new/self-employed/" not in page


def test_the_palette_finds_pages_tasks_and_clients(web: Client, task: SigningTask) -> None:
    all_results = text_of(web.get("/palette/"))
    assert "Мои задания" in all_results
    assert "Ромашка" not in all_results
    results = text_of(web.get("/palette/?q=ромаш"))
    assert f"{task.number} · ООО «Ромашка»" in results
    assert "Создать задание с этим клиентом" in results
    assert "Уведомления" in text_of(web.get("/palette/?q=уведом"))
    assert "Ничего не найдено" in text_of(web.get("/palette/?q=щщщщ"))


def test_the_palette_shows_only_what_the_user_can_see_and_do(
    people: People, task: SigningTask
) -> None:
    for who in ("neighbour", "foreign_head"):
        results = text_of(browser_of(people[who]).get("/palette/?q=ромаш"))
        assert f"{task.number} ·" not in results
    lead = text_of(browser_of(people["lead"]).get("/palette/?q=ромаш"))
    assert f"{task.number} ·" in lead
    assert "Создать задание" not in lead
    neighbour = people["neighbour"]
    neighbour.type_accesses.exclude(task_type=TaskType.SELF_EMPLOYED).delete()
    assert "Ромашка" not in text_of(browser_of(neighbour).get("/palette/?q=ромаш"))


def test_a_link_opens_the_form_with_the_client_selected(
    web: Client, task: SigningTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        def get(self, *_: Any, **__: Any) -> None:
            return None

    monkeypatch.setattr("tasks.screens.new_task.cdi_answers.cdi", Down)
    page = web.get("/tasks/new/company/?client=7707049388-784201001").content.decode()
    assert 'name="client" value="7707049388-784201001"' in page


def test_each_user_can_turn_off_keys_without_ctrl(people: People, owner: User, web: Client) -> None:
    assert 'data-keys="off"' not in web.get("/help/keys/").content.decode()
    web.post("/help/keys/", {"off": "1"})
    assert 'data-keys="off"' in web.get("/tasks/my/?group=none").content.decode()
    mate = browser_of(people["mate"])
    assert 'data-keys="off"' not in mate.get("/help/keys/").content.decode()
    web.post("/help/keys/", {"on": "1"})
    assert 'data-keys="off"' not in web.get("/help/keys/").content.decode()
