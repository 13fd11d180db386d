"""Which event notifies whom (`tasks.notifications.triggers`)."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import AccessGroup, AccessGroupUserObjectPermission
from accounts.visibility import approvers_of, managers_headed_by, viewers_of, visibility_of
from econtract.platform.common.errors import ActionRefused
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import Notification
from tasks.actions import handover, reminders
from tasks.actions.comments import add_comment
from tasks.actions.mentions import parse_logins
from tasks.actions.perform_action import perform_action
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.notifications import kinds
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.factories import ExchangeFactory
from tests.support.notifications import make_task, notifications_of, run_jobs
from tests.support.people import People


def test_viewers_and_approvers_agree_with_visibility(people: People) -> None:
    owner = people["owner"].pk
    users = [user for user in people.values() if user]
    assert set(viewers_of(owner)) == {user for user in users if visibility_of(user).includes(owner)}
    heads = {user for user in users if owner in managers_headed_by(user) and user.pk != owner}
    assert set(approvers_of(owner)) == heads


# --- Transitions --------------------------------------------------------------------------------

OUTSIDE_EVENTS = [
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


@pytest.mark.parametrize(("status", "name", "arguments", "kind", "text"), OUTSIDE_EVENTS)
def test_an_outside_event_notifies_the_manager(
    people: People, status: Status, name: str, arguments: dict[str, Any], kind: str, text: str
) -> None:
    task = make_task(people, status, exchange=ExchangeFactory())
    actor = Actor.SYSTEM if name == "cabinet_failed" else Actor.CLIENT
    perform(task.number, name, actor=actor, **arguments)
    assert notifications_of(people["owner"]) == [(kind, text)]
    assert Notification.objects.count() == 1


def test_an_approval_notifies_the_heads_and_then_the_manager(people: People) -> None:
    task = make_task(people, Status.APPROVAL_REJECTED)
    perform_action(task=task, name="resubmit", actor=people["owner"], comment="Проверил")
    request = (kinds.APPROVAL.code, "Задание ждет согласования: Проверил")
    assert notifications_of(people["head"]) == notifications_of(people["head_manager"]) == [request]
    assert (
        notifications_of(people["foreign_head"])
        == notifications_of(people["lead"])
        == notifications_of(people["owner"])
        == []
    )
    perform_action(task=task, name="approve", actor=people["head"], comment="")
    assert notifications_of(people["owner"]) == [(kinds.APPROVAL.code, "Задание согласовано")]
    assert notifications_of(people["head"]) == [request]


def test_administrators_are_notified_of_an_approval_without_a_head(people: People) -> None:
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


def test_a_handover_notifies_both_managers_but_not_the_actor(people: People) -> None:
    task = make_task(people, Status.IDENTIFIED)
    owner, mate = people["owner"], people["mate"]
    handover.take_over(task=task, actor=mate)
    taken = (kinds.TAKEN.code, f"Теперь задание ведет сотрудник {mate}")
    # The owner may no longer see the task, but is notified that it was taken.
    assert notifications_of(owner) == [taken]
    assert notifications_of(mate) == []
    handover.hand_over(
        task=SigningTask.objects.get(pk=task.pk), receiver=owner, actor=mate, comment="Ваш клиент"
    )
    assert notifications_of(owner) == [
        taken,
        (kinds.RECEIVED.code, f"Передал сотрудник {mate}: Ваш клиент"),
    ]
    assert notifications_of(mate) == notifications_of(people["colleague"]) == []


def test_a_parked_job_notifies_the_manager_although_the_status_stays(
    people: People, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    settings.OUTSIDE = {**settings.OUTSIDE, "messages": {"url": "", "token": ""}}
    task = make_task(people, Status.DOCUMENT_SIGNING)
    reminders.remind(task=task, actor=people["owner"])
    assert len(run_jobs("send_message")) == 2
    text = "Сообщение клиенту не отправлено. Администратор может повторить"
    assert notifications_of(people["owner"]) == [(kinds.ERROR.code, text)] * 2


def test_a_notification_of_an_invisible_task_is_not_shown(people: People) -> None:
    task = make_task(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    perform(task.number, "client_signed", actor=Actor.CLIENT)
    assert inbox.bell_count(people["owner"]) == "1"
    SigningTask.objects.filter(pk=task.pk).update(manager=people["neighbour"])
    assert inbox.bell_count(people["owner"]) == ""
    assert notifications_of(people["owner"]) == []
    assert notifications_of(people["neighbour"]) == []


# --- Comments -----------------------------------------------------------------------------------


def test_mentions_are_parsed_but_not_email_addresses() -> None:
    text = "@lead, (@mate.v) и @head. Пишите на p@client.example, @lead"
    assert parse_logins(text) == ["lead", "mate.v", "head"]


def test_a_comment_notifies_the_manager_earlier_authors_and_mentioned_users(people: People) -> None:
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
def test_a_mention_of_a_user_who_does_not_see_the_task_is_refused(
    people: People, login: str
) -> None:
    task = make_task(people, Status.IDENTIFIED)
    with pytest.raises(ActionRefused, match=f"@{login} – среди тех, кто видит задание"):
        add_comment(task=task, actor=people["owner"], text=f"Привет, @{login}!")
    assert not task.comments.exists()
    assert not Notification.objects.exists()
