"""Whose task it is: taking over with its undo, handing over to a colleague."""

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


def hand(web: Client, task: SigningTask, to: User, **more: str) -> Any:
    values = {"to": str(to.pk), "manager": str(task.manager_id), **more}
    return web.post(f"/tasks/{task.number}/hand/", values, follow=True)


def changes_of_hands(task: SigningTask) -> list[str]:
    entries = task.history.filter(kind=HistoryEntry.Kind.TAKEN_OVER)
    return list(entries.values_list("name", flat=True))


# --- The undo of «Принять в работу» -------------------------------------------------------------


def test_the_message_of_a_take_over_undoes_it_without_a_script(
    people: People, task: SigningTask
) -> None:
    page = take(people["mate"], task).content.decode()
    assert f"Задание {task.number} принято в работу" in page
    assert f'<form method="post" action="/tasks/{task.number}/take/undo/">' in page
    assert f"снова у сотрудника {task.manager}" in undo(people["mate"], task)
    assert fresh(task).manager == task.manager
    assert changes_of_hands(task) == ["taken_over", "given_back"]


def test_ten_seconds_later_it_is_too_late(people: People, task: SigningTask) -> None:
    with time_machine.travel(clock.now(), tick=False) as watch:
        take(people["mate"], task)
        watch.shift(timedelta(seconds=10.1))
        assert "в течение 10 секунд" in undo(people["mate"], task)
    assert fresh(task).manager == people["mate"]


def test_what_somebody_took_meanwhile_stays_with_him(people: People, task: SigningTask) -> None:
    take(people["mate"], task)
    take(people["owner"], fresh(task))
    assert f"сейчас у сотрудника {people['owner']}" in undo(people["mate"], task)
    assert fresh(task).manager == people["owner"]


def test_only_a_take_over_of_ones_own_is_undone_and_only_once(
    people: People, owner: User, receiver: User, task: SigningTask
) -> None:
    take(people["mate"], task)
    undo(owner, task)
    assert fresh(task).manager == people["mate"]
    undo(people["mate"], task)
    undo(people["mate"], task)
    hand(browser_of(owner), task, receiver)
    undo(owner, task)
    undo(receiver, task)  # he was given it, he did not take it
    assert fresh(task).manager == receiver
    assert changes_of_hands(task) == ["taken_over", "given_back", "handed_over"]


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


@pytest.mark.parametrize(("who", "may"), HANDERS.items())
def test_who_may_take_a_task_may_hand_it_over(
    people: People, task: SigningTask, receiver: User, who: str, may: bool
) -> None:
    web = browser_of(people[who])
    menu = web.get(f"/tasks/{task.number}/").content.decode()
    assert (f"/tasks/{task.number}/hand/" in menu) is may
    hand(web, task, receiver)
    assert (fresh(task).manager == receiver) is may


def test_the_comment_is_in_the_history_for_the_new_manager(
    owner: User, receiver: User, task: SigningTask
) -> None:
    hand(browser_of(owner), task, receiver, comment="Клиент просил перезвонить в среду")
    page = browser_of(receiver).get(f"/tasks/{task.number}/history/").content.decode()
    assert f"Передано: {owner} → {receiver}" in page
    assert "Клиент просил перезвонить в среду" in page


def test_who_does_not_see_the_task_any_more_reads_it_on_his_list(
    people: People, owner: User, task: SigningTask
) -> None:
    colleague = people["colleague"]
    assert colleague is not None
    response = hand(browser_of(owner), task, colleague)
    assert response.redirect_chain[-1][0] == "/tasks/my/"
    assert f"передано сотруднику {colleague}" in response.content.decode()


def test_a_task_that_was_taken_meanwhile_is_not_handed_over(
    people: People, owner: User, receiver: User, task: SigningTask
) -> None:
    take(people["mate"], task)
    response = hand(browser_of(owner), task, receiver)
    assert response.status_code == 422
    assert f"уже принял в работу сотрудник {people['mate']}" in response.content.decode()
    assert fresh(task).manager == people["mate"]


def test_receivers_are_managers_of_ones_groups_to_whom_the_type_is_opened(
    people: People, owner: User, receiver: User
) -> None:
    task = SigningTaskFactory(manager=owner, task_type=TaskType.CONTRACTOR)
    closed = people["mate"]
    assert closed is not None
    closed.type_accesses.filter(task_type=TaskType.CONTRACTOR).delete()
    web = browser_of(owner)
    refused = ["mate", "neighbour", "lead", "blocked", "owner"]
    for who in refused:
        response = hand(web, task, people[who])
        assert response.status_code == 422
        assert "Выберите сотрудника из списка" in response.content.decode()
    offered = web.get(f"/tasks/colleagues/?type={TaskType.CONTRACTOR}&to_q=").content.decode()
    assert {who for who in people if f">{people[who]}<" in offered} == {"colleague"}
    assert f">{receiver}<" in offered
    assert fresh(task).manager == owner


def test_without_a_script_the_receiver_is_found_and_ticked(
    owner: User, receiver: User, task: SigningTask
) -> None:
    web, address = browser_of(owner), f"/tasks/{task.number}/hand/"
    values = {"find": "to", "to_q": "яков", "comment": "Отпуск"}
    page = web.post(address, values).content.decode()
    assert f'value="{receiver.pk}"' in page
    assert "Отпуск</textarea>" in page
    assert fresh(task).manager == owner


def test_a_dialog_is_told_to_go_on_and_the_message_waits_for_the_next_page(
    owner: User, receiver: User, task: SigningTask
) -> None:
    web, address = browser_of(owner), f"/tasks/{task.number}/hand/"
    assert "<html" not in web.get(address, **HTMX).content.decode()
    response = web.post(address, {"to": str(receiver.pk)}, **HTMX)
    assert response["HX-Redirect"] == f"/tasks/{task.number}/"
    assert "передано сотруднику" in web.get(f"/tasks/{task.number}/").content.decode()


def test_a_finished_task_changes_hands_no_more(owner: User, receiver: User) -> None:
    done = SigningTaskFactory(manager=owner, status=Status.COMPLETED)
    assert "Передать" not in browser_of(owner).get(f"/tasks/{done.number}/").content.decode()
    hand(browser_of(owner), done, receiver)
    take(receiver, done)
    assert fresh(done).manager == owner
