"""The files of a draft's document: order, replacing, removing, the page of contents.

Every function is one transaction and does nothing when the draft no longer has the file: a click
that comes twice changes the document once.
"""

from collections.abc import Sequence

from django.db import transaction

from archive import documents
from archive.documents import StoredUpload
from archive.joining.composition import list_parts, rearrange
from archive.models import DocumentVersion
from tasks.actions.drafts import update_draft
from tasks.models import Draft


@transaction.atomic
def move_file(*, draft: Draft, version_id: int, position: int) -> None:
    """Puts a file at ``position`` (from 1; beyond the ends: first or last)."""
    files = _lock_files(draft)
    if (file := _find(files, version_id)) is not None:
        files.remove(file)
        files.insert(max(position, 1) - 1, file)
        _save(draft, files)


@transaction.atomic
def remove_file(*, draft: Draft, version_id: int) -> None:
    """«Убрать»: the other files stay."""
    files = _lock_files(draft)
    _save(draft, [file for file in files if file.pk != version_id])


@transaction.atomic
def replace_file(*, draft: Draft, version_id: int, upload: StoredUpload) -> None:
    """«Заменить файл»: the upload takes the place of one file."""
    files = _lock_files(draft)
    if (file := _find(files, version_id)) is not None:
        new = documents.add_version(upload, user=draft.user, document=file.document)
        files[files.index(file)] = new
        _save(draft, files)


@transaction.atomic
def show_contents_page(*, draft: Draft, is_shown: bool) -> None:
    """«Добавить оглавление» and «Убрать оглавление»."""
    _save(draft, _lock_files(draft), has_contents_page=is_shown)


def _lock_files(draft: Draft) -> list[DocumentVersion]:
    """The draft's files; another page of the user has to wait until this transaction ends."""
    row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    draft.document_version = row.document_version if row else None
    return list_parts(draft.document_version)


def _find(files: Sequence[DocumentVersion], pk: int) -> DocumentVersion | None:
    return next((file for file in files if file.pk == pk), None)


def _save(
    draft: Draft, files: Sequence[DocumentVersion], *, has_contents_page: bool | None = None
) -> None:
    current = draft.document_version
    version = rearrange(current, files, user=draft.user, has_contents_page=has_contents_page)
    if version != current:
        update_draft(draft, document_version=version)
