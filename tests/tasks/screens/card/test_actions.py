"""Actions on a card: transitions with and without a comment, taking over, comments."""

import re
import threading
from typing import Any
from urllib.parse import unquote

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
from tests.support.people import ALL_TYPES, People, browser_of


def make(owner: User, status: Status, **values: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **values)
    return task


def press(web: Client, task: SigningTask, name: str, comment: str = "") -> Any:
    return web.post(f"/tasks/{task.number}/do/{name}/", {"comment": comment}, follow=True)


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
def test_a_button_makes_the_transition_and_confirms_it(
    owner: User, web: Client, status: Status, name: str, after: Status
) -> None:
    task = make(owner, status, seamless=False)
    response = press(web, task, name)
    assert fresh(task).status == after
    assert "toast-done" in response.content.decode()


@pytest.mark.parametrize(
    ("status", "name", "label"),
    [
        (Status.AUTHORITY_REVIEW, "decline_authority", "Что не так с документами"),
        (Status.IDENTIFICATION_PENDING, "cancel", "Причина отмены"),
    ],
)
def test_a_required_comment_has_an_error_beside_the_field(
    owner: User, web: Client, status: Status, name: str, label: str
) -> None:
    task = make(owner, status)
    response = press(web, task, name, "   ")
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(f"Заполните поле «{label}»") == 2
    assert "<title>Ошибка: " in page
    assert fresh(task).status == status


def test_the_history_has_the_comment(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    press(web, task, "cancel", " Клиент передумал ")
    entry = HistoryEntry.objects.get(task=task)
    assert (entry.new_status, entry.comment) == (Status.CANCELLED, "Клиент передумал")


def test_cancelling_a_document_at_the_operator_revokes_it_first(owner: User, web: Client) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    response = press(web, task, "cancel", "Ошибка в договоре")
    assert fresh(task).status == Status.DOCUMENT_SIGNING
    assert fresh(task).withdrawal is not None
    assert (
        "Документ отзывается. Действие завершится, когда отзыв подтвердится."
        in response.content.decode()
    )


def test_a_refusal_is_shown_and_changes_nothing(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED, seamless=False, document_version=None)
    response = press(web, task, "proceed")
    assert "Вложите документ." in response.content.decode()
    assert fresh(task).status == Status.IDENTIFIED


def test_the_page_of_a_transition_says_why_it_is_not_possible_any_more(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNED)
    assert (
        "Действие невозможно в статусе"
        in web.get(f"/tasks/{task.number}/do/cancel/").content.decode()
    )
    response = press(web, task, "cancel", "поздно")
    assert response.status_code == 422
    assert fresh(task).status == Status.DOCUMENT_SIGNED


@pytest.mark.parametrize(
    "name",
    ["signing_failed", "client_signed", "identification_passed", "submit", "archived", "save"],
)
def test_users_cannot_make_the_transitions_of_systems(owner: User, web: Client, name: str) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    assert web.post(f"/tasks/{task.number}/do/{name}/").status_code == 404
    assert fresh(task).status == Status.DOCUMENT_SIGNING


def test_a_dialog_gets_only_the_form(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    page = web.get(f"/tasks/{task.number}/do/cancel/", HTTP_HX_REQUEST="true").content.decode()
    assert "<form" in page
    assert "<html" not in page


def test_the_next_page_confirms_what_a_dialog_has_done(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFICATION_PENDING)
    address = f"/tasks/{task.number}/do/cancel/"
    response = web.post(address, {"comment": "Клиент передумал"}, HTTP_HX_REQUEST="true")
    assert response.headers["HX-Redirect"] == f"/tasks/{task.number}/"
    assert "Задание отменено" in web.get(f"/tasks/{task.number}/").content.decode()


# --- Taking over --------------------------------------------------------------------------------


def test_the_slower_of_two_users_loses_sight_of_the_task(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    page_fields = {"manager": str(owner.pk)}
    browser_of(people["mate"]).post(f"/tasks/{task.number}/take/", page_fields)
    response = browser_of(people["head_manager"]).post(
        f"/tasks/{task.number}/take/", page_fields, follow=True
    )
    # The group of the first owner does not see the tasks of the new one.
    assert response.status_code == 404
    text = f"задание {task.number} принял в работу сотрудник {people['mate']}"
    page = response.content.decode()
    assert text in page
    assert f"Сейчас оно у сотрудника {people['mate']}" in page
    assert "Ваше действие не выполнено" in page
    poll = browser_of(people["head_manager"]).get(
        f"/tasks/{task.number}/live/", HTTP_HX_REQUEST="true"
    )
    assert text in unquote(poll.headers["X-Message"])
    stranger = browser_of(people["neighbour"]).get(f"/tasks/{task.number}/")
    assert str(people["mate"]) not in stranger.content.decode()
    assert fresh(task).manager == people["mate"]


def test_the_slower_of_two_users_reads_who_changed_the_status(people: People, owner: User) -> None:
    task = make(owner, Status.ON_APPROVAL, approval_needed=True)
    press(browser_of(people["head"]), task, "approve", "")
    page = press(
        browser_of(people["head_manager"]), task, "reject_approval", "Нет"
    ).content.decode()
    assert "Действие не выполнено: задание уже в статусе «Запрос на идентификацию" in page
    assert f", сотрудник {people['head']}." in page


def test_the_slower_of_two_users_reads_who_was_faster(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    page_fields = {"manager": str(owner.pk)}
    browser_of(people["lead_manager"]).post(f"/tasks/{task.number}/take/", page_fields)
    assert fresh(task).manager == people["lead_manager"]
    administrator = UserFactory(roles=[Role.ADMINISTRATOR, Role.MANAGER], types=ALL_TYPES)
    response = browser_of(administrator).post(
        f"/tasks/{task.number}/take/", page_fields, follow=True
    )
    assert f"Задание уже принял в работу сотрудник {people['lead_manager']}" in (
        response.content.decode()
    )


def test_taking_a_task_over_twice_is_one_change(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    web, page_fields = browser_of(people["mate"]), {"manager": str(owner.pk)}
    web.post(f"/tasks/{task.number}/take/", page_fields)
    response = web.post(f"/tasks/{task.number}/take/", page_fields, follow=True)
    assert "принято в работу" in response.content.decode()
    assert HistoryEntry.objects.filter(name="taken_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_two_concurrent_users_wins() -> None:
    first, second = (
        UserFactory(roles=[Role.MANAGER, Role.ADMINISTRATOR], types=ALL_TYPES) for _ in range(2)
    )
    task = SigningTaskFactory(status=Status.IDENTIFIED)
    start, refusals = threading.Barrier(2), []

    def take(user: User) -> None:
        try:
            start.wait(10)
            handover.take_over(task=task, actor=user, from_manager_id=task.manager_id)
        except ActionRefused as refusal:
            refusals.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(user,)) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refusals) == 1
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
def test_an_empty_or_too_long_comment_is_refused(owner: User, web: Client, text: str) -> None:
    task = make(owner, Status.IDENTIFIED)
    response = web.post(f"/tasks/{task.number}/comment/", {"text": text})
    assert response.status_code == 422
    assert "<title>Ошибка: " in response.content.decode()
    assert not Comment.objects.exists()


# --- A comment that is sent twice ---------------------------------------------------------------


def comment_form(web: Client, task: SigningTask) -> str:
    """The key of the form on the card."""
    page = web.get(f"/tasks/{task.number}/").content.decode()
    [key] = re.findall(r'name="submission_key" value="([^"]+)"', page)
    return key


def test_a_comment_that_is_sent_twice_is_stored_once(web: Client, task: SigningTask) -> None:
    values = {"text": "Позвонил клиенту", "submission_key": comment_form(web, task)}
    for _ in range(2):
        response = web.post(f"/tasks/{task.number}/comment/", values)
        assert response.status_code == 302
    assert task.comments.count() == 1
    web.post(f"/tasks/{task.number}/comment/", values | {"submission_key": comment_form(web, task)})
    assert task.comments.count() == 2, "the same words can be said again"


def test_a_form_that_the_browser_shows_again_can_carry_another_comment(
    web: Client, task: SigningTask
) -> None:
    key = comment_form(web, task)
    for text in ("Позвонил клиенту", "Он перезвонит"):
        web.post(f"/tasks/{task.number}/comment/", {"text": text, "submission_key": key})
    web.post(f"/tasks/{task.number}/comment/", {"text": "Ждем", "submission_key": "nonsense"})
    assert task.comments.count() == 3
