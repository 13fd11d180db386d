"""Who is told of what, in the bell and by e-mail, once."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from accounts.visibility import approvers_of, managers_headed_by, viewers_of, visibility_of
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import (
    MailFrequency,
    Notification,
    NotificationPreference,
)
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks import celery_tasks
from tasks.actions import handover, reminders
from tasks.actions.comments import add_comment
from tasks.actions.mentions import logins_in
from tasks.actions.perform_action import perform_action
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.notifications import kinds
from tasks.notifications.subject import TASK
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.factories import (
    ExchangeFactory,
    SignatoryFactory,
    SigningTaskFactory,
)
from tests.support.people import make_people

People = dict[str, Any]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def make(people: People, status: Status, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=people["owner"], status=status, **more)
    return task


def told(user: User) -> list[tuple[str, str]]:
    """Kind and text of everything that the person is shown, oldest first."""
    fresh = User.objects.get(pk=user.pk)
    return list(inbox.notifications_for(fresh).order_by("pk").values_list("kind", "text"))


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
    task = make(people, status, exchange=ExchangeFactory())
    actor = Actor.SYSTEM if name == "cabinet_failed" else Actor.CLIENT
    perform(task.number, name, actor=actor, **facts)
    assert told(people["owner"]) == [(kind, text)]
    assert Notification.objects.count() == 1


def test_heads_are_asked_to_approve_and_the_manager_is_told_their_answer(people: People) -> None:
    task = make(people, Status.APPROVAL_REJECTED)
    perform_action(task=task, name="resubmit", actor=people["owner"], comment="Проверил")
    asked = (kinds.APPROVAL.code, "Задание ждет согласования: Проверил")
    assert told(people["head"]) == told(people["head_manager"]) == [asked]
    assert told(people["foreign_head"]) == told(people["lead"]) == told(people["owner"]) == []
    perform_action(task=task, name="approve", actor=people["head"], comment="")
    assert told(people["owner"]) == [(kinds.APPROVAL.code, "Задание согласовано")]
    assert told(people["head"]) == [asked]


def test_administrators_are_told_of_an_approval_that_nobody_could_give(people: People) -> None:
    task = make(people, Status.APPROVAL_REJECTED)
    AccessGroupUserObjectPermission.objects.filter(
        permission__codename=AccessGroup.MEMBER_HEAD
    ).delete()
    perform_action(task=task, name="resubmit", actor=people["owner"], comment="")
    [(kind, text)] = told(people["administrator"])
    assert (kind, text.partition(",")[2]) == (
        kinds.APPROVAL.code,
        " а руководителя в группах доступа менеджера нет",
    )
    assert told(people["head"]) == []


def test_both_are_told_when_a_task_changes_hands_and_the_actor_is_not(people: People) -> None:
    task = make(people, Status.IDENTIFIED)
    owner, mate = people["owner"], people["mate"]
    handover.take_over(task=task, actor=mate)
    left = (kinds.TAKEN.code, f"Теперь задание ведет сотрудник {mate}")
    # He may see the task no longer: of his leaving it he is told all the same.
    assert told(owner) == [left]
    assert told(mate) == []
    taken = SigningTask.objects.get(pk=task.pk)
    handover.hand_over(task=taken, receiver=owner, actor=mate, comment="Ваш клиент")
    assert told(owner) == [left, (kinds.RECEIVED.code, f"Передал сотрудник {mate}: Ваш клиент")]
    assert told(mate) == told(people["colleague"]) == []


def test_a_call_that_was_given_up_is_told_though_the_status_stays(
    people: People, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    settings.OUTSIDE = {**settings.OUTSIDE, "messages": {"url": "", "token": ""}}
    task = make(people, Status.DOCUMENT_SIGNING)
    reminders.remind(task=task, actor=people["owner"])
    assert len(work_off("send_message")) == 2
    text = "Сообщение клиенту не отправлено. Администратор может повторить"
    assert told(people["owner"]) == [(kinds.ERROR.code, text)] * 2


def test_what_one_may_no_longer_see_is_not_shown(people: People) -> None:
    task = make(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    perform(task.number, "client_signed", actor=Actor.CLIENT)
    assert inbox.bell_count(people["owner"]) == "1"
    SigningTask.objects.filter(pk=task.pk).update(manager=people["neighbour"])
    assert inbox.bell_count(people["owner"]) == ""
    assert told(people["owner"]) == []
    assert told(people["neighbour"]) == []


# --- Comments -----------------------------------------------------------------------------------


def test_logins_are_found_and_addresses_of_mail_are_not() -> None:
    text = "@lead, (@mate.v) и @head. Пишите на p@client.example, @lead"
    assert logins_in(text) == ["lead", "mate.v", "head"]


def test_a_comment_tells_the_manager_the_writers_and_those_it_names(people: People) -> None:
    task = make(people, Status.IDENTIFIED)
    add_comment(task=task, actor=people["lead"], text="Проверьте адрес")
    add_comment(task=task, actor=people["owner"], text="Проверил, @Head и @mate посмотрите")
    first = (kinds.COMMENT.code, f"{people['lead']}: Проверьте адрес")
    answer = f"{people['owner']}: Проверил, @Head и @mate посмотрите"
    assert told(people["owner"]) == [first]
    assert told(people["lead"]) == [(kinds.COMMENT.code, answer)]
    assert told(people["head"]) == told(people["mate"]) == [(kinds.MENTION.code, answer)]


@pytest.mark.parametrize("login", ["nobody_at_all", "neighbour", "colleague", "blocked"])
def test_a_comment_that_names_one_who_does_not_see_the_task_is_refused(
    people: People, login: str
) -> None:
    task = make(people, Status.IDENTIFIED)
    with pytest.raises(ActionRefused, match=f"@{login} – среди тех, кто видит задание"):
        add_comment(task=task, actor=people["owner"], text=f"Привет, @{login}!")
    assert not task.comments.exists()
    assert not Notification.objects.exists()


# --- What a person has chosen -------------------------------------------------------------------


def choose(user: User, kind: str, *, bell: bool, how: MailFrequency) -> None:
    User.objects.filter(pk=user.pk).update(email=f"{user.username}@op.example")
    NotificationPreference.objects.create(user=user, kind=kind, bell=bell, mail=how)


def sign(people: People) -> SigningTask:
    task = make(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    return perform(task.number, "client_signed", actor=Actor.CLIENT)


def work_off(kind: str) -> list[int]:
    """Runs the jobs of one kind that are open; answers their keys."""
    keys = list(OutboxJob.objects.filter(kind=kind).values_list("pk", flat=True))
    for key in keys:
        worker.run_job(key)
    return keys


def test_who_wants_neither_bell_nor_letter_gets_nothing(people: People) -> None:
    choose(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NEVER)
    sign(people)
    assert not Notification.objects.exists()


def test_a_letter_says_number_and_status_and_nothing_of_the_client(
    people: People, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://e.example"
    choose(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NOW)
    task = sign(people)
    assert inbox.bell_count(people["owner"]) == ""
    [key] = work_off("mail_notification")
    [letter] = mail.outbox
    assert letter.to == ["owner@op.example"]
    assert letter.subject == f"Задание {task.number}: Клиент подписал документ"
    assert "Статус: Документ подписан" in letter.body
    assert f"https://e.example/tasks/{task.number}/" in letter.body
    assert "https://e.example/notifications/settings/" in letter.body
    for secret in (task.client.short_name, task.client.inn, task.contact_version.surname):
        assert secret not in letter.subject + letter.body
    assert OutboxJob.objects.get(pk=key).state == OutboxJob.State.DONE


def test_a_worker_that_dies_with_a_letter_sends_none_twice(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign(people)

    class Killed(BaseException):
        """The end of the process."""

    sent = EmailBackend.send_messages

    def die(self: EmailBackend, messages: Any) -> int:
        sent(self, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", die)
    with pytest.raises(Killed):
        work_off("mail_notification")
    monkeypatch.setattr(EmailBackend, "send_messages", sent)
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        [key] = work_off("mail_notification")
    assert len(mail.outbox) == 1
    assert OutboxJob.objects.get(pk=key).state == OutboxJob.State.DONE


def test_a_mail_server_that_does_not_answer_is_asked_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign(people)
    with monkeypatch.context() as broken:

        def refuse(self: EmailBackend, messages: Any) -> int:
            raise smtplib.SMTPServerDisconnected("owner@op.example")

        broken.setattr(EmailBackend, "send_messages", refuse)
        [key] = work_off("mail_notification")
    job = OutboxJob.objects.get(pk=key)
    assert (job.error_kind, job.error_system, job.error_text) == (
        "temporary",
        "mail",
        "SMTPServerDisconnected",
    )
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        work_off("mail_notification")
    assert len(mail.outbox) == 1


def test_the_letter_of_the_day_holds_what_is_unread_and_visible_and_comes_once(
    people: People,
) -> None:
    owner = people["owner"]
    choose(owner, kinds.SIGNED.code, bell=True, how=MailFrequency.DAILY)
    tasks = [sign(people) for _ in range(3)]
    inbox.mark_subject_read(owner, TASK, tasks[0].number)
    SigningTask.objects.filter(pk=tasks[1].pk).update(manager=people["neighbour"])
    for hour, letters in [(4, 0), (5, 1), (5, 1)]:  # Moscow: three hours ahead
        with time_machine.travel(datetime(2026, 11, 23, hour, 5, tzinfo=UTC), tick=False):
            celery_tasks.enqueue_digests()
            work_off("mail_digest")
        assert len(mail.outbox) == letters
    body = mail.outbox[0].body
    assert mail.outbox[0].subject == "E-Contract: 1 уведомление"
    assert f"Задание {tasks[2].number}: Клиент подписал документ, статус" in body
    assert f"Задание {tasks[0].number}:" not in body
    assert f"Задание {tasks[1].number}:" not in body


def test_nobody_who_was_blocked_meanwhile_gets_a_letter(people: People) -> None:
    choose(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign(people)
    User.objects.filter(pk=people["owner"].pk).update(is_active=False)
    work_off("mail_notification")
    assert mail.outbox == []


# --- Certificates and powers --------------------------------------------------------------------


def test_administrators_are_told_of_a_certificate_once_at_each_warning(people: People) -> None:
    now = clock.now()
    signatory = SignatoryFactory(certificate_until=now + timedelta(days=20))
    for days in (0, 1, 14, 15, 21, 22):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            celery_tasks.notify_of_expiry()
    assert [kind for kind, _ in told(people["administrator"])] == [kinds.EXPIRY.code] * 3
    assert all(str(signatory) in text for _, text in told(people["administrator"]))
    assert Notification.objects.exclude(recipient=people["administrator"]).count() == 0


def test_what_is_long_past_is_forgotten(people: People) -> None:
    sign(people)
    with time_machine.travel(clock.now() + timedelta(days=181)):
        celery_tasks.delete_old_rows()
    assert not Notification.objects.exists()


def test_a_change_that_is_taken_back_tells_nobody(people: People) -> None:
    task = make(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    with transaction.atomic():
        perform(task.number, "client_signed", actor=Actor.CLIENT)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
