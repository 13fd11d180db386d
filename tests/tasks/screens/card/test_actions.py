"""What people press: transitions with and without words, taking over, comments."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common.errors import ActionRefused
from tasks.actions import handover
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.factories import ExchangeFactory, SigningTaskFactory, UserFactory, fresh
from tests.support.people import People, browser_of


def make(owner: User, status: Status, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **more)
    return task


def do(web: Client, task: SigningTask, name: str, words: str = "") -> Any:
    return web.post(f"/tasks/{task.number}/do/{name}/", {"comment": words}, follow=True)


@pytest.mark.parametrize(
    ("status", "name", "after"),
    [
        (Status.AUTHORITY_REVIEW, "confirm_authority", Status.IDENTIFIED),
        (Status.IDENTIFIED, "proceed", Status.CABINET_REQUESTED),
        (Status.CABINET_FAILED, "retry_cabinet", Status.CABINET_REQUESTED),
        (Status.ARCHIVE_FAILED, "retry_archive", Status.DOCUMENT_SIGNED),
        (
            Status.IDENTIFICATION_FAILED,
            "restart_identification",
            Status.IDENTIFICATION_REQUESTED,
        ),
        (Status.APPROVAL_REJECTED, "resubmit", Status.ON_APPROVAL),
    ],
)
def test_a_press_moves_the_task_and_says_so(
    owner: User, web: Client, status: Status, name: str, after: Status
) -> None:
    task = make(owner, status, seamless=False)
    response = do(web, task, name)
    assert fresh(task).status == after
    assert "toast-done" in response.content.decode()


@pytest.mark.parametrize(
    ("status", "name", "label"),
    [
        (Status.AUTHORITY_REVIEW, "decline_authority", "Что не так с документами"),
        (Status.IDENTIFICATION_PENDING, "cancel", "Причина отмены"),
    ],
)
def test_words_that_are_required_are_asked_for_at_the_field(
    owner: User, web: Client, status: Status, name: str, label: str
) -> None:
    task = make(owner, status)
    response = do(web, task, name, "   ")
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(f"Заполните поле «{label}»") == 2
    assert "<title>Ошибка: " in page
    assert fresh(task).status == status


def test_the_words_go_into_the_history(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    do(web, task, "cancel", " Клиент передумал ")
    entry = HistoryEntry.objects.get(task=task)
    assert (entry.new_status, entry.comment) == (Status.CANCELLED, "Клиент передумал")


def test_cancelling_a_document_at_the_operator_revokes_it_first(owner: User, web: Client) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    response = do(web, task, "cancel", "Ошибка в договоре")
    assert fresh(task).status == Status.DOCUMENT_SIGNING
    assert fresh(task).withdrawal is not None
    assert "отзывается у оператора ЭДО" in response.content.decode()


def test_what_a_guard_refuses_is_told_and_nothing_moves(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED, seamless=False, document_version=None)
    response = do(web, task, "proceed")
    assert "Вложите документ." in response.content.decode()
    assert fresh(task).status == Status.IDENTIFIED


def test_a_page_of_words_for_a_task_that_has_moved_on_says_why_not(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNED)
    assert (
        "Действие невозможно в статусе"
        in web.get(f"/tasks/{task.number}/do/cancel/").content.decode()
    )
    response = do(web, task, "cancel", "поздно")
    assert response.status_code == 422
    assert fresh(task).status == Status.DOCUMENT_SIGNED


@pytest.mark.parametrize(
    "name",
    ["signing_failed", "client_signed", "identification_passed", "submit", "archived", "save"],
)
def test_what_only_the_outside_world_makes_true_cannot_be_pressed(
    owner: User, web: Client, name: str
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    assert web.post(f"/tasks/{task.number}/do/{name}/").status_code == 404
    assert fresh(task).status == Status.DOCUMENT_SIGNING


def test_a_dialog_gets_the_form_alone(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    page = web.get(f"/tasks/{task.number}/do/cancel/", HTTP_HX_REQUEST="true").content.decode()
    assert "<form" in page
    assert "<html" not in page


def test_what_a_dialog_has_done_is_told_by_the_page_that_comes_next(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    address = f"/tasks/{task.number}/do/cancel/"
    response = web.post(address, {"comment": "Клиент передумал"}, HTTP_HX_REQUEST="true")
    assert response.headers["HX-Redirect"] == f"/tasks/{task.number}/"
    assert "Задание отменено" in web.get(f"/tasks/{task.number}/").content.decode()


# --- Taking over --------------------------------------------------------------------------------


def test_the_slower_of_two_is_told_who_was_faster(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    shown = {"manager": str(owner.pk)}
    browser_of(people["mate"]).post(f"/tasks/{task.number}/take/", shown)
    response = browser_of(people["head_manager"]).post(
        f"/tasks/{task.number}/take/", shown, follow=True
    )
    # The winner's tasks are no longer seen from the group of the first owner.
    assert response.status_code == 404
    assert fresh(task).manager == people["mate"]


def test_the_slower_who_still_sees_the_task_reads_the_winners_name(
    people: People, owner: User
) -> None:
    task = make(owner, Status.IDENTIFIED)
    shown = {"manager": str(owner.pk)}
    browser_of(people["lead_manager"]).post(f"/tasks/{task.number}/take/", shown)
    assert fresh(task).manager == people["lead_manager"]
    administrator = UserFactory(roles=[Role.ADMINISTRATOR, Role.MANAGER])
    response = browser_of(administrator).post(f"/tasks/{task.number}/take/", shown, follow=True)
    assert f"Задание уже принял в работу сотрудник {people['lead_manager']}" in (
        response.content.decode()
    )


def test_taking_twice_is_taking_once(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    web, shown = browser_of(people["mate"]), {"manager": str(owner.pk)}
    web.post(f"/tasks/{task.number}/take/", shown)
    response = web.post(f"/tasks/{task.number}/take/", shown, follow=True)
    assert "принято в работу" in response.content.decode()
    assert HistoryEntry.objects.filter(name="taken_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins() -> None:
    first, second = (UserFactory(roles=[Role.MANAGER, Role.ADMINISTRATOR]) for _ in range(2))
    task = SigningTaskFactory(status=Status.IDENTIFIED)
    start, refused = threading.Barrier(2), []

    def take(user: User) -> None:
        try:
            start.wait(10)
            handover.take_over(task=task, actor=user, from_manager_id=task.manager_id)
        except ActionRefused as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(user,)) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
    assert fresh(task).manager in {first, second}
    assert HistoryEntry.objects.filter(name="taken_over").count() == 1


# --- Comments -----------------------------------------------------------------------------------


def test_a_comment_appears_on_the_card(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED)
    response = web.post(
        f"/tasks/{task.number}/comment/", {"text": "Звонил, <b>ждет</b> счет"}, follow=True
    )
    assert "Звонил, &lt;b&gt;ждет&lt;/b&gt; счет" in response.content.decode()
    assert Comment.objects.get().author == owner


@pytest.mark.parametrize("text", ["", "   ", "я" * 4001])
def test_a_comment_that_says_nothing_or_too_much_comes_back(
    owner: User, web: Client, text: str
) -> None:
    task = make(owner, Status.IDENTIFIED)
    response = web.post(f"/tasks/{task.number}/comment/", {"text": text})
    assert response.status_code == 422
    assert "<title>Ошибка: " in response.content.decode()
    assert not Comment.objects.exists()
