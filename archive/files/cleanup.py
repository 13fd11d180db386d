"""Deleting files and documents that nothing refers to, and checking the remaining files."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from archive.files import storage
from archive.files.previews import PREVIEWS_FOLDER, preview_folder
from archive.models import Document, DocumentPart, DocumentVersion, StoredFile
from econtract.platform.common import clock

log = logging.getLogger(__name__)

# Nothing refers to an upload until its form is submitted, which may be on the next day.
MIN_AGE = timedelta(days=1)
BATCH_SIZE = 500
SAMPLE_SIZE = 200


def delete_unreferenced() -> tuple[int, int]:
    """Deletes documents and files that are older than a day and that no row refers to.

    Returns how many documents and how many files it has deleted. The foreign keys are taken from
    the models, so that a new one in any app protects what it refers to.
    """
    before = clock.now() - MIN_AGE
    return _delete_documents(before), _delete_files(before) + _delete_files_without_row(before)


def find_damaged_files() -> list[StoredFile]:
    """Checks a random sample of the stored files; logs and returns the damaged ones."""
    sample = StoredFile.objects.order_by("?")[:SAMPLE_SIZE]
    damaged = [stored for stored in sample if not storage.is_intact(stored)]
    for stored in damaged:
        log.error("stored file damaged sha256=%s", stored.sha256)
    return damaged


def _references(model: type[models.Model], *, exclude: type[models.Model]) -> Iterator[Exists]:
    """A condition for every foreign key to ``model``, except those of the model ``exclude``.

    The list of its parts belongs to a joined version and does not protect it.
    """
    own_parts = DocumentPart._meta.get_field("joined")
    for field in model._meta.get_fields(include_hidden=True):
        if not isinstance(field, models.ForeignObjectRel) or field.field is own_parts:
            continue
        if field.related_model is not exclude:
            manager = field.related_model._base_manager
            yield Exists(manager.filter(**{field.field.name: OuterRef("pk")}))


def _delete_documents(before: datetime) -> int:
    documents = Document.objects.exclude(versions__created_at__gte=before)
    documents = documents.filter(created_at__lt=before)
    for reference in _references(Document, exclude=DocumentVersion):
        documents = documents.exclude(reference)
    for reference in _references(DocumentVersion, exclude=DocumentVersion):
        documents = documents.exclude(
            Exists(DocumentVersion.objects.filter(reference, document=OuterRef("pk")))
        )
    ids = list(documents.values_list("pk", flat=True)[:BATCH_SIZE])
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
        return False  # a row that refers to it was written meanwhile
    return True


def _delete_files(before: datetime) -> int:
    files = StoredFile.objects.filter(stored_at__lt=before)
    for reference in _references(StoredFile, exclude=StoredFile):
        files = files.exclude(reference)
    ids = list(files.values_list("pk", flat=True)[:BATCH_SIZE])
    return sum(_delete_file(pk, before) for pk in ids)


@transaction.atomic
def _delete_file(pk: int, before: datetime) -> bool:
    """Deletes the bytes while the row is locked. An upload of the same bytes waits for the lock,
    then finds the bytes missing and writes them again (see `storage.store_file`)."""
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


def _delete_files_without_row(before: datetime) -> int:
    """Deletes files whose transaction was rolled back, so that they have no row."""
    deleted = 0
    for path in _stored_paths():
        sha256 = path.rpartition("/")[2]
        if default_storage.get_modified_time(path) >= before:
            continue
        if not StoredFile.objects.filter(sha256=sha256).exists():
            deleted += _delete_file_without_row(path, sha256)
    return deleted


@transaction.atomic
def _delete_file_without_row(path: str, sha256: str) -> bool:
    # The row locks the hash, so that an upload of the same bytes waits.
    row, created = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": 0, "content_type": ""}
    )
    if created:
        default_storage.delete(path)
        row.delete()
    return created


def _stored_paths() -> Iterator[str]:
    for first in _list_folders(""):
        if first == PREVIEWS_FOLDER:
            continue
        for second in _list_folders(first):
            folder = f"{first}/{second}"
            for name in default_storage.listdir(folder)[1]:
                yield f"{folder}/{name}"


def _list_folders(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:  # nothing is stored yet
        return []
