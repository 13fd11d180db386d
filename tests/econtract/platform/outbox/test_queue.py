"""Enqueueing: in the transaction of the change, published after the commit, dispatched again."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from econtract.platform.common import clock
from econtract.platform.outbox import queue, worker
from econtract.platform.outbox.jobs import run_job
from econtract.platform.outbox.models import OutboxJob
from tests.econtract.platform.outbox.conftest import FakeKind, enqueue, travel

pytestmark = pytest.mark.django_db


def test_enqueueing_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        queue.enqueue(kind="fake", subject=1, queue_key="one")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(LookupError):
        queue.enqueue(kind="no_such_kind", subject=1, queue_key="one")


def test_a_change_that_is_rolled_back_leaves_no_job() -> None:
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert not OutboxJob.objects.exists()


def test_messages_are_published_after_the_commit(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    messages: list[tuple[int, str]] = []
    monkeypatch.setattr(queue, "publish", messages.extend)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue()
        assert messages == []
    assert messages == [(job.pk, "fake")]


def test_a_batch_is_inserted_by_one_query_and_published_together(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    messages: list[list[tuple[int, str]]] = []
    monkeypatch.setattr(queue, "publish", messages.append)
    with (
        django_capture_on_commit_callbacks(execute=True),
        transaction.atomic(),
        django_assert_num_queries(1),
        queue.batch(),
    ):
        for subject, due_at in enumerate([None, clock.now() + timedelta(days=1), None]):
            queue.enqueue(kind="fake", subject=subject, queue_key="one", due_at=due_at)
    first, later, last = OutboxJob.objects.order_by("pk")
    assert [first.subject, later.subject, last.subject] == [0, 1, 2]
    assert messages == [[(first.pk, "fake"), (last.pk, "fake")]]


def test_a_batch_that_fails_half_way_leaves_no_job() -> None:
    def fail() -> None:
        with queue.batch():
            queue.enqueue(kind="fake", subject=1, queue_key="one")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not OutboxJob.objects.exists()
    enqueue()
    assert OutboxJob.objects.count() == 1


def test_a_broker_that_is_down_only_costs_time(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def fail(ids: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(queue, "publish", fail)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue()
    dispatched: list[tuple[int, str]] = []
    assert queue.dispatch(send=dispatched.extend) == 0
    with travel(queue.REDISPATCH_AFTER.total_seconds() + 1):
        assert queue.dispatch(send=dispatched.extend) == 1
    assert dispatched == [(job.pk, "fake")]


def test_a_job_that_came_too_early_is_dispatched_when_its_queue_is_free() -> None:
    first, second = enqueue("a"), enqueue("a")
    worker.run_job(second.pk)
    worker.run_job(first.pk)
    dispatched: list[tuple[int, str]] = []
    queue.dispatch(send=dispatched.extend)
    assert dispatched == [(second.pk, "fake")]


def test_a_kind_may_have_workers_of_its_own(
    fake_kind: FakeKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues: list[str] = []
    monkeypatch.setattr(
        run_job, "apply_async", lambda *_, queue, **__: queues.append(queue), raising=True
    )
    queue.publish([(1, "fake")])
    monkeypatch.setattr(fake_kind, "worker_queue", "conversion", raising=False)
    queue.publish([(2, "fake"), (3, "of an older version")])
    assert queues == ["celery", "conversion", "celery"]


def test_jobs_are_dispatched_once_while_the_message_may_still_arrive() -> None:
    for number in range(5):
        enqueue(f"queue {number}", due_at=clock.now())
    dispatched: list[tuple[int, str]] = []
    assert queue.dispatch(limit=3, send=dispatched.extend) == 3
    assert queue.dispatch(limit=3, send=dispatched.extend) == 2
    assert queue.dispatch(limit=3, send=dispatched.extend) == 0
    assert len(set(dispatched)) == 5
