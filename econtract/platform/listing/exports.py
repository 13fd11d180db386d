"""Large xlsx files: ordered by a user, made by a worker, announced by a notification."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import IO, Any, cast

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from econtract.platform.common import clock
from econtract.platform.common.formatting import format_number, pluralize
from econtract.platform.listing.models import Export
from econtract.platform.listing.query import ListQuery
from econtract.platform.listing.registry import ListDefinition, list_definition
from econtract.platform.listing.xlsx import MAX_ROWS_IN_JOB, TooManyRows, write_workbook
from econtract.platform.notifications.delivery import Event, notify
from econtract.platform.notifications.registry import notification_kind
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind

EXPORT_KIND = "export"
# The source of a notification about a file that is ready; the key of the export follows.
EXPORT_SOURCE = "export:"
FAILED_SOURCE = "no export:"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RETENTION = timedelta(days=7)

# Stores a file of a known sha256 and content type; returns an `archive.StoredFile`.
StoreFile = Callable[..., Any]
_store_file: StoreFile | None = None


def register_file_store(store_file: StoreFile) -> None:
    """Says who stores the files. Called once, when the apps are ready."""
    global _store_file
    _store_file = store_file


@transaction.atomic
def order_export(
    user: Any, definition: ListDefinition, *, tab: str, query: ListQuery, file_name: str
) -> bool:
    """Orders the file of the rows of ``query``. False: the user's last one is not ready yet."""
    queue_key = f"export:{user.pk}"
    if OutboxJob.objects.open().filter(queue_key=queue_key).exists():
        return False
    export = Export.objects.create(
        user=user,
        list_code=definition.code,
        tab=tab,
        query=query.encode().removeprefix("?"),
        file_name=file_name,
    )
    queue.enqueue(kind=MakeExport.kind, subject=export.pk, queue_key=queue_key)
    return True


class MakeExport(JobKind):
    """Makes one file of the rows that its user may see by now, and notifies them.

    Subject: the `Export`. The payload is empty.
    """

    kind = "make_export"
    title = "Выгрузка в Excel"
    system = ""
    caption_when_parked = None  # only administrators can do something about it

    def run(self, job: OutboxJob) -> None:
        export = Export.objects.select_related("user").filter(pk=job.subject).first()
        file, text = _make_file(export) if export else (None, "")
        with transaction.atomic():
            if job.complete() and export:
                export.file = file
                export.save(update_fields=["file"])
                source = EXPORT_SOURCE if file else FAILED_SOURCE
                kind = notification_kind(EXPORT_KIND)
                notify([export.user], Event(kind, text, f"{source}{export.pk}"))


def _make_file(export: Export) -> tuple[Any, str]:
    """The stored file (None: too many rows for one), and the text of the notification."""
    definition, user = list_definition(export.list_code), export.user
    query = definition.query_class.parse(QueryDict(export.query))
    with timezone.override(user.zone):
        try:
            file = make_workbook(definition, user, export.tab, query, max_rows=MAX_ROWS_IN_JOB)
        except TooManyRows as error:
            return None, _too_many_rows(definition, error.limit)
    if _store_file is None:
        raise RuntimeError("No app has registered a file store.")
    with file:
        sha256 = hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
        stored_file = _store_file(file, sha256=sha256, content_type=XLSX)
    return stored_file, f"{export.file_name} можно скачать в течение {RETENTION.days} дней"


def make_workbook(
    definition: ListDefinition, user: Any, tab: str, query: ListQuery, *, max_rows: int
) -> IO[bytes]:
    """The rows of ``query`` in its order, as `write_workbook`. Raises TooManyRows."""
    rows = query.sort_order.apply(definition.find_rows(user, tab, query))
    return write_workbook(
        rows,
        definition.file_columns,
        definition.cell_context(user),
        sheet_title=definition.sheet_title,
        max_rows=max_rows,
    )


def _too_many_rows(definition: ListDefinition, limit: int) -> str:
    noun = pluralize(limit, *definition.nouns)
    return (
        f"В одну выгрузку входит до {format_number(limit)} {noun}. Уточните фильтр, например "
        "период, и выгрузите по частям."
    )


def delete_old_exports() -> None:
    """Deletes exports older than `RETENTION`; the sweeper then deletes their files."""
    Export.objects.filter(created_at__lt=clock.now() - RETENTION).delete()
