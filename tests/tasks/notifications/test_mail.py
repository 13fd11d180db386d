"""Notifications by e-mail: preferences, single e-mails, and the daily digest."""

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
from econtract.platform.notifications.models import MailFrequency, Notification
from econtract.platform.outbox.models import OutboxJob
from tasks import jobs
from tasks.models import SigningTask
from tasks.notifications import kinds
from tasks.notifications.subject import TASK
from tests.support.notifications import run_jobs, set_preference, sign_task
from tests.support.people import People


def test_without_bell_and_email_there_is_no_notification(people: People) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NEVER)
    sign_task(people)
    assert not Notification.objects.exists()


def test_an_email_has_number_and_status_but_no_data_of_the_client(
    people: People, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://e.example"
    set_preference(people["owner"], kinds.SIGNED.code, bell=False, how=MailFrequency.NOW)
    task = sign_task(people)
    assert inbox.bell_count(people["owner"]) == ""
    [key] = run_jobs("mail_notification")
    [email] = mail.outbox
    assert email.to == ["owner@op.example"]
    assert email.subject == f"Задание {task.number}: Клиент подписал документ"
    assert "Статус: Документ подписан" in email.body
    assert f"https://e.example/tasks/{task.number}/" in email.body
    assert "https://e.example/notifications/settings/" in email.body
    for secret in (task.client.short_name, task.client.inn, task.contact_version.surname):
        assert secret not in email.subject + email.body
    assert OutboxJob.objects.get(pk=key).state == OutboxJob.State.DONE


def test_a_worker_that_dies_after_sending_does_not_send_twice(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)

    class WorkerKilled(BaseException):
        """The end of the process."""

    send_messages = EmailBackend.send_messages

    def die(self: EmailBackend, messages: Any) -> int:
        send_messages(self, messages)
        raise WorkerKilled

    monkeypatch.setattr(EmailBackend, "send_messages", die)
    with pytest.raises(WorkerKilled):
        run_jobs("mail_notification")
    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        [key] = run_jobs("mail_notification")
    assert len(mail.outbox) == 1
    assert OutboxJob.objects.get(pk=key).state == OutboxJob.State.DONE


def test_an_email_is_retried_when_the_mail_server_disconnects(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)
    with monkeypatch.context() as patch:

        def refuse(self: EmailBackend, messages: Any) -> int:
            raise smtplib.SMTPServerDisconnected("owner@op.example")

        patch.setattr(EmailBackend, "send_messages", refuse)
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


def test_the_digest_has_unread_and_visible_notifications_and_is_sent_once(
    people: People,
) -> None:
    owner = people["owner"]
    set_preference(owner, kinds.SIGNED.code, bell=True, how=MailFrequency.DAILY)
    tasks = [sign_task(people) for _ in range(3)]
    inbox.mark_subject_read(owner, TASK, tasks[0].number)
    SigningTask.objects.filter(pk=tasks[1].pk).update(manager=people["neighbour"])
    for hour, email_count in [(4, 0), (5, 1), (5, 1)]:  # Moscow: three hours ahead
        with time_machine.travel(datetime(2026, 11, 23, hour, 5, tzinfo=UTC), tick=False):
            jobs.enqueue_digests()
            run_jobs("mail_digest")
        assert len(mail.outbox) == email_count
    body = mail.outbox[0].body
    assert mail.outbox[0].subject == "E-Contract: 1 уведомление"
    assert f"Задание {tasks[2].number}: Клиент подписал документ, статус" in body
    assert f"Задание {tasks[0].number}:" not in body
    assert f"Задание {tasks[1].number}:" not in body


def test_a_user_who_was_blocked_meanwhile_gets_no_email(people: People) -> None:
    set_preference(people["owner"], kinds.SIGNED.code, bell=True, how=MailFrequency.NOW)
    sign_task(people)
    User.objects.filter(pk=people["owner"].pk).update(is_active=False)
    run_jobs("mail_notification")
    assert mail.outbox == []
