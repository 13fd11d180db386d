"""Changing the files that the task's document consists of: every change is a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from archive import documents
from archive.documents import StoredUpload
from archive.joining import composition
from archive.models import DocumentVersion
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.conflicts import Overtaken
from tasks.actions.document import attach_version, document_refusals, remove_document, store_all
from tasks.lifecycle import withdrawal
from tasks.lifecycle.perform import lock_task
from tasks.models import SigningTask

AT_OPERATOR = Refusal(
    "document_at_operator",
    "Документ уже у оператора ЭДО.",
    "Открепите его: система отзовет документ, затем соберите новый из его файлов.",
)
ONE_FILE_LEFT = Refusal(
    "one_file_left",
    "В документе остался один файл.",
    "Открепите документ и вложите этот файл.",
)


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The files that the document shall consist of.

    ``kept`` are keys of its present files, in the wanted order; ``replacements`` are uploads that
    take the places of some of them, ``added`` follow after the others.
    """

    kept: Sequence[int]
    replacements: Mapping[int, Any] = field(default_factory=dict)
    added: Sequence[Any] = ()
    has_contents_page: bool = False


def find_base(task: SigningTask) -> DocumentVersion | None:
    """The version whose files can be arranged: the document, or the one that was removed last."""
    if task.document_version is not None or task.document is None:
        return task.document_version
    return task.document.versions.select_related("source").first()


def arrangement_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the files cannot be changed now."""
    if reasons := document_refusals(task, user):
        return reasons
    return [AT_OPERATOR] if task.document_version and withdrawal.is_needed(task) else []


def arrange_document(
    *, task: SigningTask, arrangement: Arrangement, actor: User, based_on: int | None
) -> DocumentVersion:
    """Makes the next version of the document from ``arrangement``; the same files change nothing.

    ``based_on`` is the version whose files the page shows. Raises Overtaken when it is another one
    by now, ActionRefused, and IntakeRefused when an upload is not accepted; then nothing changes.
    """
    if reasons := arrangement_refusals(task, actor):
        raise ActionRefused(*reasons)
    keys = [key for key in arrangement.kept if key in arrangement.replacements]
    replacements = store_all([arrangement.replacements[key] for key in keys], actor)
    added = store_all(arrangement.added, actor)
    with transaction.atomic():
        fresh = lock_task(task.number)
        if reasons := arrangement_refusals(fresh, actor):
            raise ActionRefused(*reasons)
        base = find_base(fresh)
        if base is None or base.pk != based_on:
            raise Overtaken(fresh, "Документ изменен", "document_attached", "document_removed")
        files = {file.pk: file for file in composition.list_parts(base)}
        parts = [files[key] for key in arrangement.kept if key in files]
        is_same = parts == list(files.values()) and not replacements and not added
        is_same = is_same and arrangement.has_contents_page == base.has_contents_page
        if is_same and fresh.document_version is not None:
            return base
        if fresh.document_version is not None:
            fresh = remove_document(task=fresh, actor=actor)
        uploads = dict(zip(keys, replacements, strict=True))
        parts = [_replace(part, uploads.get(part.pk), actor) for part in parts]
        parts += [documents.add_version(file, user=actor) for file in added]
        if len(parts) < 2:
            raise ActionRefused(ONE_FILE_LEFT)
        version = composition.join_versions(
            parts,
            user=actor,
            has_contents_page=arrangement.has_contents_page,
            document=fresh.document,
        )
        attach_version(fresh, version, actor)
    return version


def _replace(part: DocumentVersion, upload: StoredUpload | None, actor: User) -> DocumentVersion:
    if upload is None:
        return part
    return documents.add_version(upload, user=actor, document=part.document)
