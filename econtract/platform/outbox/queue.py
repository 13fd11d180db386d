"""Putting jobs into the outbox and sending them to the Celery workers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from econtract.platform.common import clock
from econtract.platform.common.request_id import current_request_id
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import OutboxJob

# The message to a worker may get lost: after this long the job is dispatched again.
REDISPATCH_AFTER = timedelta(seconds=10)

_publishing_enabled: ContextVar[bool] = ContextVar("publishing_enabled", default=True)
_open_batch: ContextVar[list[OutboxJob] | None] = ContextVar("open_batch", default=None)


def enqueue(
    *,
    kind: str,
    subject: int,
    queue_key: str,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> OutboxJob:
    """Stores a job in the caller's transaction; a worker gets a message after the commit.

    Jobs with the same ``queue_key`` run one after another. With ``due_at`` the job waits for that
    moment. Inside `batch` the row is written, and gets its primary key, at the end of the block.

    Raises LookupError for a kind that is not registered, and TransactionManagementError outside a
    transaction: a job that is stored without the change that causes it is the very bug the outbox
    exists to prevent.
    """
    registry.job_kind(kind)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "enqueue() must be called in the transaction of the change that causes the job."
        )
    now = clock.now()
    job = OutboxJob(
        kind=kind,
        subject=subject,
        queue_key=queue_key,
        payload=payload or {},
        due_at=due_at or now,
        dispatched_until=None if due_at else now + REDISPATCH_AFTER,
        created_at=now,
        request_id=current_request_id(),
    )
    pending = _open_batch.get()
    if pending is None:
        _insert([job])
    else:
        pending.append(job)
    return job


@contextmanager
def batch() -> Iterator[None]:
    """Jobs enqueued in the block are inserted at its end, in order, by one statement."""
    pending: list[OutboxJob] = []
    token = _open_batch.set(pending)
    try:
        yield
    finally:
        _open_batch.reset(token)
    _insert(pending)


def _insert(jobs: list[OutboxJob]) -> None:
    OutboxJob.objects.bulk_create(jobs)
    due = [(job.pk, job.kind) for job in jobs if job.dispatched_until]
    if due and _publishing_enabled.get():
        transaction.on_commit(lambda: publish(due), robust=True)


@contextmanager
def publishing_disabled() -> Iterator[None]:
    """In the block, workers get no messages about new jobs; the next `dispatch` finds them.

    For callers that run the jobs themselves, such as the demo data command.
    """
    token = _publishing_enabled.set(False)
    try:
        yield
    finally:
        _publishing_enabled.reset(token)


def publish(jobs: Sequence[tuple[int, str]]) -> None:
    """Sends one Celery message for each job, a primary key and a kind.

    If the broker is down, `dispatch` sends them later.
    """
    from econtract.platform.outbox.jobs import run_job

    with run_job.app.producer_or_acquire() as producer:
        for job_id, kind in jobs:
            run_job.apply_async(
                (job_id,), producer=producer, retry=False, queue=registry.worker_queue_of(kind)
            )


def dispatch(
    limit: int = 100, *, send: Callable[[Sequence[tuple[int, str]]], None] = publish
) -> int:
    """Sends up to ``limit`` due jobs that no worker holds to the workers; returns how many."""
    now = clock.now()
    can_skip_locked = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        jobs = OutboxJob.objects.claimable().exclude(dispatched_until__gt=now)
        due = list(
            jobs.select_for_update(
                of=("self",) if can_skip_locked else (), skip_locked=can_skip_locked
            )
            .order_by("due_at")
            .values_list("pk", "kind")[:limit]
        )
        OutboxJob.objects.filter(pk__in=[pk for pk, _ in due]).update(
            dispatched_until=now + REDISPATCH_AFTER
        )
    if due:
        send(due)
    return len(due)
