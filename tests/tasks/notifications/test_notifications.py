"""Who is told of what, once."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import AccessGroup, AccessGroupUserObjectPermission
from accounts.visibility import approvers_of, managers_headed_by, viewers_of, visibility_of
from econtract.platform.common.errors import ActionRefused
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import (
    Notification,
)
from tasks.actions import handover, reminders
from tasks.actions.comments import add_comment
from tasks.actions.mentions import parse_logins
from tasks.actions.perform_action import perform_action
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.notifications import kinds
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.factories import (
    ExchangeFactory,
)
from tests.support.notifications import make_task, notifications_of, run_jobs
from tests.support.people import People


def test_the_audience_is_visibility_asked_the_other_way_round(people: People) -> None:
    owner = people["owner"].pk
    everybody = [user for user in people.values() if user]
    assert set(viewers_of(owner)) == {
        user for user in everybody if visibility_of(user).includes(owner)
    }
    heads = {user for user in everybody if owner in managers_headed_by(user) and user.pk != owner}
    assert set(approvers_of(owner)) == heads


# --- Causes -------------------------------------------------------------------------------------

FROM_OUTSIDE = [
    (Status.DOCUMENT_SIGNING, "client_signed", {}, kinds.SIGNED.code, "Клиент подписал документ"),
    (
        Status.DOCUMENT_SIGNING,
        "signing_failed",
        {"resolution": Resolution.CLIENT_REFUSED, "comment": "Дорого"},
        kinds.REFUSED.code,
        "Клиент отказался от подписания: Дорого",
    ),
    (
        Status.CABINET_REQUESTED,
        "cabinet_failed",
        {"resolution": Resolution.CABINET_EXISTS},
        kinds.ERROR.code,
        "Ошибка создания ЛК Лида: ЛК с таким телефоном уже существует",
    ),
    (
        Status.IDENTIFICATION_PENDING,
        "authority_documents_received",
        {"files": ["Приказ.pdf"]},
        kinds.AUTHORITY.code,
        "Клиент прислал документы о полномочиях, проверьте их",
    ),
]


@pytest.mark.parametrize(("status", "name", "facts", "kind", "text"), FROM_OUTSIDE)
def test_the_manager_is_told_of_what_the_outside_did(
    people: People, status: Status, name: str, facts: dict[str, Any], kind: str, text: str
) -> None:
    task = make_task(people, status, exchange=ExchangeFactory())
    actor = Actor.SYSTEM if name == "cabinet_failed" else Actor.CLIENT
    perform(task.number, name, actor=actor, **facts)
    assert notifications_of(people["owner"]) == [(kind, text)]
    assert Notification.objects.count() == 1


def test_heads_are_asked_to_approve_and_the_manager_is_told_their_answer(people: People) -> None:
    task = make_task(people, Status.APPROVAL_REJECTED)
    perform_action(task=task, name="resubmit", actor=people["owner"], comment="Проверил")
    asked = (kinds.APPROVAL.code, "Задание ждет согласования: Проверил")
    assert notifications_of(people["head"]) == notifications_of(people["head_manager"]) == [asked]
    assert (
        notifications_of(people["foreign_head"])
        == notifications_of(people["lead"])
        == notifications_of(people["owner"])
        == []
    )
    perform_action(task=task, name="approve", actor=people["head"], comment="")
    assert notifications_of(people["owner"]) == [(kinds.APPROVAL.code, "Задание согласовано")]
    assert notifications_of(people["head"]) == [asked]


def test_administrators_are_told_of_an_approval_that_nobody_could_give(people: People) -> None:
    task = make_task(people, Status.APPROVAL_REJECTED)
    AccessGroupUserObjectPermission.objects.filter(
        permission__codename=AccessGroup.MEMBER_HEAD
    ).delete()
    perform_action(task=task, name="resubmit", actor=people["owner"], comment="")
    [(kind, text)] = notifications_of(people["administrator"])
    assert (kind, text.partition(",")[2]) == (
        kinds.APPROVAL.code,
        " а руководителя в группах доступа менеджера нет",
    )
    assert notifications_of(people["head"]) == []


def test_both_are_told_when_a_task_changes_hands_and_the_actor_is_not(people: People) -> None:
    task = make_task(people, Status.IDENTIFIED)
    owner, mate = people["owner"], people["mate"]
    handover.take_over(task=task, actor=mate)
    left = (kinds.TAKEN.code, f"Теперь задание ведет сотрудник {mate}")
    # He may see the task no longer: of his leaving it he is told all the same.
    assert notifications_of(owner) == [left]
    assert notifications_of(mate) == []
    taken = SigningTask.objects.get(pk=task.pk)
    handover.hand_over(task=taken, receiver=owner, actor=mate, comment="Ваш клиент")
    assert notifications_of(owner) == [
        left,
        (kinds.RECEIVED.code, f"Передал сотрудник {mate}: Ваш клиент"),
    ]
    assert notifications_of(mate) == notifications_of(people["colleague"]) == []


def test_a_call_that_was_given_up_is_told_though_the_status_stays(
    people: People, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    settings.OUTSIDE = {**settings.OUTSIDE, "messages": {"url": "", "token": ""}}
    task = make_task(people, Status.DOCUMENT_SIGNING)
    reminders.remind(task=task, actor=people["owner"])
    assert len(run_jobs("send_message")) == 2
    text = "Сообщение клиенту не отправлено. Администратор может повторить"
    assert notifications_of(people["owner"]) == [(kinds.ERROR.code, text)] * 2


def test_what_one_may_no_longer_see_is_not_shown(people: People) -> None:
    task = make_task(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    perform(task.number, "client_signed", actor=Actor.CLIENT)
    assert inbox.bell_count(people["owner"]) == "1"
    SigningTask.objects.filter(pk=task.pk).update(manager=people["neighbour"])
    assert inbox.bell_count(people["owner"]) == ""
    assert notifications_of(people["owner"]) == []
    assert notifications_of(people["neighbour"]) == []


# --- Comments -----------------------------------------------------------------------------------


def test_logins_are_found_and_addresses_of_mail_are_not() -> None:
    text = "@lead, (@mate.v) и @head. Пишите на p@client.example, @lead"
    assert parse_logins(text) == ["lead", "mate.v", "head"]


def test_a_comment_tells_the_manager_the_writers_and_those_it_names(people: People) -> None:
    task = make_task(people, Status.IDENTIFIED)
    add_comment(task=task, actor=people["lead"], text="Проверьте адрес")
    add_comment(task=task, actor=people["owner"], text="Проверил, @Head и @mate посмотрите")
    first = (kinds.COMMENT.code, f"{people['lead']}: Проверьте адрес")
    answer = f"{people['owner']}: Проверил, @Head и @mate посмотрите"
    assert notifications_of(people["owner"]) == [first]
    assert notifications_of(people["lead"]) == [(kinds.COMMENT.code, answer)]
    assert (
        notifications_of(people["head"])
        == notifications_of(people["mate"])
        == [(kinds.MENTION.code, answer)]
    )


@pytest.mark.parametrize("login", ["nobody_at_all", "neighbour", "colleague", "blocked"])
def test_a_comment_that_names_one_who_does_not_see_the_task_is_refused(
    people: People, login: str
) -> None:
    task = make_task(people, Status.IDENTIFIED)
    with pytest.raises(ActionRefused, match=f"@{login} – среди тех, кто видит задание"):
        add_comment(task=task, actor=people["owner"], text=f"Привет, @{login}!")
    assert not task.comments.exists()
    assert not Notification.objects.exists()
