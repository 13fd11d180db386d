"""What the card and the manager learn of a message that did not reach the client."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from clients.messages.reports import (
    ask_about_silent_messages,
    iter_feeds,
    record_state,
)
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import OutboxJob
from tasks.actions import reminders
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.cards import card, make
from tests.support.driver import run_everything
from tests.support.fake_messages import FakeProvider, connect_provider
from tests.support.sandbox import Sandbox

State = SentMessage.State
PARKED, DONE = OutboxJob.State.PARKED, OutboxJob.State.DONE


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return connect_provider(monkeypatch)


def run_sms_job(task: SigningTask, owner: User) -> OutboxJob:
    """Reminds the client; the job of the SMS after its first run."""
    reminders.remind(task=task, actor=owner)
    job = OutboxJob.objects.get(kind="send_message", payload__channel="sms")
    return run(job)


def run(job: OutboxJob) -> OutboxJob:
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        worker.run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_refused_message_says_why_on_the_card(
    provider: FakeProvider, owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    provider.refusal = "subscriber_ban"
    job = run_sms_job(task, owner)
    assert (job.state, job.error_code) == (PARKED, "subscriber_ban")
    page = card(web, task)
    assert "Сообщение клиенту не отправлено. Клиент запретил рассылки" in page
    assert "Попросите его снять запрет у оператора связи" in page


def test_a_message_that_was_not_delivered_parks_its_job_until_it_is(
    provider: FakeProvider, owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    job = run_sms_job(task, owner)
    assert job.state == DONE
    message = SentMessage.objects.get(key=job.key)
    record_state(message, State.FAILED, reason="sim_cooling")
    job.refresh_from_db()
    assert job.state == PARKED
    assert "СИМ-карта клиента на охлаждении" in card(web, task)
    assert Notification.objects.filter(recipient=owner, text__contains="не отправлено").count() == 1
    record_state(message, State.DELIVERED)
    job.refresh_from_db()
    assert job.state == DONE
    assert "Сообщение клиенту не отправлено" not in card(web, task)


def test_a_late_report_says_nothing_about_a_task_that_has_moved_on(
    provider: FakeProvider, owner: User
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    job = run_sms_job(task, owner)
    SigningTask.objects.filter(pk=task.pk).update(
        status_changed_at=clock.now() + timedelta(hours=1)
    )
    record_state(SentMessage.objects.get(key=job.key), State.FAILED, reason="absent")
    job.refresh_from_db()
    assert job.state == DONE


def test_an_administrator_repeats_a_failed_message_and_never_a_doubtful_one(
    provider: FakeProvider, owner: User, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    task = make(owner, Status.DOCUMENT_SIGNING)
    provider.lost_answers = 1
    job = run_sms_job(task, owner)
    assert job.state == PARKED
    first_key = job.key
    registry.job_kind(job.kind).retry(job, owner)
    assert run(job).state == DONE
    assert (job.key, len(provider.sent[first_key])) == (first_key, 1)

    record_state(SentMessage.objects.get(key=first_key), State.FAILED, reason="absent")
    job.refresh_from_db()
    registry.job_kind(job.kind).retry(job, owner)
    assert run(job).state == DONE
    assert job.key != first_key
    assert len(provider.sent[job.key]) == 1


def test_at_night_the_card_says_when_the_message_leaves(
    provider: FakeProvider, owner: User, web: Client, settings: Settings
) -> None:
    settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR = 9, 21
    with time_machine.travel(datetime(2026, 11, 27, 19, 0, tzinfo=UTC)):
        task = make(owner, Status.DOCUMENT_SIGNING, region__name="Новосибирская область")
        job = run_sms_job(task, owner)
        assert job.state == OutboxJob.State.OPEN
        assert job.attempts == 0
        assert "У клиента ночь, сообщение уйдет ему 28.11.2026 в 05:00." in card(web, task)
    assert provider.sent == {}


def test_the_sandboxs_faults_end_in_one_message_with_the_right_state(
    manager: User, set_up: Sandbox
) -> None:
    """A lost answer, a failure with its reason, reports in reverse order and twice."""
    task = world.create_task(manager)
    set_up.fault("messages", "undelivered", code="absent", path_contains="sms")
    set_up.fault("messages", "lost_answer", path_contains="sms")
    set_up.fault("messages", "reordered", times=None)
    set_up.fault("messages", "answer_twice", times=None)
    run_everything()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        run_everything()
        for feed in iter_feeds():
            inbound.poll(feed)
    assert sorted(entry["action"] for entry in set_up.journal("messages")) == ["email", "sms"]
    states = SentMessage.objects.order_by("channel").values_list("channel", "state", "reason")
    assert list(states) == [("email", State.DELIVERED, ""), ("sms", State.FAILED, "absent")]
    job = OutboxJob.objects.get(kind="send_message", subject=task.number, state=PARKED)
    assert (job.payload["channel"], job.error_code) == ("sms", "absent")


def test_a_lost_report_is_asked_for(manager: User, set_up: Sandbox) -> None:
    world.create_task(manager)
    set_up.fault("messages", "report_lost", times=None)
    run_everything()
    assert set(SentMessage.objects.values_list("state", flat=True)) == {State.ACCEPTED}
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        ask_about_silent_messages()
    assert set(SentMessage.objects.values_list("state", flat=True)) == {State.DELIVERED}
