"""From a checked row to a task: fill the document, wait for its PDF, create the task."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import TaskType
from archive.document_templates.filling import fill
from archive.document_templates.refusals import FillingFailed
from archive.documents import add_version, store_generated
from archive.files import storage
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentVersion
from clients.actions import DUPLICATE_MESSAGE, DuplicateContact
from clients.gateways.cdi import Organisation
from clients.models import Client, Contact
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox import queue
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks.actions.create import NewTaskData, create_task
from tasks.batches import actions
from tasks.batches.parties import fetch_organisation, find_client_problem, save_parties
from tasks.batches.values import describe_missing, gather_row_values
from tasks.channels import TaskSender
from tasks.models import Batch, BatchRow, Channel

NOT_PREPARED = "Подготовить документ не удалось из-за внутренней ошибки"
State = BatchRow.State


class RowFailed(Exception):
    """The row cannot become a task; ``reason`` is shown to the manager."""

    def __init__(self, reason: str) -> None:
        super().__init__("row failed")
        self.reason = reason


class PrepareBatchRow(JobKind):
    """Makes the document and the task of a row, the subject.

    The payload is empty, or ``preview`` when only the document is wanted. Each part is stored
    with the row before the next begins, so a repetition goes on where a dead worker stopped.
    """

    kind = actions.PREPARE
    title = "Подготовка строки прогона"
    system = ""
    caption_when_parked = NOT_PREPARED

    def run(self, job: OutboxJob) -> None:
        row = _load(job.subject)
        if row is None or not _is_wanted(row, job):
            with transaction.atomic():
                _release(job)
            return
        try:
            with timezone.override(row.batch.manager.zone):  # the date of the document
                _prepare(row, job)
        except RowFailed as failure:
            _fail(job, failure.reason)
        except ActionRefused as refused:
            _fail(job, " ".join(refused.messages))
        except DuplicateContact:
            _fail(job, DUPLICATE_MESSAGE)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        row = _lock(job.subject)
        if row is not None and row.state == State.PREPARING:
            row.set_state(State.FAILED, reason=NOT_PREPARED)


def _load(pk: int) -> BatchRow | None:
    relations = (
        *("batch__manager", "batch__region", "batch__box", "batch__signatory"),
        *("batch__document_kind", "batch__template_version__template"),
        *("batch__template_version__source", "client", "contact__current", "document_version"),
    )
    return BatchRow.objects.select_related(*relations).filter(pk=pk).first()


def _lock(pk: int) -> BatchRow | None:
    return BatchRow.objects.select_for_update().filter(pk=pk).first()


def _is_wanted(row: BatchRow, job: OutboxJob) -> bool:
    """Whether the row still waits for this job: its batch may have been paused meanwhile."""
    if job.payload.get("preview"):
        return row.state == State.READY and row.document_version is None
    return row.state == State.PREPARING and row.batch.state == Batch.State.RUNNING


def _release(job: OutboxJob) -> None:
    """Gives the row of a paused batch back; that of a stopped one gets no task."""
    row = _lock(job.subject)
    if not job.complete() or row is None or row.state != State.PREPARING:
        return
    batch = Batch.objects.get(pk=row.batch_id)
    if batch.state == Batch.State.STOPPED:
        row.set_state(State.SKIPPED)
    elif batch.state != Batch.State.RUNNING:
        row.set_state(State.READY)


def _prepare(row: BatchRow, job: OutboxJob) -> None:
    """Goes as far as possible: `on_version_settled` starts another job after the conversion."""
    manager = row.batch.manager
    organisation = fetch_organisation(row)
    if reason := find_client_problem(row, organisation):
        raise RowFailed(reason)
    version = row.document_version or _fill(row, organisation, manager)
    if version.state == DocumentVersion.State.FAILED:
        raise RowFailed(version.problem)
    if job.payload.get("preview") or not version.is_ready:
        with transaction.atomic():
            job.complete()
        return
    with transaction.atomic():
        locked = _lock(row.pk)
        if not job.complete() or locked is None or locked.state != State.PREPARING:
            return
        if version.needs_review:
            locked.set_state(State.REVIEW)
            return
        client, contact = save_parties(row, manager, organisation)
        data = build_task_data(row, client, contact, version)
        task = create_task(data=data, actor=manager, submission_key=row.submission_key)
        locked.set_state(State.SENDING, task=task, client=client, contact=contact)


def _fill(row: BatchRow, organisation: Organisation | None, manager: User) -> DocumentVersion:
    """Fills the template with the values of the row and stores the result with the row."""
    template = row.batch.template_version
    gathered = gather_row_values(row.batch, row, organisation)
    if gathered.missing:
        raise RowFailed("; ".join(describe_missing(field) for field in gathered.missing))
    try:
        content = fill(storage.read_file(template.source), gathered.values)
        stored = store_generated(
            content=content,
            file_name=f"{template.template.name} {row.fields['document_number']}.docx",
            user=manager,
            template_version=template,
            is_limited=False,
        )
    except FillingFailed as failure:
        raise RowFailed(failure.message) from None
    except IntakeRefused as refused:
        raise RowFailed(refused.refusal.message) from None
    with fenced_transaction():
        locked = _lock(row.pk)
        if locked is None:
            raise RowFailed("Строку заменили")
        if locked.document_version is None:
            # A queue key of its own: it neither waits for the manager's uploads nor holds them up.
            locked.document_version = add_version(
                stored, user=manager, queue_key=f"conversion:{row.queue_key}"
            )
            locked.save(update_fields=["document_version"])
        return locked.document_version


def on_version_settled(sender: Any, version: DocumentVersion, **_: Any) -> None:
    """Receiver of `archive.signals.version_settled`: the row that waited for it goes on."""
    for row in version.batch_rows.in_state(State.PREPARING):
        queue.enqueue(kind=actions.PREPARE, subject=row.pk, queue_key=row.queue_key)


def _fail(job: OutboxJob, reason: str) -> None:
    with transaction.atomic():
        row = _lock(job.subject)
        if job.complete() and row is not None:
            row.set_state(State.FAILED, reason=reason, changed_at=clock.now())


def build_task_data(
    row: BatchRow, client: Client, contact: Contact, version: DocumentVersion
) -> NewTaskData:
    """The data of the row's task, as the form of a new task would give them."""
    batch, fields = row.batch, row.fields
    contract_date = fields["contract_date"]
    return NewTaskData(
        task_type=TaskType(batch.task_type),
        client=client,
        contact=contact,
        region=batch.region,
        sender=TaskSender(batch.box, batch.signatory, Channel(batch.channel)),
        services=list(batch.services.all()),
        account_number=fields["account_number"],
        account_verified_at=row.account_verified_at,
        document_version=version,
        document_number=fields["document_number"],
        document_kind=batch.document_kind_id,
        contract_number=fields["contract_number"],
        contract_date=date.fromisoformat(contract_date) if contract_date else None,
    )
