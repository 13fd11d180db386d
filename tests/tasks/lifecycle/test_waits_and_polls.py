"""The jobs of a wait, and polls of outside systems (`tasks.lifecycle.effects`)."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import effects
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.factories import SigningTaskFactory, fresh

pytestmark = pytest.mark.django_db


def create_task(status: Status) -> SigningTask:
    task: SigningTask = SigningTaskFactory(status=status)
    return task


def jobs_of(task: SigningTask) -> list[OutboxJob]:
    return list(OutboxJob.objects.filter(subject=task.number).order_by("pk"))


# --- Waits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name", "arguments", "days"),
    [
        (
            Status.IDENTIFICATION_REQUESTED,
            "identification_started",
            {"ref": "r-1", "link": "https://id.example/"},
            7,
        ),
        (Status.DOCUMENT_SENT, "document_delivered", {}, 14),
        (Status.DOCUMENT_SENT, "consent_requested", {}, 14),
    ],
)
def test_a_wait_has_reminders_and_an_end(
    settings: Settings, status: Status, name: str, arguments: dict[str, str], days: int
) -> None:
    settings.REMINDER_DAYS = [1, 3]
    task = create_task(status)
    perform(task.number, name, actor=Actor.SYSTEM, **arguments)
    task = fresh(task)
    since = task.status_changed_at
    jobs = [job for job in jobs_of(task) if job.kind in {"remind", "expire"}]
    assert [(job.kind, job.due_at - since) for job in jobs] == [
        ("remind", timedelta(days=1)),
        ("remind", timedelta(days=3)),
        ("expire", timedelta(days=days)),
    ]
    payload = {"status": task.status, "since": since.isoformat()}
    assert [job.payload for job in jobs] == [payload] * 3


def test_a_wait_that_could_not_be_ended_is_ended_later() -> None:
    task = create_task(Status.DOCUMENT_SIGNING)
    before = clock.now()
    effects.expire_later(task)
    [job] = jobs_of(task)
    assert before <= job.due_at - effects.EXPIRY_RETRY_DELAY <= clock.now()
    assert (job.kind, job.queue_key) == ("expire", f"{task.queue_key}:expire")
    assert job.payload == {"status": task.status, "since": task.status_changed_at.isoformat()}


# --- Polls ---------------------------------------------------------------------------------------


def test_a_poll_that_is_waiting_is_not_enqueued_again() -> None:
    task = create_task(Status.IDENTIFICATION_PENDING)
    effects.enqueue_poll(task)
    effects.enqueue_poll(task)
    [job] = jobs_of(task)
    assert (job.kind, job.queue_key, job.payload) == (
        "follow_identification",
        task.queue_key,
        {},
    )


def test_a_waiting_poll_learns_that_an_event_has_come() -> None:
    task = create_task(Status.DOCUMENT_SIGNING)
    effects.enqueue_poll(task)
    effects.enqueue_poll(task, is_reported=True)
    effects.enqueue_poll(task)
    assert [job.payload for job in jobs_of(task)] == [{"is_reported": True}]


def test_a_poll_that_runs_already_does_not_count_as_waiting() -> None:
    task = create_task(Status.IDENTIFICATION_PENDING)
    effects.enqueue_poll(task)
    assert OutboxJob.claim(jobs_of(task)[0].pk) is not None
    effects.enqueue_poll(task)
    assert len(jobs_of(task)) == 2


@pytest.mark.parametrize("status", [Status.IDENTIFIED, Status.COMPLETED])
def test_a_status_without_an_outside_system_is_not_polled(status: Status) -> None:
    task = create_task(status)
    effects.enqueue_poll(task)
    assert jobs_of(task) == []
