"""Removing and replacing the task's document.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from archive import documents
from archive.documents import StoredUpload
from archive.intake.refusals import IntakeRefused
from archive.joining import composition
from archive.models import DocumentVersion
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from econtract.platform.outbox.models import OutboxJob
from tasks.actions.conflicts import Overtaken
from tasks.actions.saving import save_task
from tasks.lifecycle import effects, guards, history, withdrawal
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


def document_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the document cannot be replaced now (docs/rules.md#replacing-a-document)."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Документ меняет менеджер задания."
        return [Refusal("document_only_manager", text, TAKE_OVER)]
    if not task.status_row.document_replaceable:
        text = f"В статусе «{Status(task.status).label}» документ заменить нельзя."
        return [Refusal("document_locked_by_status", text)]
    if task.withdrawal:
        return [guards.REVOCATION_PENDING]
    return []


@transaction.atomic
def remove_document(*, task: SigningTask, actor: User, based_on: int | None = None) -> SigningTask:
    """The trash icon. A document that the client can still sign stays on the task until the
    operator has revoked it: if the client is faster, it is the contract.

    Raises Overtaken when the version is no longer ``based_on`` (its key; None: whatever it is).
    """
    fresh = _lock_for_change(task, actor)
    version = fresh.document_version
    if version is None:
        raise Overtaken(fresh, "Документ уже откреплен", "document_removed")
    if based_on is not None and version.pk != based_on:
        raise Overtaken(fresh, "Документ заменен", "document_attached")
    arguments: dict[str, Any] = {"resolution": Resolution.WITHDRAWN}
    if withdrawal.is_needed(fresh):
        withdrawal.request(
            fresh, then="signing_failed", actor=actor, arguments=arguments, removes_document=True
        )
        return fresh
    detach_document(fresh, actor)
    if "signing_failed" in guards.transitions_from(fresh):
        return perform(fresh.number, "signing_failed", actor=actor, **arguments)
    return fresh


def detach_document(task: SigningTask, actor: User) -> None:
    """Removes the document from the locked ``task``; does nothing when it has none."""
    version = task.document_version
    if version is None:
        return
    documents.abandon(version)
    task.document_version = None
    save_task(task, "document_version")
    history.record(
        task,
        kind=HistoryEntry.Kind.DOCUMENT,
        name="document_removed",
        actor=actor,
        acted_as=Actor.MANAGER,
        file_name=version.file_name,
        version=version.number,
    )


def attach_document(*, task: SigningTask, uploads: Sequence[Any], actor: User) -> DocumentVersion:
    """Uploads a new version of the document that was removed; several files are joined.

    Raises archive.intake.refusals.IntakeRefused when a file is not accepted; then none is attached.
    The files are inspected before the task is locked, so that large ones do not block the task.
    """
    _require_no_document(task, actor)
    files = store_all(uploads, actor)
    with transaction.atomic():
        fresh = lock_task(task.number)
        _require_no_document(fresh, actor)
        version = composition.add_document(files, user=actor, document=fresh.document)
        attach_version(fresh, version, actor)
    return version


def store_all(uploads: Sequence[Any], user: User) -> list[StoredUpload]:
    """Stores ``uploads``. Raises IntakeRefused, with all reasons, when any is not accepted."""
    accepted, refused = composition.store_uploads(uploads, user=user)
    if refused:
        raise IntakeRefused(Refusal(refused[0].code, ". ".join(map(str, refused))))
    return accepted


def attach_version(task: SigningTask, version: DocumentVersion, actor: User) -> None:
    """Makes ``version`` the document of the locked ``task``, which has none."""
    task.document = version.document
    task.document_version = version
    save_task(task, "document", "document_version")
    record_attachment(task, version, actor)
    effects.submit_document_to_archive(task)


def record_attachment(task: SigningTask, version: DocumentVersion, actor: User) -> None:
    """Keeps in the history which file ``actor`` has put on the task."""
    history.record(
        task,
        kind=HistoryEntry.Kind.DOCUMENT,
        name="document_attached",
        actor=actor,
        acted_as=Actor.MANAGER,
        file_name=version.file_name,
        version=version.number,
        **_describe_content(version),
    )


def _describe_content(version: DocumentVersion) -> dict[str, Any]:
    """Which bytes were put on the task: the hash of the file, or of each file."""
    if version.source is not None:
        return {"sha256": version.source.sha256}
    files = composition.list_parts(version)
    return {
        "files": [file.file_name for file in files],
        "sha256": [file.uploaded_file.sha256 for file in files],
    }


@transaction.atomic
def confirm_review(*, task: SigningTask, version_id: int, actor: User) -> SigningTask:
    """«Страницы просмотрены»: the manager has seen what the client will sign.

    A task that was waiting for it goes on. Raises Overtaken when it has another document by now.
    """
    fresh = lock_task(task.number)
    if Actor.MANAGER not in guards.actors_of(actor, fresh):
        text = "Документ подтверждает менеджер задания."
        raise ActionRefused(Refusal("review_only_manager", text, TAKE_OVER))
    version = fresh.document_version
    if version is None or version.pk != version_id:
        raise Overtaken(fresh, "Документ заменен", "document_attached", "document_removed")
    if documents.record_review(version.pk, user=actor):
        version.refresh_from_db(fields=["reviewed_by", "reviewed_at"])
        record_review(fresh, version, actor)
        save_task(fresh)
    is_awaited = fresh.resolution == Resolution.REVIEW_NEEDED
    if is_awaited and not guards.refusals(fresh, "send_document", frozenset({Actor.MANAGER})):
        return perform(fresh.number, "send_document", actor=actor)
    return fresh


def record_review(task: SigningTask, version: DocumentVersion, actor: User) -> None:
    """Keeps in the history that ``actor`` has looked at the pages of ``version``, and why."""
    history.record(
        task,
        kind=HistoryEntry.Kind.DOCUMENT,
        name="document_reviewed",
        actor=actor,
        acted_as=Actor.MANAGER,
        file_name=version.file_name,
        version=version.number,
        findings=[finding["code"] for finding in version.findings],
    )


@transaction.atomic
def retry_conversion(*, task: SigningTask, actor: User) -> None:
    """«Преобразовать снова»: converts the document again, then submits it to the archive."""
    fresh = _lock_for_change(task, actor)
    if fresh.document_version is None:
        raise ActionRefused(
            Refusal("document_removed", "Документ откреплен.", "Вложите его снова.")
        )
    documents.retry_conversion(version=fresh.document_version)
    effects.submit_document_to_archive(fresh)


def find_parked_submission(task: SigningTask) -> OutboxJob | None:
    """The job that could not put the task's document into the archive, and is not tried again."""
    version = task.document_version
    if version is None or not version.is_ready or version.archive_code:
        return None
    jobs = OutboxJob.objects.parked().filter(
        subject=task.number, kind=effects.SUBMIT_DOCUMENT, payload__version=version.pk
    )
    return jobs.order_by("-pk").first()


@transaction.atomic
def resubmit_document(*, task: SigningTask, actor: User) -> None:
    """«Передать в архив снова»: repeats the submission that the archive refused or never got."""
    fresh = _lock_for_change(task, actor)
    job = find_parked_submission(fresh)
    if job is None:
        text = "Документ уже передан в архив или передается."
        raise ActionRefused(Refusal("submission_not_parked", text))
    job.reopen()


def _require_no_document(task: SigningTask, actor: User) -> None:
    if reasons := document_refusals(task, actor):
        raise ActionRefused(*reasons)
    if task.document_version is not None:
        raise Overtaken(task, "Документ уже вложен", "document_attached")


def _lock_for_change(task: SigningTask, actor: User) -> SigningTask:
    fresh = lock_task(task.number)
    if reasons := document_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    return fresh
