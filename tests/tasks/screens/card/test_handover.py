"""Changing the manager: taking over with its undo, handing over to a colleague."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AccessGroup, User
from accounts.roles import Role, TaskType
from econtract.platform.common import clock
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory, UserFactory, fresh, join
from tests.support.people import People, browser_of

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def receiver(people: People, owner: User) -> User:
    """A manager of every group that the owner is in."""
    user: User = UserFactory(
        username="receiver", last_name="Яковлева", roles=[Role.MANAGER], types=list(TaskType)
    )
    for group in AccessGroup.objects.filter(members__user=owner):
        join(group, user, AccessGroup.MEMBER_MANAGER)
    return user


def take(user: User | None, task: SigningTask) -> Any:
    return browser_of(user).post(
        f"/tasks/{task.number}/take/", {"manager": str(task.manager_id)}, follow=True
    )


def undo(user: User | None, task: SigningTask) -> str:
    response = browser_of(user).post(f"/tasks/{task.number}/take/undo/", follow=True)
    text: str = response.content.decode()
    return text


def hand_over(web: Client, task: SigningTask, to: User, **fields: str) -> Any:
    values = {"to": str(to.pk), "manager": str(task.manager_id), **fields}
    return web.post(f"/tasks/{task.number}/hand/", values, follow=True)


def manager_changes(task: SigningTask) -> list[str]:
    entries = task.history.filter(kind=HistoryEntry.Kind.TAKEN_OVER)
    return list(entries.values_list("name", flat=True))


# --- «Принять в работу» ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead_manager", "head_manager"])
def test_a_task_that_a_leader_takes_over_stays_visible_to_the_group(
    people: People, task: SigningTask, who: str
) -> None:
    assert take(people[who], task).status_code == 200
    assert fresh(task).manager == people[who]
    for viewer in {"lead", "head", "lead_manager", "head_manager"} - {who}:
        assert browser_of(people[viewer]).get(f"/tasks/{task.number}/").status_code == 200, viewer
    for stranger in ("colleague", "neighbour", "foreign_lead"):
        assert browser_of(people[stranger]).get(f"/tasks/{task.number}/").status_code == 404


def test_a_task_of_a_type_that_is_not_open_cannot_be_taken_over(
    people: People, task: SigningTask
) -> None:
    mate = people["mate"]
    assert mate is not None
    mate.type_accesses.filter(task_type=task.task_type).delete()
    card = browser_of(mate).get(f"/tasks/{task.number}/").content.decode()
    assert f"/tasks/{task.number}/take/" not in card
    assert "не открыт тип заданий «ЮЛ/ИП B2B»" in take(mate, task).content.decode()
    assert fresh(task).manager == people["owner"]


# --- The undo of «Принять в работу» -------------------------------------------------------------


def test_taking_over_can_be_undone_without_javascript(people: People, task: SigningTask) -> None:
    page = take(people["mate"], task).content.decode()
    assert f"Задание {task.number} принято в работу" in page
    assert f'<form method="post" action="/tasks/{task.number}/take/undo/">' in page
    assert f"снова у сотрудника {task.manager}" in undo(people["mate"], task)
    assert fresh(task).manager == task.manager
    assert manager_changes(task) == ["taken_over", "given_back"]


def test_an_undo_after_ten_seconds_is_refused(people: People, task: SigningTask) -> None:
    with time_machine.travel(clock.now(), tick=False) as watch:
        take(people["mate"], task)
        watch.shift(timedelta(seconds=10.1))
        assert "в течение 10 секунд" in undo(people["mate"], task)
    assert fresh(task).manager == people["mate"]


def test_an_undo_does_not_take_the_task_from_a_third_user(
    people: People, task: SigningTask
) -> None:
    take(people["mate"], task)
    take(people["owner"], fresh(task))
    assert f"сейчас у сотрудника {people['owner']}" in undo(people["mate"], task)
    assert fresh(task).manager == people["owner"]


def test_users_can_undo_only_their_own_last_take_over(
    people: People, owner: User, receiver: User, task: SigningTask
) -> None:
    take(people["mate"], task)
    undo(owner, task)
    assert fresh(task).manager == people["mate"]
    undo(people["mate"], task)
    undo(people["mate"], task)
    hand_over(browser_of(owner), task, receiver)
    undo(owner, task)
    undo(receiver, task)  # they were given the task and did not take it
    assert fresh(task).manager == receiver
    assert manager_changes(task) == ["taken_over", "given_back", "handed_over"]


# --- «Передать» ---------------------------------------------------------------------------------

HANDERS = {
    "owner": True,
    "mate": True,
    "lead_manager": True,
    "head_manager": True,
    "lead": False,
    "head": False,
    "administrator": False,
    "colleague": False,
    "neighbour": False,
    "blocked": False,
}


@pytest.mark.parametrize(("who", "can_hand_over"), HANDERS.items())
def test_users_who_can_take_a_task_over_can_hand_it_over(
    people: People, task: SigningTask, receiver: User, who: str, can_hand_over: bool
) -> None:
    web = browser_of(people[who])
    menu = web.get(f"/tasks/{task.number}/").content.decode()
    assert (f"/tasks/{task.number}/hand/" in menu) is can_hand_over
    hand_over(web, task, receiver)
    assert (fresh(task).manager == receiver) is can_hand_over


def test_the_new_manager_reads_the_comment_in_the_history(
    owner: User, receiver: User, task: SigningTask
) -> None:
    hand_over(browser_of(owner), task, receiver, comment="Клиент просил перезвонить в среду")
    page = browser_of(receiver).get(f"/tasks/{task.number}/history/").content.decode()
    assert f"Передано: {owner} → {receiver}" in page
    assert "Клиент просил перезвонить в среду" in page


def test_a_user_who_loses_the_task_is_redirected_to_their_list(
    people: People, owner: User, task: SigningTask
) -> None:
    colleague = people["colleague"]
    assert colleague is not None
    response = hand_over(browser_of(owner), task, colleague)
    assert response.redirect_chain[-1][0] == "/tasks/my/"
    assert f"передано сотруднику {colleague}" in response.content.decode()


def test_a_task_that_another_user_took_is_not_handed_over(
    people: People, owner: User, receiver: User, task: SigningTask
) -> None:
    take(people["mate"], task)
    response = hand_over(browser_of(owner), task, receiver)
    assert response.status_code == 422
    assert f"уже принял в работу сотрудник {people['mate']}" in response.content.decode()
    assert fresh(task).manager == people["mate"]


def test_receivers_are_colleagues_with_access_to_the_type(
    people: People, owner: User, receiver: User
) -> None:
    task = SigningTaskFactory(manager=owner, task_type=TaskType.CONTRACTOR)
    mate = people["mate"]
    assert mate is not None
    mate.type_accesses.filter(task_type=TaskType.CONTRACTOR).delete()
    web = browser_of(owner)
    refused_names = ["mate", "neighbour", "lead", "blocked", "owner"]
    for who in refused_names:
        response = hand_over(web, task, people[who])
        assert response.status_code == 422
        assert "Выберите сотрудника из списка" in response.content.decode()
    suggestions = web.get(f"/tasks/colleagues/?type={TaskType.CONTRACTOR}&to_q=").content.decode()
    assert {who for who in people if f">{people[who]}<" in suggestions} == {"colleague"}
    assert f">{receiver}<" in suggestions
    assert fresh(task).manager == owner


def test_the_receiver_can_be_found_without_javascript(
    owner: User, receiver: User, task: SigningTask
) -> None:
    web, address = browser_of(owner), f"/tasks/{task.number}/hand/"
    values = {"find": "to", "to_q": "яков", "comment": "Отпуск"}
    page = web.post(address, values).content.decode()
    assert f'value="{receiver.pk}"' in page
    assert "Отпуск</textarea>" in page
    assert fresh(task).manager == owner


def test_a_dialog_is_redirected_and_the_next_page_has_the_message(
    owner: User, receiver: User, task: SigningTask
) -> None:
    web, address = browser_of(owner), f"/tasks/{task.number}/hand/"
    assert "<html" not in web.get(address, **HTMX).content.decode()
    response = web.post(address, {"to": str(receiver.pk)}, **HTMX)
    assert response["HX-Redirect"] == f"/tasks/{task.number}/"
    assert "передано сотруднику" in web.get(f"/tasks/{task.number}/").content.decode()


def test_a_finished_task_keeps_its_manager(owner: User, receiver: User) -> None:
    done = SigningTaskFactory(manager=owner, status=Status.COMPLETED)
    assert "Передать" not in browser_of(owner).get(f"/tasks/{done.number}/").content.decode()
    hand_over(browser_of(owner), done, receiver)
    take(receiver, done)
    assert fresh(done).manager == owner
