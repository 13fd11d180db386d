"""Submitting to the electronic archive: the document first, the package when both have signed."""

import tempfile
from pathlib import Path, PurePath

from django.db import transaction

from archive import documents
from archive.files import storage
from archive.gateway import SYSTEMS, ArchiveMetadata, SubmissionKind, archive_for
from archive.models import DocumentVersion, Package, StoredFile
from archive.package import builder
from archive.package.builder import BuiltPackage
from archive.package.names import safe_name
from clients.models import ArchiveSystem
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from edo.seal import seal
from tasks.actions.saving import save_task
from tasks.lifecycle import history
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.pipeline import package_parts
from tasks.pipeline.step import (
    ALL_RELATIONS,
    DueTransition,
    NotifyingJobKind,
    Step,
    TaskJobKind,
    build_refused,
    load_task,
)
from tasks.pipeline.timestamping import enqueue_timestamp
from tasks.statuses import Resolution, Status

ZIP = "application/zip"


class _ArchiveJobKind(TaskJobKind):
    """A kind of job that calls the archive of the task's region."""

    system = "archive"

    def system_for(self, task: SigningTask) -> str:
        return SYSTEMS[ArchiveSystem(task.region.archive)]


class SubmitDocumentToArchive(_ArchiveJobKind, NotifyingJobKind):
    """Submits a version of the task's document to the region's archive once it is a PDF.

    Payload: ``version``, the primary key of the `DocumentVersion`.
    """

    kind = "submit_document_to_archive"
    title = "Передача документа в архив"
    caption_when_parked = "Документ не передан в электронный архив"

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject)
        version = DocumentVersion.objects.select_related("pdf").get(pk=job.payload["version"])
        is_replaced = task.document_version_id != version.pk
        has_failed = version.state == DocumentVersion.State.FAILED
        if is_replaced or task.is_finished or version.archive_code or has_failed:
            with transaction.atomic():
                job.complete()
            return
        if version.pdf is None:
            raise NotReadyYet("The document is being converted.")
        archive = archive_for(task.region.archive)
        with storage.open_file(version.pdf) as file:
            code = archive.submit(
                kind=SubmissionKind.DOCUMENT,
                file=file,
                # The archive gets the PDF, whatever was uploaded.
                metadata=_build_metadata(task, f"{PurePath(version.file_name).stem}.pdf"),
                key=job.key,
            )
        with transaction.atomic():
            fresh = lock_task(task.number)
            if job.complete():
                documents.record_archive_code(version.pk, system=task.region.archive, code=code)
                _record_archived_document(fresh, code)


class SubmitPackageToArchive(_ArchiveJobKind, Step):
    """Builds the signed package, stores it on the task and submits it to the region's archive.

    The package is built from stored data and sealed once: only the package that is stored on the
    task is submitted. A retry after a crash finds it there, or builds one that nobody else has
    seen. The archive, called with the same key, keeps one copy.
    """

    kind = "submit_package_to_archive"
    title = "Передача пакета в архив"
    continues_in = frozenset({Status.DOCUMENT_SIGNED})
    relations = ALL_RELATIONS
    failure_transition = "archive_failed"
    retry_transition = "retry_archive"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        package = task.package or self._build_package(task)
        if package.archive_code:
            return [DueTransition("archived", arguments={"package": package.pk})]
        with storage.open_file(package.file) as file:
            code = archive_for(task.region.archive).submit(
                kind=SubmissionKind.PACKAGE,
                file=file,
                metadata=_build_metadata(task, package.file_name),
                key=job.key,
            )
        return [
            DueTransition(
                "archived",
                arguments={"package": package.pk},
                before=lambda: _record_package(package, task.region.archive, code),
            )
        ]

    def _build_package(self, task: SigningTask) -> Package:
        """Builds and stores the package; a retry finds it on the task and does not build again."""
        with tempfile.TemporaryDirectory(prefix="package-") as folder:
            package = builder.build_package(
                parts=package_parts.collect_parts(task, Path(folder)),
                target=Path(folder, "package.zip"),
                seal=seal,
            )
            file = _store_file(package)
        with fenced_transaction():
            fresh = lock_task(task.number)
            if fresh.package is None:
                fresh.package = Package.objects.create(
                    file=file, file_name=_build_package_name(task), code=package.code
                )
                fresh.save(update_fields=["package"])
                enqueue_timestamp(fresh.package)
            return fresh.package

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        return build_refused("archive_failed", Resolution.ARCHIVE_REJECTED, refusal)


def _build_package_name(task: SigningTask) -> str:
    """«Договор 850770100110 ООО Ромашка (подписан).zip»: tells one package from another."""
    name = f"{task.document_kind.name} {task.document_number} {task.client.short_name}"
    return f"{safe_name(name.replace('.', ' '), default='Пакет')} (подписан).zip"


def _store_file(package: BuiltPackage) -> StoredFile:
    with package.path.open("rb") as file:
        return storage.store_file(file, sha256=package.sha256, content_type=ZIP)


def _record_package(package: Package, system: str, code: str) -> None:
    Package.objects.filter(pk=package.pk).update(
        archive_system=system, archive_code=code, archived_at=clock.now()
    )


def _build_metadata(task: SigningTask, file_name: str) -> ArchiveMetadata:
    version = task.document_version
    return ArchiveMetadata(
        reference=str(task.number),
        file_name=file_name,
        document_number=task.document_number,
        document_kind=task.document_kind.name,
        client_inn=task.client.inn,
        account_number=task.account_number,
        document_code=(version.archive_code or None) if version is not None else None,
    )


def _record_archived_document(task: SigningTask, code: str) -> None:
    history.record(task, kind=HistoryEntry.Kind.OUTSIDE, name="document_lodged", code=code)
    # An open card waits for the barcode and must notice the change.
    save_task(task)
