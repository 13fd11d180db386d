"""Large xlsx files: ordered by a person, made by a worker, told of by a notification."""

import hashlib
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from archive.files.storage import store_file
from archive.models import StoredFile
from econtract.platform.common import clock
from econtract.platform.notifications.delivery import Event, notify
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks.listing.excel import LARGEST_TO_ORDER, TooMany, workbook
from tasks.listing.query import ListQuery
from tasks.listing.tabs import found_in
from tasks.models.lists import Export
from tasks.notifications.kinds import EXPORT, EXPORT_SOURCE
from tasks.wording.turns import Turns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT = timedelta(days=7)


@transaction.atomic
def order(user: User, *, tab: str, query: ListQuery, file_name: str) -> bool:
    """Orders the file of what ``query`` finds in ``tab``; False: his last one is not ready yet."""
    queue_key = f"export:{user.pk}"
    if OutboxJob.objects.open().filter(queue_key=queue_key).exists():
        return False
    export = Export.objects.create(
        user=user, tab=tab, query=query.encode().removeprefix("?"), file_name=file_name
    )
    queue.enqueue(kind=MakeExport.kind, subject=export.pk, queue_key=queue_key)
    return True


class MakeExport(JobKind):
    """Makes one file of the rows that its owner may see by now, and notifies them.

    Subject: the `Export`. The payload is empty.
    """

    kind = "make_export"
    title = "Выгрузка в Excel"
    system = ""
    caption_when_parked = None  # only administrators can do something about it

    def run(self, job: OutboxJob) -> None:
        export = Export.objects.select_related("user").filter(pk=job.subject).first()
        stored, words = _made(export) if export else (None, "")
        with transaction.atomic():
            if job.complete() and export:
                export.file = stored
                export.save(update_fields=["file"])
                source = EXPORT_SOURCE if stored else "no export:"
                notify([export.user], Event(EXPORT, words, f"{source}{export.pk}"))


def _made(export: Export) -> tuple[StoredFile | None, str]:
    """The stored file, None where there is too much for one; and what to say."""
    user, query = export.user, ListQuery.read(QueryDict(export.query))
    with timezone.override(user.zone):
        tasks = query.sorting.apply(found_in(user, export.tab, query))
        try:
            file = workbook(tasks, Turns.told_to(user), largest=LARGEST_TO_ORDER)
        except TooMany as error:
            return None, str(error)
    with file:
        sha256 = hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
        stored = store_file(file, sha256=sha256, content_type=XLSX)
    return stored, f"{export.file_name} можно скачать в течение {KEPT.days} дней"


def forget() -> None:
    """Removes the exports that have lain long enough; the clean-up then deletes their files."""
    Export.objects.filter(created_at__lt=clock.now() - KEPT).delete()
