"""Clearing away files that nothing refers to any more, and looking after those that stay."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from archive.files import storage
from archive.files.previews import FOLDER, preview_folder
from archive.models import Document, DocumentVersion, StoredFile
from econtract.platform.common import clock

log = logging.getLogger(__name__)

# An upload belongs to nothing until its form is sent off, which may be tomorrow.
KEEP = timedelta(days=1)
BATCH = 500
SAMPLE = 200


def delete_unreferenced() -> tuple[int, int]:
    """Removes documents and files that no row refers to and that have lain for a day.

    Returns how many documents and how many files. What refers to them is asked of the models,
    so a new reference from any app protects at once.
    """
    before = clock.now() - KEEP
    return _sweep_documents(before), _sweep_files(before) + _sweep_rowless(before)


def find_damaged() -> list[StoredFile]:
    """Reads a random sample of the stored files again; those that no longer fit are reported."""
    damaged = [
        stored
        for stored in StoredFile.objects.order_by("?")[:SAMPLE]
        if not storage.is_intact(stored)
    ]
    for stored in damaged:
        log.error("stored file damaged sha256=%s", stored.sha256)
    return damaged


def _references(model: type[models.Model], *, but: type[models.Model]) -> Iterator[Exists]:
    """A condition for every foreign key that points at ``model``, except from ``but``."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ForeignObjectRel) and field.related_model is not but:
            pointing = field.related_model._base_manager.filter(
                **{field.field.name: OuterRef("pk")}
            )
            yield Exists(pointing)


def _sweep_documents(before: datetime) -> int:
    free = Document.objects.exclude(versions__created_at__gte=before)
    free = free.filter(created_at__lt=before)
    for reference in _references(Document, but=DocumentVersion):
        free = free.exclude(reference)
    for reference in _references(DocumentVersion, but=DocumentVersion):
        free = free.exclude(
            Exists(DocumentVersion.objects.filter(reference, document=OuterRef("pk")))
        )
    ids = list(free.values_list("pk", flat=True)[:BATCH])
    return sum(_delete_document(pk) for pk in ids)


@transaction.atomic
def _delete_document(pk: int) -> bool:
    document = Document.objects.select_for_update().filter(pk=pk).first()
    if document is None:
        return False
    try:
        with transaction.atomic():
            document.delete()
    except models.ProtectedError:
        return False  # somebody has come to refer to it meanwhile
    return True


def _sweep_files(before: datetime) -> int:
    free = StoredFile.objects.filter(stored_at__lt=before)
    for reference in _references(StoredFile, but=StoredFile):
        free = free.exclude(reference)
    ids = list(free.values_list("pk", flat=True)[:BATCH])
    return sum(_delete_file(pk, before) for pk in ids)


@transaction.atomic
def _delete_file(pk: int, before: datetime) -> bool:
    """The bytes go while the row is locked: the same file arriving now waits, then finds them
    gone and writes them again (see `archive.files.storage.store_file`)."""
    stored = StoredFile.objects.select_for_update().filter(pk=pk, stored_at__lt=before).first()
    if stored is None:
        return False
    try:
        with transaction.atomic():
            stored.delete()
    except models.ProtectedError:
        return False
    _delete_bytes(stored)
    return True


def _delete_bytes(stored: StoredFile) -> None:
    previews = preview_folder(stored)
    for name in storage.list_files(previews):
        default_storage.delete(f"{previews}/{name}")
    default_storage.delete(previews)
    default_storage.delete(stored.path)


def _sweep_rowless(before: datetime) -> int:
    """Files whose row was never committed: the transaction that stored them was rolled back."""
    swept = 0
    for path in _stored_paths():
        sha256 = path.rpartition("/")[2]
        if default_storage.get_modified_time(path) >= before:
            continue
        if not StoredFile.objects.filter(sha256=sha256).exists():
            swept += _delete_rowless(path, sha256)
    return swept


@transaction.atomic
def _delete_rowless(path: str, sha256: str) -> bool:
    # The row holds the hash against the same upload arriving at this moment.
    row, created = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": 0, "content_type": ""}
    )
    if created:
        default_storage.delete(path)
        row.delete()
    return created


def _stored_paths() -> Iterator[str]:
    for first in _folders(""):
        if first == FOLDER:
            continue
        for second in _folders(first):
            folder = f"{first}/{second}"
            for name in default_storage.listdir(folder)[1]:
                yield f"{folder}/{name}"


def _folders(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:  # nothing has been stored yet
        return []
