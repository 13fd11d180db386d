"""What the manager of a batch does with it: start, pause, resume, stop, repeat errors."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from archive import documents
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox import queue, registry
from econtract.platform.outbox.models import OutboxJob
from tasks.batches import journal, refusals
from tasks.batches.uploads import find_same_file, lock_batch
from tasks.models import Batch, BatchEvent, BatchRow
from tasks.pipeline.step import TaskJobKind

FEED = "feed_batch"
PREPARE = "prepare_batch_row"
State, RowState = Batch.State, BatchRow.State


@transaction.atomic
def start(*, batch: Batch, actor: User, repeats_file: bool = False) -> Batch:
    """Starts the checked rows; a second click finds the batch running and changes nothing.

    ``repeats_file``: the manager wants the tasks although the same file was run before. Raises
    ActionRefused.
    """
    batch = lock_batch(batch, actor)
    if batch.state == State.RUNNING:
        return batch
    _require_state(batch, State.CHECKED)
    if not batch.rows.in_state(RowState.READY).exists():
        raise ActionRefused(refusals.NOTHING_READY)
    if not repeats_file and find_same_file(batch) is not None:
        raise ActionRefused(refusals.FILE_RUN_BEFORE)
    batch.started_at = clock.now()
    _set_running(batch)
    journal.record(batch, BatchEvent.Kind.STARTED, actor)
    return batch


@transaction.atomic
def pause(*, batch: Batch, actor: User) -> Batch:
    """No further row starts; those that workers hold are finished. Raises ActionRefused."""
    batch = lock_batch(batch, actor)
    if batch.state == State.PAUSED:
        return batch
    _require_state(batch, State.RUNNING)
    end_run(batch, State.PAUSED)
    journal.record(batch, BatchEvent.Kind.PAUSED, actor)
    return batch


@transaction.atomic
def resume(*, batch: Batch, actor: User) -> Batch:
    """Goes on with the rows that are ready. Raises ActionRefused."""
    batch = lock_batch(batch, actor)
    if batch.state == State.RUNNING:
        return batch
    _require_state(batch, State.PAUSED)
    _set_running(batch)
    journal.record(batch, BatchEvent.Kind.RESUMED, actor)
    return batch


@transaction.atomic
def stop(*, batch: Batch, actor: User) -> Batch:
    """Ends the batch for good: rows without a task get none. Tasks that exist go on.

    Raises ActionRefused.
    """
    batch = lock_batch(batch, actor)
    if batch.state == State.STOPPED:
        return batch
    if batch.state == State.FINISHED:
        raise ActionRefused(refusals.NOT_POSSIBLE_NOW)
    end_run(batch, State.STOPPED)
    rest = batch.rows.filter(task=None).exclude(state=RowState.PREPARING)
    rest.update(state=RowState.SKIPPED, changed_at=clock.now())
    journal.record(batch, BatchEvent.Kind.STOPPED, actor)
    return batch


@transaction.atomic
def retry_failed(*, batch: Batch, actor: User) -> int:
    """«Повторить ошибки»: failed rows start again; returns how many.

    A row without a task is prepared anew. For a task, the jobs that were parked run again, as an
    administrator would let them; an error that only the card can mend stays. Raises ActionRefused.
    """
    batch = lock_batch(batch, actor)
    if batch.state not in (State.RUNNING, State.PAUSED, State.FINISHED):
        raise ActionRefused(refusals.NOT_POSSIBLE_NOW)
    failed = batch.rows.select_for_update().in_state(RowState.FAILED)
    count = 0
    for row in failed:
        if row.task_id is None:
            row.set_state(RowState.READY, document_version=None)
        elif retry_jobs(parked_jobs([row.task_id]), actor):
            row.set_state(RowState.SENDING)
        else:
            continue
        count += 1
    if not count:
        raise ActionRefused(refusals.NOTHING_TO_RETRY)
    if batch.state != State.RUNNING:
        _set_running(batch)
    journal.record(batch, BatchEvent.Kind.RETRIED, actor, f"Строк: {count}")
    return count


@transaction.atomic
def accept_document(*, row: BatchRow, actor: User) -> BatchRow:
    """The manager has looked at a document with a warning: the row may go on.

    Raises ActionRefused when it does not wait for that.
    """
    batch = lock_batch(row.batch, actor)
    row = batch.rows.select_for_update().get(pk=row.pk)
    if row.state != RowState.REVIEW or row.document_version_id is None:
        raise ActionRefused(refusals.NOT_POSSIBLE_NOW)
    documents.record_review(row.document_version_id, user=actor)
    row.set_state(RowState.READY)
    journal.record(batch, BatchEvent.Kind.REVIEWED, actor, f"Строка {row.number}")
    if batch.state == State.FINISHED:
        _set_running(batch)
    return row


@transaction.atomic
def enqueue_preview(*, row: BatchRow, actor: User) -> None:
    """Has a worker fill the document of a checked row, unless one does or has done so.

    Raises ActionRefused.
    """
    lock_batch(row.batch, actor)
    row = BatchRow.objects.select_for_update().get(pk=row.pk)
    is_asked = OutboxJob.objects.open().filter(queue_key=row.queue_key).exists()
    if row.state == RowState.READY and row.document_version_id is None and not is_asked:
        payload = {"preview": True}
        queue.enqueue(kind=PREPARE, subject=row.pk, queue_key=row.queue_key, payload=payload)


def end_run(batch: Batch, state: Batch.State, problem: str = "") -> None:
    """Moves the locked ``batch`` out of the running state; the running time is kept."""
    now = clock.now()
    if batch.resumed_at is not None:
        batch.ran_seconds += int((now - batch.resumed_at).total_seconds())
    batch.state, batch.resumed_at, batch.problem = state, None, problem
    batch.finished_at = now if state in (State.FINISHED, State.STOPPED) else None
    batch.save(update_fields=["state", "resumed_at", "problem", "ran_seconds", "finished_at"])


def parked_jobs(task_numbers: list[int]) -> QuerySet[OutboxJob]:
    """The parked jobs of tasks."""
    return OutboxJob.objects.parked().filter(subject__in=task_numbers, kind__in=task_job_kinds())


def task_job_kinds() -> list[str]:
    """The kinds of job whose subject is a task."""
    return [kind.kind for kind in registry.job_kinds() if isinstance(kind, TaskJobKind)]


def retry_jobs(jobs: QuerySet[OutboxJob], actor: User) -> bool:
    """Lets parked jobs of one task run again; False when none could."""
    has_retried = False
    for job in jobs:
        try:
            registry.job_kind(job.kind).retry(job, actor)
        except ActionRefused:
            continue
        has_retried = True
    return has_retried


def _set_running(batch: Batch) -> None:
    batch.state, batch.resumed_at, batch.problem = State.RUNNING, clock.now(), ""
    batch.finished_at = None
    columns = ["state", "resumed_at", "problem", "started_at", "finished_at"]
    batch.save(update_fields=columns)
    # A feeder that is still open goes on by itself.
    if not OutboxJob.objects.open().filter(queue_key=batch.queue_key).exists():
        queue.enqueue(kind=FEED, subject=batch.pk, queue_key=batch.queue_key)


def _require_state(batch: Batch, *states: Batch.State) -> None:
    if batch.state not in states:
        raise ActionRefused(refusals.NOT_POSSIBLE_NOW)
