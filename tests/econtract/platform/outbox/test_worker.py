"""Running jobs: leased, in sequence, repeated until done or parked."""

from datetime import timedelta

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox import leases, registry, worker
from econtract.platform.outbox.leases import LeaseLost
from econtract.platform.outbox.models import FeedCursor, OutboxJob
from tests.econtract.platform.outbox.conftest import FakeKind, enqueue, travel

pytestmark = pytest.mark.django_db


def run(job: OutboxJob) -> None:
    worker.run_job(job.pk)
    job.refresh_from_db()


def error_of(job: OutboxJob) -> tuple[str, str, str, str]:
    return job.error_kind, job.error_system, job.error_code, job.error_text


def test_a_job_that_is_done_stays_done(fake_kind: FakeKind) -> None:
    job = enqueue()
    run(job)
    run(job)
    assert job.state == OutboxJob.State.DONE
    assert len(fake_kind.keys) == 1


def test_a_leased_job_is_run_by_nobody_else(fake_kind: FakeKind) -> None:
    job = enqueue()
    assert OutboxJob.claim(job.pk) is not None
    run(job)
    assert fake_kind.keys == []


def test_the_job_of_a_dead_worker_is_repeated_with_the_same_key(fake_kind: FakeKind) -> None:
    job = enqueue()
    dead = OutboxJob.claim(job.pk)
    assert dead is not None
    with travel(settings.OUTBOX_LEASE_SECONDS + 1):
        run(job)
    assert fake_kind.keys == [str(dead.key)]
    assert dead.complete() is False


def test_a_job_whose_workers_all_die_is_parked(fake_kind: FakeKind, settings: Settings) -> None:
    settings.OUTBOX_ATTEMPTS = 3
    job = enqueue()
    for attempt in range(3):
        with travel(attempt * (settings.OUTBOX_LEASE_SECONDS + 1)):
            assert OutboxJob.claim(job.pk) is not None  # and nothing more is heard of this worker
    with travel(3 * (settings.OUTBOX_LEASE_SECONDS + 1)):
        run(job)
    assert job.state == OutboxJob.State.PARKED
    assert fake_kind.keys == []
    assert fake_kind.exhausted == ["The worker died in every attempt."]
    assert error_of(job)[:3] == ("unexpected", "", "WorkerDied")


def test_a_job_that_waits_for_our_own_work_uses_up_no_attempts(
    fake_kind: FakeKind, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 2
    fake_kind.errors = [NotReadyYet("converting", seconds=0)] * 5 + [Unavailable("edo", "down")]
    job = enqueue()
    for _ in range(6):
        run(job)
    assert (job.state, job.attempts) == (OutboxJob.State.OPEN, 1)


def test_a_write_in_the_middle_of_a_job_needs_the_lease(fake_kind: FakeKind) -> None:
    job = enqueue()
    slow = OutboxJob.claim(job.pk)
    assert slow is not None
    with leases.running(slow):
        with leases.fenced_transaction():
            pass
        with travel(settings.OUTBOX_LEASE_SECONDS + 1):
            run(job)
        with pytest.raises(LeaseLost), leases.fenced_transaction():
            pytest.fail("The lease is lost.")
    with leases.fenced_transaction():
        pass  # nobody's lease is needed outside of a job


def test_a_worker_that_lost_its_lease_leaves_the_job_alone(
    fake_kind: FakeKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_lease(job: OutboxJob) -> None:
        raise LeaseLost(job)

    monkeypatch.setattr(fake_kind, "run", lose_lease)
    job = enqueue()
    run(job)
    assert (job.state, job.error_kind) == (OutboxJob.State.OPEN, "")


def test_a_worker_that_lost_its_lease_stores_nothing() -> None:
    job, error = enqueue(), ValueError("x")
    slow = OutboxJob.claim(job.pk)
    assert slow is not None
    with travel(settings.OUTBOX_LEASE_SECONDS + 1):
        quick = OutboxJob.claim(job.pk)
    assert quick is not None
    assert slow.complete() is False
    assert slow.still_leased() is False
    assert slow.park(error) is False
    assert slow.postpone(error, seconds=1) is False
    assert quick.complete() is True


def test_jobs_with_one_queue_key_run_in_sequence(fake_kind: FakeKind) -> None:
    first, second, other = enqueue("a"), enqueue("a"), enqueue("b")
    run(second)
    run(other)
    assert fake_kind.keys == [str(other.key)]
    run(first)
    run(second)
    assert fake_kind.keys == [str(other.key), str(first.key), str(second.key)]


def test_a_failing_queue_does_not_hold_up_another(fake_kind: FakeKind) -> None:
    fake_kind.errors = [Unavailable("edo", "down")]
    bad, good = enqueue("a"), enqueue("b")
    run(bad)
    run(good)
    assert good.state == OutboxJob.State.DONE


def test_a_job_with_a_date_waits_for_it(fake_kind: FakeKind) -> None:
    job = enqueue(due_at=clock.now() + timedelta(days=1))
    run(job)
    assert fake_kind.keys == []
    with travel(86_401):
        run(job)
    assert len(fake_kind.keys) == 1


# --- Errors --------------------------------------------------------------------------------------


def test_delays_double_until_the_attempts_are_exhausted(
    fake_kind: FakeKind, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 3
    fake_kind.errors = [Unavailable("eip", "no answer")] * 3
    job = enqueue()
    delays: list[int] = []
    for _ in range(3):
        with travel(sum(delays) + len(delays)):
            now = clock.now()
            run(job)
            delays.append(round((job.due_at - now).total_seconds()))
    assert delays[:2] == [2, 4]
    assert job.state == OutboxJob.State.PARKED
    assert error_of(job) == ("temporary", "eip", "", "no answer")
    assert job.last_error == "Unavailable: eip: no answer"
    assert fake_kind.exhausted == ["eip: no answer"]
    assert len(set(fake_kind.keys)) == 1


def test_the_other_side_may_ask_for_a_longer_delay(fake_kind: FakeKind) -> None:
    fake_kind.errors = [Unavailable("edo", "busy", retry_after=120)]
    job = enqueue()
    run(job)
    assert 115 < (job.due_at - clock.now()).total_seconds() <= 120


def test_a_refusal_that_the_kind_does_not_handle_is_parked_at_once(fake_kind: FakeKind) -> None:
    fake_kind.errors = [Refused("eip", "bad_request", "no such field")]
    job = enqueue()
    run(job)
    assert job.state == OutboxJob.State.PARKED
    assert error_of(job) == ("refused", "eip", "bad_request", "no such field")


def test_an_unexpected_error_is_repeated_and_then_parked(
    fake_kind: FakeKind, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    fake_kind.errors = [KeyError("bug")]
    job = enqueue()
    run(job)
    assert job.state == OutboxJob.State.PARKED
    assert error_of(job) == ("unexpected", "", "KeyError", "'bug'")


def test_a_job_that_is_not_ready_is_tried_again_soon_but_not_for_ever(
    fake_kind: FakeKind,
) -> None:
    fake_kind.errors = [NotReadyYet("converting", seconds=2)] * 2
    job = enqueue()
    run(job)
    assert job.state == OutboxJob.State.OPEN
    assert error_of(job) == ("not_ready", "", "", "converting")
    with travel(3700):
        run(job)
    assert job.state == OutboxJob.State.PARKED


def test_success_clears_the_error_of_an_earlier_attempt(fake_kind: FakeKind) -> None:
    fake_kind.errors = [Refused("eip", "bad_request"), Unavailable("eip", "no answer")]
    job = enqueue()
    run(job)
    fake_kind.retry(job, actor=None)
    run(job)
    with travel(10):
        run(job)
    assert job.state == OutboxJob.State.DONE
    assert error_of(job) == ("", "", "", "")
    assert job.last_error == ""


def test_a_retried_job_has_a_new_key(fake_kind: FakeKind) -> None:
    fake_kind.errors = [Refused("eip", "bad_request")]
    job = enqueue()
    run(job)
    fake_kind.retry(job, actor=None)
    run(job)
    assert job.state == OutboxJob.State.DONE
    assert fake_kind.keys[0] != fake_kind.keys[1]


# --- Parking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [LookupError("no caption"), "database"], ids=str)
def test_a_failing_on_exhausted_does_not_prevent_parking(
    fake_kind: FakeKind, monkeypatch: pytest.MonkeyPatch, error: Exception | str
) -> None:
    def fail(job: OutboxJob, cause: Exception) -> None:
        FeedCursor.objects.create(source="written before the error")
        if isinstance(error, Exception):
            raise error
        FeedCursor.objects.create(source="written before the error")  # breaks the savepoint

    monkeypatch.setattr(fake_kind, "on_exhausted", fail)
    fake_kind.errors = [Refused("eip", "bad_request")]
    job, next_job = enqueue("a"), enqueue("a")
    run(job)
    assert job.state == OutboxJob.State.PARKED
    assert error_of(job) == ("refused", "eip", "bad_request", "")
    assert not FeedCursor.objects.exists()
    run(next_job)
    assert next_job.state == OutboxJob.State.DONE


def test_a_job_whose_kind_is_no_longer_registered_is_parked(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    job = enqueue()
    monkeypatch.delitem(registry._job_kinds, "fake")
    run(job)
    assert job.state == OutboxJob.State.PARKED
    assert job.error_code == "LookupError"
