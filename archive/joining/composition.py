"""Putting a document together from several files: order, replacing, removing."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from archive import documents
from archive.intake import refusals
from archive.intake.names import clean_name
from archive.intake.refusals import IntakeRefused
from archive.joining import progress
from archive.models import Document, DocumentPart, DocumentVersion
from econtract.platform.common.refusals import Refusal

MAX_PARTS = 20


def list_parts(version: DocumentVersion | None) -> list[DocumentVersion]:
    """The files of a version in their order: its parts, or the version itself if it is one file."""
    if version is None:
        return []
    if not version.is_joined:
        return [version]
    parts = version.parts.select_related("version__source", "version__pdf")
    return [part.version for part in parts]


@transaction.atomic(savepoint=False)
def join_versions(
    parts: Sequence[DocumentVersion],
    *,
    user: Any,
    has_contents_page: bool = False,
    document: Document | None = None,
) -> DocumentVersion:
    """The next version of ``document``, or of a new one, made of ``parts`` in this order.

    It is named after the first part. Its PDF is made by a job as soon as all parts have theirs.
    Raises IntakeRefused for more than MAX_PARTS.
    """
    if len(parts) > MAX_PARTS:
        raise IntakeRefused(refusals.TOO_MANY_FILES)
    keys = [part.pk for part in parts]
    # Locked, so that a part which becomes ready meanwhile finds the version that waits for it.
    locked = DocumentVersion.objects.select_for_update().order_by("pk").in_bulk(keys)
    for part in locked.values():
        if part.problem == progress.ABANDONED:
            documents.retry_conversion(version=part)
    joined = DocumentVersion(
        file_name=f"{locked[keys[0]].file_stem}.pdf",
        converter=DocumentVersion.Converter.JOINED,
        has_contents_page=has_contents_page,
        uploaded_by=user,
    )
    documents.number_version(joined, document)
    joined.save(force_insert=True)
    DocumentPart.objects.bulk_create(
        DocumentPart(joined=joined, position=position, version=locked[key])
        for position, key in enumerate(keys, start=1)
    )
    progress.settle(joined)
    return joined


@transaction.atomic(savepoint=False)
def rearrange(
    current: DocumentVersion | None,
    parts: Sequence[DocumentVersion],
    *,
    user: Any,
    has_contents_page: bool | None = None,
) -> DocumentVersion | None:
    """What takes the place of ``current``, which was not sent yet, when ``parts`` are its files.

    None without files, the file itself if it is the only one, else a new joined version.
    ``has_contents_page`` is as it was unless given. Files that are left out are abandoned.
    """
    had_contents_page = current is not None and current.has_contents_page
    if has_contents_page is None:
        has_contents_page = had_contents_page
    before = list_parts(current)
    is_same = [part.pk for part in before] == [part.pk for part in parts]
    if is_same and has_contents_page == had_contents_page:
        return current
    new: DocumentVersion | None
    if len(parts) > 1:
        new = join_versions(parts, user=user, has_contents_page=has_contents_page)
    else:
        new = parts[0] if parts else None
    kept = {part.pk for part in parts}
    for part in before:
        if part.pk not in kept:
            documents.abandon(part)
    if current is not None and current.is_joined:
        progress.abandon(current)
    return new


def store_uploads(
    uploads: Sequence[Any], *, user: Any
) -> tuple[list[documents.StoredUpload], list[Refusal]]:
    """`documents.store_upload` of each file, and why the others are refused.

    A refusal names its file if there are several. Call it in no transaction.
    """
    accepted: list[documents.StoredUpload] = []
    refused: list[Refusal] = []
    for upload in uploads:
        try:
            accepted.append(documents.store_upload(upload, user=user))
        except IntakeRefused as error:
            refused.append(_name_file(error.refusal, upload, is_named=len(uploads) > 1))
    return accepted, refused


def _name_file(refusal: Refusal, upload: Any, *, is_named: bool) -> Refusal:
    if not is_named:
        return refusal
    name = clean_name(upload.name or "") or "Без имени"
    return Refusal(refusal.code, f"«{name}»: {refusal.text}", refusal.fix)


def add_files(
    current: DocumentVersion | None, files: Sequence[documents.StoredUpload], *, user: Any
) -> DocumentVersion | None:
    """`rearrange`, with ``files`` after those of ``current``.

    A file whose bytes the document has already is left out: the same upload may come twice.
    """
    parts = list_parts(current)
    known = {part.uploaded_file.sha256 for part in parts}
    for file in files:
        if file.inspected.sha256 not in known:
            known.add(file.inspected.sha256)
            parts.append(documents.add_version(file, user=user))
    return rearrange(current, parts, user=user)


@transaction.atomic(savepoint=False)
def add_document(
    files: Sequence[documents.StoredUpload], *, user: Any, document: Document | None
) -> DocumentVersion:
    """``files`` as the next version of ``document``, or of a new one; several are joined."""
    unique = {file.inspected.sha256: file for file in files}
    if len(unique) == 1:
        return documents.add_version(files[0], user=user, document=document)
    parts = [documents.add_version(file, user=user) for file in unique.values()]
    return join_versions(parts, user=user, document=document)
