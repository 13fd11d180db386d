"""Inbound events: which feeds are read, and which task an event causes to be polled."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from econtract.platform.common import clock
from econtract.platform.outbox.models import InboundEvent, OutboxJob
from econtract.platform.outbox.registry import Feed
from tasks import jobs
from tasks.models import SigningTask
from tasks.pipeline import feeds
from tasks.statuses import Status
from tests.support.factories import BoxFactory, ExchangeFactory, SigningTaskFactory

pytestmark = pytest.mark.django_db


def handle(feed: Feed, **payload: Any) -> bool:
    """Whether the feed knew what an event with ``payload`` is about."""
    return feed.handle(InboundEvent(source=feed.source, external_id="e1", payload=payload))


def identity_feed(task: SigningTask) -> Feed:
    return feeds.get_task_feeds(task)[0]


def operator_feed(task: SigningTask) -> Feed:
    return feeds.get_task_feeds(task)[1]


def jobs_of(task: SigningTask) -> list[str]:
    return list(OutboxJob.objects.filter(subject=task.number).values_list("kind", flat=True))


@pytest.fixture
def identifying() -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        status=Status.IDENTIFICATION_PENDING, identification_ref="r-1"
    )
    return task


@pytest.fixture
def signing() -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    return task


def test_the_identification_service_and_every_active_box_are_read() -> None:
    active = BoxFactory()
    BoxFactory(operator_box_id="b", name="b", active=False)
    assert [feed.source for feed in feeds.iter_feeds()] == ["identity", f"edo:{active.pk}"]


def test_a_task_appears_in_the_feed_of_its_own_box(signing: SigningTask) -> None:
    BoxFactory(operator_box_id="another", name="another")
    assert [feed.source for feed in feeds.get_task_feeds(signing)] == [
        "identity",
        f"edo:{signing.box_id}",
    ]


# --- Identification ------------------------------------------------------------------------------


def test_an_event_polls_the_identification_once_however_often_it_comes(
    identifying: SigningTask,
) -> None:
    for _ in range(3):
        assert handle(identity_feed(identifying), ref="r-1")
    assert jobs_of(identifying) == ["follow_identification"]


def test_an_event_that_comes_while_the_poll_runs_polls_again(identifying: SigningTask) -> None:
    handle(identity_feed(identifying), ref="r-1")
    assert OutboxJob.claim(OutboxJob.objects.get().pk) is not None
    handle(identity_feed(identifying), ref="r-1")
    assert jobs_of(identifying) == ["follow_identification"] * 2


def test_an_event_of_an_unknown_request_waits_for_its_task(identifying: SigningTask) -> None:
    assert not handle(identity_feed(identifying), ref="r-2")
    assert not OutboxJob.objects.exists()


def test_a_late_event_of_a_task_in_another_status_is_ignored() -> None:
    task = SigningTaskFactory(status=Status.CABINET_CREATED, identification_ref="r-1")
    assert handle(identity_feed(task), ref="r-1")
    assert jobs_of(task) == []


# --- Signing -------------------------------------------------------------------------------------


def test_an_event_polls_the_exchange_of_its_task(signing: SigningTask) -> None:
    assert handle(operator_feed(signing), exchange_id=str(signing.exchange_id))
    assert jobs_of(signing) == ["follow_exchange"]


def test_an_event_of_a_replaced_document_is_ignored(signing: SigningTask) -> None:
    other_exchange = ExchangeFactory()
    assert handle(operator_feed(signing), exchange_id=str(other_exchange.pk))
    assert not OutboxJob.objects.exists()


@pytest.mark.parametrize("session_id", ["not-a-uuid", "5decc0f4-b7ea-4580-9473-fc5a0b35db06"])
def test_an_event_of_another_system_is_ignored(signing: SigningTask, session_id: str) -> None:
    assert handle(operator_feed(signing), exchange_id=session_id)
    assert not OutboxJob.objects.exists()


def test_a_signature_moves_a_task_whose_sending_was_given_up(signing: SigningTask) -> None:
    """The operator may have the document although it never answered."""
    SigningTask.objects.filter(pk=signing.pk).update(status=Status.SIGNING_FAILED)
    assert handle(operator_feed(signing), exchange_id=str(signing.exchange_id))
    assert jobs_of(signing) == ["follow_exchange"]


def test_an_event_that_is_not_about_a_document_of_ours_is_ignored(signing: SigningTask) -> None:
    assert handle(operator_feed(signing), message_id="m-1")
    assert not OutboxJob.objects.exists()


# --- Lost events ---------------------------------------------------------------------------------


def test_only_tasks_without_recent_news_are_polled(
    identifying: SigningTask, signing: SigningTask
) -> None:
    SigningTaskFactory(status=Status.CABINET_REQUESTED)
    jobs.poll_silent_tasks()
    assert not OutboxJob.objects.exists()
    with time_machine.travel(clock.now() + jobs.MAX_SILENCE + timedelta(seconds=1)):
        recent = SigningTaskFactory(status=Status.AUTHORITY_REVIEW)
        jobs.poll_silent_tasks()
    assert jobs_of(identifying) == ["follow_identification"]
    assert jobs_of(signing) == ["follow_exchange"]
    assert jobs_of(recent) == []
    assert OutboxJob.objects.count() == 2
