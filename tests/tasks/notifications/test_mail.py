"""Preferences, e-mails at once, and the daily digest."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import (
    MailFrequency,
    Notification,
)
from econtract.platform.outbox.models import OutboxJob
from tasks import jobs
from tasks.models import SigningTask
from tasks.notifications import kinds
from tasks.notifications.subject import TASK
from tests.support.notifications import (
    run_jobs,
    set_preference,
    sign_task,
)
from tests.support.people import People


def test_who_wants_neither_bell_nor_letter_gets_nothing(people: People) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NEVER)
    sign_task(people)
    assert not Notification.objects.exists()


def test_a_letter_says_number_and_status_and_nothing_of_the_client(
    people: People, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://e.example"
    set_preference(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NOW)
    task = sign_task(people)
    assert inbox.bell_count(people["owner"]) == ""
    [key] = run_jobs("mail_notification")
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
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)

    class Killed(BaseException):
        """The end of the process."""

    sent = EmailBackend.send_messages

    def die(self: EmailBackend, messages: Any) -> int:
        sent(self, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", die)
    with pytest.raises(Killed):
        run_jobs("mail_notification")
    monkeypatch.setattr(EmailBackend, "send_messages", sent)
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        [key] = run_jobs("mail_notification")
    assert len(mail.outbox) == 1
    assert OutboxJob.objects.get(pk=key).state == OutboxJob.State.DONE


def test_a_mail_server_that_does_not_answer_is_asked_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)
    with monkeypatch.context() as broken:

        def refuse(self: EmailBackend, messages: Any) -> int:
            raise smtplib.SMTPServerDisconnected("owner@op.example")

        broken.setattr(EmailBackend, "send_messages", refuse)
        [key] = run_jobs("mail_notification")
    job = OutboxJob.objects.get(pk=key)
    assert (job.error_kind, job.error_system, job.error_text) == (
        "temporary",
        "mail",
        "SMTPServerDisconnected",
    )
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        run_jobs("mail_notification")
    assert len(mail.outbox) == 1


def test_the_letter_of_the_day_holds_what_is_unread_and_visible_and_comes_once(
    people: People,
) -> None:
    owner = people["owner"]
    set_preference(owner, kinds.SIGNED.code, bell=True, how=MailFrequency.DAILY)
    tasks = [sign_task(people) for _ in range(3)]
    inbox.mark_subject_read(owner, TASK, tasks[0].number)
    SigningTask.objects.filter(pk=tasks[1].pk).update(manager=people["neighbour"])
    for hour, letters in [(4, 0), (5, 1), (5, 1)]:  # Moscow: three hours ahead
        with time_machine.travel(datetime(2026, 11, 23, hour, 5, tzinfo=UTC), tick=False):
            jobs.enqueue_digests()
            run_jobs("mail_digest")
        assert len(mail.outbox) == letters
    body = mail.outbox[0].body
    assert mail.outbox[0].subject == "E-Contract: 1 уведомление"
    assert f"Задание {tasks[2].number}: Клиент подписал документ, статус" in body
    assert f"Задание {tasks[0].number}:" not in body
    assert f"Задание {tasks[1].number}:" not in body


def test_nobody_who_was_blocked_meanwhile_gets_a_letter(people: People) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)
    User.objects.filter(pk=people["owner"].pk).update(is_active=False)
    run_jobs("mail_notification")
    assert mail.outbox == []
