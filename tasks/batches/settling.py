"""What has become of the tasks of a batch: sent, failed, or still in the system's hands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import MAX_RETRY_SECONDS, OutboxJob
from econtract.platform.outbox.registry import job_kind
from tasks.batches import actions
from tasks.models import Batch, BatchRow, SigningTask
from tasks.statuses import FAILURES
from tasks.wording.troubles import SYSTEMS

# A job that is due later than any retry waits for a date: a reminder, the morning, the deadline.
SOON = timedelta(seconds=2 * MAX_RETRY_SECONDS)
# After an outage has parked a job, it is tried again this often.
RETRY_PARKED_AFTER = timedelta(minutes=5)


def settle_rows(batch: Batch) -> str:
    """Closes the rows whose tasks the system has finished its work on.

    Returns what users read while an outside system does not answer, "" when all do. A row waits
    for the end of the outage and goes on then.
    """
    rows = list(batch.rows.in_state(BatchRow.State.SENDING).select_related("task"))
    if not rows:
        return ""
    jobs = _jobs_by_task([row.task_id for row in rows if row.task_id])
    outage = ""
    with fenced_transaction():
        for row in rows:
            if row.task is None:
                row.set_state(BatchRow.State.FAILED, reason="Задание удалено")
            else:
                outage = _settle(batch, row, row.task, jobs[row.task.number]) or outage
    return outage


def _jobs_by_task(numbers: Sequence[int]) -> dict[int, list[OutboxJob]]:
    jobs = OutboxJob.objects.filter(subject__in=numbers, kind__in=actions.task_job_kinds())
    by_task: dict[int, list[OutboxJob]] = defaultdict(list)
    for job in jobs.exclude(state=OutboxJob.State.DONE):
        by_task[job.subject].append(job)
    return by_task


def _settle(batch: Batch, row: BatchRow, task: SigningTask, jobs: list[OutboxJob]) -> str:
    """Moves one row on; returns the outage that it waits for."""
    parked = [job for job in jobs if job.state == OutboxJob.State.PARKED]
    outages = [job for job in parked if job.error_kind == ErrorKind.TEMPORARY]
    if outages:
        _retry_after_outage(batch, outages)
        return f"Ждем ответа системы «{_system_name(outages[0])}», строки подождут"
    if parked:
        row.set_state(BatchRow.State.FAILED, reason=_describe(task, parked[0]))
    elif any(job.due_at <= clock.now() + SOON for job in jobs):
        pass  # the system is at it
    elif task.status in FAILURES:
        row.set_state(BatchRow.State.FAILED, reason=_describe(task))
    else:
        row.set_state(BatchRow.State.DONE)
    return ""


def _retry_after_outage(batch: Batch, jobs: list[OutboxJob]) -> None:
    for job in jobs:
        if job.closed_at is None or job.closed_at <= clock.now() - RETRY_PARKED_AFTER:
            with transaction.atomic():
                actions.retry_jobs(OutboxJob.objects.parked().filter(pk=job.pk), batch.manager)


def _describe(task: SigningTask, job: OutboxJob | None = None) -> str:
    """Why the task does not go on, as its card says it."""
    if task.status in FAILURES:
        resolution = task.get_resolution_display()
        return (
            f"{task.get_status_display()}: {resolution}"
            if resolution
            else str(task.get_status_display())
        )
    caption = job_kind(job.kind).caption_when_parked if job else None
    return caption or "Задание ждет: откройте его карточку"


def _system_name(job: OutboxJob) -> str:
    return SYSTEMS.get(job.error_system, job.error_system)
