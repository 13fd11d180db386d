"""The file of a batch: creating the batch from it, and replacing rows by corrected ones."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission, TaskType
from archive.intake.names import clean_name
from archive.models import TemplateVersion
from archive.tables.reading import Table, TableRefused, TableRow, read_table
from clients.models import Region, Service
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from tasks.batches import journal, refusals
from tasks.batches.cells import find_cell_problems, restore_zero
from tasks.batches.columns import ColumnMap, asked_fields, map_columns
from tasks.channels import TaskSender
from tasks.models import Batch, BatchEvent, BatchRow, DocumentKind

CHECK = "check_batch"
ROWS_PER_INSERT = 1000
# Rows that a corrected file may replace: nothing has been made of them.
CORRECTABLE = (BatchRow.State.NEW, BatchRow.State.INVALID, BatchRow.State.FAILED)
NOT_STARTED = (Batch.State.CHECKING, Batch.State.CHECKED)


@dataclass(frozen=True, kw_only=True)
class NewBatchData:
    """What all tasks of a new batch have in common."""

    task_type: TaskType
    template_version: TemplateVersion
    region: Region
    sender: TaskSender
    services: Sequence[Service]
    document_kind: DocumentKind


@dataclass(frozen=True)
class _UploadedTable:
    """A readable file: its rows, and what its columns mean."""

    table: Table
    columns: ColumnMap
    file_name: str
    sha256: str


def create_batch(
    *, data: NewBatchData, upload: Any, submission_key: uuid.UUID, actor: User
) -> Batch:
    """The batch of a form; its rows are checked by a worker.

    A ``submission_key`` belongs to one batch: a second call returns it. Raises ActionRefused when
    the file cannot be used, or ``actor`` may not run batches.
    """
    if known := Batch.objects.filter(submission_key=submission_key, manager=actor).first():
        return known
    if not actor.has_permission(Permission.RUN_BATCHES) or data.task_type not in actor.task_types:
        raise ActionRefused(Refusal("batch_forbidden", "Недостаточно прав для массового прогона."))
    if not data.template_version.is_published:
        raise ActionRefused(refusals.TEMPLATE_NOT_PUBLISHED)
    uploaded = _read_upload(upload, data.template_version)
    with transaction.atomic():
        batch, is_new = Batch.objects.get_or_create(
            submission_key=submission_key,
            manager=actor,
            defaults={
                "file_name": uploaded.file_name,
                "sha256": uploaded.sha256,
                "headings": list(uploaded.table.headings),
                "template_version": data.template_version,
                "task_type": data.task_type,
                "region": data.region,
                "document_kind": data.document_kind,
                **data.sender.columns,
            },
        )
        if is_new:
            batch.services.add(*data.services)
            _insert_rows(batch, uploaded)
            journal.record(batch, BatchEvent.Kind.CREATED, actor, uploaded.file_name)
            enqueue_check(batch)
    return batch


def replace_rows(*, batch: Batch, upload: Any, actor: User) -> Batch:
    """«Загрузить исправленный файл»: its rows are checked anew.

    A report of the batch, which has the column «Строка», replaces the rows that need a correction
    and leaves the others alone. Another file replaces all rows as long as nothing has started.
    Raises ActionRefused.
    """
    uploaded = _read_upload(upload, batch.template_version)
    with transaction.atomic():
        batch = lock_batch(batch, actor)
        if batch.state == Batch.State.STOPPED:
            raise ActionRefused(refusals.NOT_POSSIBLE_NOW)
        if uploaded.columns.row_number:
            count = _replace_some(batch, uploaded)
        elif batch.state in NOT_STARTED:
            batch.rows.all().delete()
            count = _insert_rows(batch, uploaded)
        else:
            raise ActionRefused(refusals.NO_SUCH_ROWS)
        if batch.state in NOT_STARTED:
            batch.state = Batch.State.CHECKING
        elif batch.state == Batch.State.FINISHED:
            batch.state = Batch.State.PAUSED
        batch.headings = list(uploaded.table.headings)
        batch.file_name, batch.sha256 = uploaded.file_name, uploaded.sha256
        batch.save(update_fields=["state", "headings", "file_name", "sha256"])
        journal.record(batch, BatchEvent.Kind.CORRECTED, actor, f"Строк: {count}")
        enqueue_check(batch)
    return batch


def lock_batch(batch: Batch, actor: User) -> Batch:
    """The batch as it is now, locked. Raises ActionRefused for anybody but its manager."""
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    if locked.manager_id != actor.pk or not actor.has_permission(Permission.RUN_BATCHES):
        raise ActionRefused(refusals.NOT_OWN)
    return locked


def enqueue_check(batch: Batch) -> None:
    """Has a worker check the new rows of ``batch``, unless one does already."""
    queue_key = f"{batch.queue_key}:check"
    if not OutboxJob.objects.open().filter(queue_key=queue_key).exists():
        queue.enqueue(kind=CHECK, subject=batch.pk, queue_key=queue_key)


def find_same_file(batch: Batch) -> Batch | None:
    """The newest other batch of this manager that was started with the same file."""
    others = Batch.objects.filter(sha256=batch.sha256, manager=batch.manager_id)
    return others.exclude(pk=batch.pk).exclude(started_at=None).order_by("-pk").first()


def _read_upload(upload: Any, version: TemplateVersion) -> _UploadedTable:
    try:
        table = read_table(upload, max_rows=settings.BATCH_MAX_ROWS)
    except TableRefused as refused:
        raise ActionRefused(refused.refusal) from None
    first_row = table.rows[0].values.values()
    columns = map_columns(table.headings, asked_fields(version), first_row)
    upload.seek(0)
    digest = hashlib.file_digest(upload.file, "sha256").hexdigest()
    return _UploadedTable(table, columns, clean_name(upload.name or "")[:255], digest)


def _insert_rows(batch: Batch, uploaded: _UploadedTable) -> int:
    rows = [_build_row(batch, row, uploaded.columns) for row in uploaded.table.rows]
    BatchRow.objects.bulk_create(rows, batch_size=ROWS_PER_INSERT)
    return len(rows)


def _build_row(batch: Batch, row: TableRow, columns: ColumnMap, number: int = 0) -> BatchRow:
    values, notes = restore_zero(row, columns)
    return BatchRow(
        batch=batch,
        number=number or row.line,
        values=dict(values),
        problems=find_cell_problems(row, columns),
        notes=notes,
    )


def _replace_some(batch: Batch, uploaded: _UploadedTable) -> int:
    """Replaces the rows that the file names and that need it; returns how many."""
    named = {}
    for row in uploaded.table.rows:
        number = row.values.get(uploaded.columns.row_number, "")
        if number.isascii() and number.isdigit():
            named[int(number)] = row
    old = batch.rows.in_state(*CORRECTABLE).filter(task=None, number__in=named)
    numbers: Iterable[int] = list(old.values_list("number", flat=True))
    if not numbers:
        raise ActionRefused(refusals.NO_SUCH_ROWS)
    old.delete()
    rows = [_build_row(batch, named[number], uploaded.columns, number) for number in numbers]
    BatchRow.objects.bulk_create(rows, batch_size=ROWS_PER_INSERT)
    return len(rows)
