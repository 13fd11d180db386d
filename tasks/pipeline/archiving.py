"""The electronic archive: the document when the task is made, the package when all have signed."""

import tempfile
from pathlib import Path

from django.db import transaction

from archive import documents
from archive.files import storage
from archive.gateway import ArchiveMetadata, SubmissionKind, archive_for
from archive.models import DocumentVersion, Package, StoredFile
from archive.package import builder
from archive.package.builder import BuiltPackage
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import history
from tasks.lifecycle.perform import locked
from tasks.models import HistoryEntry, SigningTask
from tasks.pipeline import package_parts
from tasks.pipeline.step import WHOLE, Outcome, Step, TellingHandler, failure, load
from tasks.statuses import Resolution, Status

ZIP = "application/zip"


class LodgeDocument(TellingHandler):
    """Lodges the task's document version in the region's archive, once it is a PDF."""

    def run(self, job: OutboxJob) -> None:
        task = load(job.subject)
        version = DocumentVersion.objects.select_related("pdf").get(pk=job.payload["version"])
        replaced = task.document_version_id != version.pk
        failed = version.state == DocumentVersion.State.FAILED
        if replaced or task.is_finished or version.archive_code or failed:
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
                metadata=_metadata(task, version.file_name),
                key=job.key,
            )
        with transaction.atomic():
            fresh = locked(task.number)
            if job.complete():
                documents.record_archive_code(version.pk, system=task.region.archive, code=code)
                _note(fresh, "document_lodged", code)


class LodgePackage(Step):
    """Builds the package, stores it on the task and lodges it in the archive.

    The package is made of stored facts alone, so that a repeat after a crash gives the same
    bytes, and the archive, asked with the same key, keeps one.
    """

    serves = frozenset({Status.DOCUMENT_SIGNED})
    looks_at = WHOLE
    again = "retry_archive"

    def run(self, task: SigningTask, job: OutboxJob) -> list[Outcome]:
        package = task.package or self._build(task)
        if package.archive_code:
            return [Outcome("archived", facts={"package": package.pk})]
        with storage.open_file(package.file) as file:
            code = archive_for(task.region.archive).submit(
                kind=SubmissionKind.PACKAGE,
                file=file,
                metadata=_metadata(task, package.file_name),
                key=job.key,
            )
        return [
            Outcome(
                "archived",
                facts={"package": package.pk},
                also=lambda: _record_package(package, task.region.archive, code),
            )
        ]

    def _build(self, task: SigningTask) -> Package:
        """The stored package; kept on the task at once, so that a retry need not build it."""
        with tempfile.TemporaryDirectory(prefix="package-") as folder:
            built = builder.build_package(
                parts=package_parts.parts_of(task, Path(folder)), target=Path(folder, "package.zip")
            )
            stored = _store(built)
        with transaction.atomic():
            fresh = locked(task.number)
            if fresh.package is None:
                fresh.package = Package.objects.create(
                    file=stored, file_name=built.file_name, code=built.code
                )
                fresh.save(update_fields=["package"])
            return fresh.package

    def refused(self, task: SigningTask, refusal: Refused) -> Outcome:
        return failure("archive_failed", Resolution.ARCHIVE_REJECTED, refusal.message)

    def spent(self, task: SigningTask, error: Exception) -> Outcome:
        return failure("archive_failed", Resolution.SERVICE_UNAVAILABLE)


def _store(built: BuiltPackage) -> StoredFile:
    with built.path.open("rb") as file:
        return storage.store_file(file, sha256=built.sha256, content_type=ZIP)


def _record_package(package: Package, system: str, code: str) -> None:
    Package.objects.filter(pk=package.pk).update(
        archive_system=system, archive_code=code, archived_at=clock.now()
    )


def _metadata(task: SigningTask, file_name: str) -> ArchiveMetadata:
    version = task.document_version
    lodged = version.archive_code if version is not None else ""
    return ArchiveMetadata(
        reference=str(task.number),
        file_name=file_name,
        document_number=task.document_number,
        document_kind=task.get_document_kind_display(),
        client_inn=task.client.inn,
        account_number=task.account_number,
        document_code=lodged or None,
    )


def _note(task: SigningTask, name: str, code: str) -> None:
    history.record(task, kind=HistoryEntry.Kind.OUTSIDE, name=name, code=code)
    # A page that waits for the barcode sees the task as changed.
    task.revision += 1
    task.updated_at = clock.now()
    task.save(update_fields=["revision", "updated_at"])
