"""The outbox jobs of a batch: check its rows, hand them out a few at a time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, OutsideError, Unavailable
from econtract.platform.notifications.delivery import Event, notify
from econtract.platform.outbox import queue
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks.batches import actions, journal, settling, uploads
from tasks.batches.checking import RowChecker
from tasks.models import Batch, BatchEvent, BatchRow
from tasks.notifications import kinds
from tasks.wording.troubles import SYSTEMS

# Rows of one job: even with systems that answer slowly it ends well within its lease.
ROWS_PER_CHECK = 20
SECONDS_BETWEEN_FEEDS = 1
# A system that does not answer is asked again this often, for this long.
OUTAGE_SECONDS = 60
MAX_OUTAGE = timedelta(days=1)
NOT_CHECKED = "Проверить строки не удалось: загрузите файл снова"
NOT_ALLOWED = "Прогон приостановлен: у менеджера больше нет нужных ролей"
NOT_FED = "Прогон остановила внутренняя ошибка. Продолжите его"

RowState = BatchRow.State
CHECK_RELATIONS = (
    *("manager", "region", "box", "signatory", "document_kind"),
    "template_version__template",
)


class CheckBatch(JobKind):
    """Checks the next new rows of a batch, the subject, and enqueues itself while there are more.

    The payload is empty.
    """

    kind = uploads.CHECK
    title = "Проверка строк прогона"
    system = ""
    caption_when_parked = NOT_CHECKED

    def run(self, job: OutboxJob) -> None:
        batch = Batch.objects.select_related(*CHECK_RELATIONS).get(pk=job.subject)
        rows = list(batch.rows.in_state(RowState.NEW).order_by("number")[:ROWS_PER_CHECK])
        versions = {row.pk: row.changed_at for row in rows}
        if rows:
            _check(batch, rows, job)
        with transaction.atomic():
            batch = Batch.objects.select_for_update().get(pk=batch.pk)
            if not job.complete():
                return
            _save_checked(batch, rows, versions)
            batch.problem = ""
            if batch.rows.in_state(RowState.NEW).exists():
                queue.enqueue(kind=self.kind, subject=batch.pk, queue_key=job.queue_key)
            elif batch.state == Batch.State.CHECKING:
                batch.state = Batch.State.CHECKED
                journal.record(batch, BatchEvent.Kind.CHECKED, None)
            batch.save(update_fields=["state", "problem"])

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        Batch.objects.filter(pk=job.subject).update(problem=NOT_CHECKED)


def _check(batch: Batch, rows: Sequence[BatchRow], job: OutboxJob) -> None:
    """Raises NotReadyYet while a system does not answer: the rows wait for it."""
    try:
        with timezone.override(batch.manager.zone):
            RowChecker(batch).check(rows)
    except Unavailable as error:
        with fenced_transaction():
            Batch.objects.filter(pk=batch.pk).update(problem=outage_text(error))
        raise NotReadyYet(
            f"{error.system} does not answer",
            seconds=OUTAGE_SECONDS,
            until=job.created_at + MAX_OUTAGE,
        ) from error


def _save_checked(batch: Batch, rows: Sequence[BatchRow], versions: Mapping[int, object]) -> None:
    """Rows that a corrected file has replaced meanwhile are gone."""
    current = dict(batch.rows.filter(pk__in=versions).values_list("pk", "changed_at"))
    unchanged = [row for row in rows if current.get(row.pk) == versions[row.pk]]
    BatchRow.objects.bulk_update(unchanged, RowChecker.COLUMNS)


def outage_text(error: OutsideError) -> str:
    """What the page says while a system does not answer."""
    system = SYSTEMS.get(error.system, error.system)
    return f"Ждем ответа системы «{system}», строки подождут"


class FeedBatch(JobKind):
    """Gives a running batch, the subject, a few more rows; enqueues itself until none is left.

    All running batches share `settings.BATCH_ROWS_AT_ONCE`, so that the tasks of others do not
    notice them. The payload is empty.
    """

    kind = actions.FEED
    title = "Выдача строк прогона"
    system = ""
    caption_when_parked = NOT_FED

    def run(self, job: OutboxJob) -> None:
        batch = Batch.objects.select_related("manager").get(pk=job.subject)
        outage = settling.settle_rows(batch)
        with fenced_transaction(), queue.batch():
            batch = _lock(batch)
            if batch.state == Batch.State.RUNNING and not _may_run(batch.manager):
                actions.end_run(batch, Batch.State.PAUSED, NOT_ALLOWED)
            if batch.state != Batch.State.RUNNING:
                job.complete()
                return
            if batch.problem != outage:
                batch.problem = outage
                batch.save(update_fields=["problem"])
            if not outage:
                _hand_out(batch)
            if _is_over(batch):
                _finish(batch)
            else:
                # A new job, whose attempts are counted anew: workers may die many times in a run.
                due_at = clock.now() + timedelta(seconds=SECONDS_BETWEEN_FEEDS)
                queue.enqueue(
                    kind=self.kind, subject=batch.pk, queue_key=job.queue_key, due_at=due_at
                )
            job.complete()

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        batch = Batch.objects.select_for_update().get(pk=job.subject)
        if batch.state == Batch.State.RUNNING:
            actions.end_run(batch, Batch.State.PAUSED, NOT_FED)


def _lock(batch: Batch) -> Batch:
    locked = Batch.objects.select_for_update(of=("self",)).select_related("manager")
    return locked.get(pk=batch.pk)


def _may_run(manager: User) -> bool:
    """Whether the manager could still create the tasks themselves."""
    needed = (Permission.RUN_BATCHES, Permission.CREATE_TASKS)
    return all(manager.has_permission(permission) for permission in needed)


def window_size() -> int:
    """How many rows of one batch may be in work now."""
    running = Batch.objects.filter(state=Batch.State.RUNNING).count()
    return max(settings.BATCH_ROWS_AT_ONCE // max(running, 1), 1)


def _hand_out(batch: Batch) -> None:
    room = window_size() - batch.rows.in_flight().count()
    if room <= 0:
        return
    ready = batch.rows.select_for_update().in_state(RowState.READY).order_by("number")
    for row in ready[:room]:
        row.set_state(RowState.PREPARING)
        queue.enqueue(kind=actions.PREPARE, subject=row.pk, queue_key=row.queue_key)


def _is_over(batch: Batch) -> bool:
    waiting = (RowState.NEW, RowState.READY, *BatchRow.IN_FLIGHT)
    return not batch.rows.in_state(*waiting).exists()


def _finish(batch: Batch) -> None:
    actions.end_run(batch, Batch.State.FINISHED)
    journal.record(batch, BatchEvent.Kind.FINISHED, None)
    # Once for each time that it has run.
    source = f"batch:{batch.pk}:{batch.ran_seconds}"
    notify([batch.manager], Event(kinds.BATCH, f"Прогон {batch.pk} завершен", source))
