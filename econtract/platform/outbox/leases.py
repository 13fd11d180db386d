"""Fencing: what a worker writes counts only while the lease of its job is theirs.

A worker may be stopped for longer than its lease lasts (a frozen host, a full disk) and then go
on, although another worker has repeated the job and the world has changed since. Outside calls
carry idempotency keys. Writes to our own database go through `fenced_transaction`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from econtract.platform.outbox.models import OutboxJob

_current_job: ContextVar[OutboxJob | None] = ContextVar("current_job", default=None)


class LeaseLost(Exception):
    """Another worker has taken the job over; this one must not write any more."""

    def __init__(self, job: OutboxJob) -> None:
        super().__init__(f"The lease of job {job.pk} is lost.")


@contextmanager
def running(job: OutboxJob) -> Iterator[None]:
    """In the block, `fenced_transaction` checks the lease of ``job``."""
    token = _current_job.set(job)
    try:
        yield
    finally:
        _current_job.reset(token)


@contextmanager
def fenced_transaction() -> Iterator[None]:
    """A transaction for a write in the middle of a job.

    It first locks the row of the job that this worker is running, so nobody can take the job over
    before the end of the transaction. Raises LeaseLost when somebody has. Outside of a job it is
    a plain transaction.
    """
    with transaction.atomic():
        job = _current_job.get()
        if job is not None and not job.still_leased():
            raise LeaseLost(job)
        yield
