"""The outbox jobs that documents wait for."""

from archive.models import DocumentVersion
from econtract.platform.common import clock
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob

CONVERT = "convert_document"
SCAN = "scan_document"
JOIN = "join_document"


def enqueue(version: DocumentVersion, kind: str, queue_key: str = "") -> None:
    """Enqueues the job ``kind`` of ``version``; a parked job of that kind is reopened instead.

    Jobs with the same ``queue_key`` run one after another, by default those of one person.
    """
    parked = OutboxJob.objects.parked().filter(kind=kind, subject=version.pk).first()
    if parked:
        parked.reopen()
    else:
        # A scanner that does not answer must not hold up other documents.
        own_key = f"scan:{version.pk}"
        shared_key = queue_key or _queue_key(version.uploaded_by_id)
        key = own_key if kind == SCAN else shared_key
        queue.enqueue(kind=kind, subject=version.pk, queue_key=key)


def cancel(version: DocumentVersion) -> bool:
    """Closes the open job of ``version``; False if there is none, or if it has begun."""
    waiting = OutboxJob.objects.open().filter(
        kind__in=(CONVERT, SCAN, JOIN), subject=version.pk, lease_until=None
    )
    return bool(waiting.update(state=OutboxJob.State.DONE, closed_at=clock.now()))


def count_waiting(user_id: int | None) -> int:
    """How many documents of one person wait for their conversion."""
    return OutboxJob.objects.open().filter(queue_key=_queue_key(user_id)).count()


def _queue_key(user_id: int | None) -> str:
    """One person's documents are converted one after another: nobody holds up the others."""
    return f"conversion:{user_id}"
