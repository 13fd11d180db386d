"""Orders: written with their change, run in sequence, repeated until done or parked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox import queue, registry, worker
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import PlainHandler

pytestmark = pytest.mark.django_db


class Recorder(PlainHandler):
    """A handler that does as it is told and remembers with which key it was called."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.spent: list[str] = []
        self.answers: list[Exception | None] = []

    def run(self, job: OutboxJob) -> None:
        self.keys.append(str(job.key))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        with transaction.atomic():
            job.complete()

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        self.spent.append(str(error))


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(registry._handlers, "try", recorder)
    return recorder


@transaction.atomic
def job(queue_key: str = "one", **more: Any) -> OutboxJob:
    return queue.enqueue(kind="try", subject=1, queue_key=queue_key, **more)


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=True)


def test_an_order_outside_of_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        queue.enqueue(kind="try", subject=1, queue_key="one")


def test_a_change_that_is_rolled_back_leaves_no_order() -> None:
    with transaction.atomic():
        job()
        transaction.set_rollback(True)
    assert not OutboxJob.objects.exists()


def test_workers_hear_of_an_order_after_the_commit(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(queue, "publish", heard.extend)
    with django_capture_on_commit_callbacks(execute=True):
        made = job()
        assert heard == []
    assert heard == [made.pk]


def test_orders_of_one_change_are_written_and_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    heard: list[list[int]] = []
    monkeypatch.setattr(queue, "publish", heard.append)
    with (
        django_capture_on_commit_callbacks(execute=True),
        transaction.atomic(),
        django_assert_num_queries(1),
        queue.batch(),
    ):
        for subject, due_at in enumerate([None, clock.now() + timedelta(days=1), None]):
            queue.enqueue(kind="try", subject=subject, queue_key="one", due_at=due_at)
    first, dated, last = OutboxJob.objects.order_by("pk")
    assert [first.subject, dated.subject, last.subject] == [0, 1, 2]
    assert heard == [[first.pk, last.pk]]


def test_a_change_that_fails_half_way_leaves_no_order() -> None:
    def fail() -> None:
        with queue.batch():
            queue.enqueue(kind="try", subject=1, queue_key="one")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not OutboxJob.objects.exists()
    job()
    assert OutboxJob.objects.count() == 1


def test_a_broker_that_is_down_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def down(ids: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(queue, "publish", down)
    with django_capture_on_commit_callbacks(execute=True):
        made = job()
    sent: list[int] = []
    assert queue.dispatch(send=sent.extend) == 0
    with later(queue.REDISPATCH_AFTER.total_seconds() + 1):
        assert queue.dispatch(send=sent.extend) == 1
    assert sent == [made.pk]


def test_an_order_that_is_done_stays_done(handler: Recorder) -> None:
    made = job()
    worker.run_job(made.pk)
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert made.state == OutboxJob.State.DONE
    assert len(handler.keys) == 1


def test_a_leased_order_is_nobody_elses(handler: Recorder) -> None:
    made = job()
    assert OutboxJob.claim(made.pk) is not None
    worker.run_job(made.pk)
    assert handler.keys == []


def test_an_order_of_a_dead_worker_is_repeated_with_the_same_key(handler: Recorder) -> None:
    made = job()
    dead = OutboxJob.claim(made.pk)
    assert dead is not None
    with later(settings.OUTBOX_LEASE_SECONDS + 1):
        worker.run_job(made.pk)
    assert handler.keys == [str(dead.key)]
    assert dead.complete() is False


def test_a_worker_that_lost_its_lease_records_nothing() -> None:
    made = job()
    slow = OutboxJob.claim(made.pk)
    assert slow is not None
    with later(settings.OUTBOX_LEASE_SECONDS + 1):
        quick = OutboxJob.claim(made.pk)
    assert quick is not None
    assert [
        slow.complete(),
        slow.still_leased(),
        slow.park("x"),
        slow.postpone("x", seconds=1),
    ] == [False] * 4
    assert quick.complete() is True


def test_orders_of_one_lane_run_in_sequence(handler: Recorder) -> None:
    first, second, other = job("a"), job("a"), job("b")
    worker.run_job(second.pk)
    worker.run_job(other.pk)
    assert handler.keys == [str(other.key)]
    worker.run_job(first.pk)
    worker.run_job(second.pk)
    assert handler.keys == [str(other.key), str(first.key), str(second.key)]


def test_an_order_that_came_too_early_is_handed_out_when_its_lane_is_free(
    handler: Recorder,
) -> None:
    first, second = job("a"), job("a")
    worker.run_job(second.pk)
    worker.run_job(first.pk)
    sent: list[int] = []
    queue.dispatch(send=sent.extend)
    assert sent == [second.pk]


def test_an_order_with_a_date_waits_for_it(handler: Recorder) -> None:
    made = job(due_at=clock.now() + timedelta(days=1))
    worker.run_job(made.pk)
    assert handler.keys == []
    with later(86_401):
        worker.run_job(made.pk)
    assert len(handler.keys) == 1


def test_pauses_double_until_the_attempts_are_spent(handler: Recorder, settings: Settings) -> None:
    settings.OUTBOX_ATTEMPTS = 3
    handler.answers = [Unavailable("eip", "no answer")] * 3
    made = job()
    pauses: list[int] = []
    for _ in range(3):
        with later(sum(pauses) + len(pauses)):
            now = clock.now()
            worker.run_job(made.pk)
            made.refresh_from_db()
            pauses.append(round((made.due_at - now).total_seconds()))
    assert pauses[:2] == [2, 4]
    assert made.state == OutboxJob.State.PARKED
    assert made.last_error == "Unavailable: eip: no answer"
    assert handler.spent == ["eip: no answer"]
    assert len(set(handler.keys)) == 1


def test_the_other_side_may_ask_for_a_longer_pause(handler: Recorder) -> None:
    handler.answers = [Unavailable("edo", "busy", retry_after=120)]
    made = job()
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert 115 < (made.due_at - clock.now()).total_seconds() <= 120


def test_a_refusal_that_nobody_understands_is_parked_at_once(handler: Recorder) -> None:
    handler.answers = [Refused("eip", "bad_request")]
    made = job()
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert made.state == OutboxJob.State.PARKED


def test_a_fault_of_our_own_is_repeated_and_then_parked(
    handler: Recorder, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    handler.answers = [KeyError("bug")]
    made = job()
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert made.state == OutboxJob.State.PARKED
    assert "KeyError" in made.last_error


def test_what_is_not_ready_is_looked_at_again_soon_but_not_for_ever(handler: Recorder) -> None:
    handler.answers = [NotReadyYet("converting", seconds=2)] * 2
    made = job()
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert (made.state, made.last_error) == (OutboxJob.State.OPEN, "converting")
    with later(3700):
        worker.run_job(made.pk)
    made.refresh_from_db()
    assert made.state == OutboxJob.State.PARKED


def test_a_retried_order_is_a_new_wish(handler: Recorder) -> None:
    handler.answers = [Refused("eip", "bad_request")]
    made = job()
    worker.run_job(made.pk)
    made.refresh_from_db()
    handler.retry(made, actor=None)
    worker.run_job(made.pk)
    made.refresh_from_db()
    assert made.state == OutboxJob.State.DONE
    assert handler.keys[0] != handler.keys[1]


def test_one_lane_that_fails_holds_up_no_other(handler: Recorder) -> None:
    handler.answers = [Unavailable("edo", "down")]
    bad, good = job("a"), job("b")
    worker.run_job(bad.pk)
    worker.run_job(good.pk)
    good.refresh_from_db()
    assert good.state == OutboxJob.State.DONE


def test_orders_are_handed_out_once_while_the_message_may_still_arrive() -> None:
    for number in range(5):
        job(f"queue {number}", due_at=clock.now())
    sent: list[int] = []
    assert queue.dispatch(limit=3, send=sent.extend) == 3
    assert queue.dispatch(limit=3, send=sent.extend) == 2
    assert queue.dispatch(limit=3, send=sent.extend) == 0
    assert len(set(sent)) == 5
