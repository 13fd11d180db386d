"""Documents and their versions: upload, virus scan, conversion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from archive import document_jobs
from archive.conversion.results import ConversionResult
from archive.files import storage
from archive.findings import Finding
from archive.intake import antivirus, refusals
from archive.intake.formats import FileFormat, InspectedFile
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused
from archive.joining import progress
from archive.joining.join import JoinedPdf
from archive.models import Document, DocumentVersion, StoredFile, TemplateVersion
from archive.signals import version_settled
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable

State = DocumentVersion.State


@dataclass(frozen=True)
class StoredUpload:
    """An accepted file: its bytes are in the storage, but no database row names them yet.

    ``template_version`` is what it was filled from, if we have made it. ``warnings`` are what
    somebody must check besides the findings of the inspection.
    """

    file: IO[bytes]
    inspected: InspectedFile
    scan: StoredFile.Scan
    template_version: TemplateVersion | None = None
    warnings: Sequence[Finding] = ()


def upload_version(*, upload: Any, user: Any, document: Document | None = None) -> DocumentVersion:
    """`store_upload` and `add_version` in one call, for callers that hold no lock."""
    return add_version(store_upload(upload, user=user), user=user, document=document)


def store_upload(upload: Any, *, user: Any, is_limited: bool = True) -> StoredUpload:
    """The slow half: inspects an uploaded file and stores its bytes. Call it in no transaction.

    Raises IntakeRefused, also when too many files of ``user`` are waiting for their conversion;
    then nothing is stored. Callers that bound the number themselves are not ``is_limited``.
    """
    if is_limited:
        _require_room(user)
    inspected = inspect_file(upload, name=upload.name or "")
    scan = _scan(upload)
    storage.write_content(upload.file, sha256=inspected.sha256)
    return StoredUpload(upload.file, inspected, scan)


def add_generated_version(
    *,
    content: bytes,
    file_name: str,
    user: Any,
    document: Document | None = None,
    template_version: TemplateVersion | None = None,
    warnings: Sequence[Finding] = (),
) -> DocumentVersion:
    """`store_generated` and `add_version` in one call, for callers that hold no lock."""
    stored = store_generated(
        content=content,
        file_name=file_name,
        user=user,
        template_version=template_version,
        warnings=warnings,
    )
    return add_version(stored, user=user, document=document)


def store_generated(
    *,
    content: bytes,
    file_name: str,
    user: Any,
    template_version: TemplateVersion | None = None,
    warnings: Sequence[Finding] = (),
    is_limited: bool = True,
) -> StoredUpload:
    """`store_upload` for a file that we have made, such as a filled template.

    It goes the same way as an upload: inspection, virus scan, then conversion. Raises
    IntakeRefused.
    """
    upload = ContentFile(content, name=file_name)
    stored = store_upload(upload, user=user, is_limited=is_limited)
    return replace(stored, template_version=template_version, warnings=warnings)


@transaction.atomic(savepoint=False)
def add_version(
    stored: StoredUpload, *, user: Any, document: Document | None = None, queue_key: str = ""
) -> DocumentVersion:
    """The fast half: the upload becomes the next version of ``document``, or of a new document.

    A PDF is ready at once, byte for byte. An office file is converted by a worker. A file waits
    for its virus scan if the configured scanner was unavailable. Conversions with the same
    ``queue_key`` run one after another, by default those of one person.
    """
    source = storage.store_file(
        stored.file,
        sha256=stored.inspected.sha256,
        content_type=stored.inspected.content_type,
        scan=stored.scan,
    )
    version = _build_next_version(document, stored, source, user)
    job_kind = _pick_next_job(version)
    version.save(force_insert=True)
    if job_kind:
        document_jobs.enqueue(version, job_kind, queue_key)
    return version


def _scan(upload: Any) -> StoredFile.Scan:
    if antivirus.is_configured():
        try:
            antivirus.scan(upload.file)
        except Unavailable:
            return StoredFile.Scan.WAITING
    return StoredFile.Scan.CLEAN


def _build_next_version(
    document: Document | None, stored: StoredUpload, source: StoredFile, user: Any
) -> DocumentVersion:
    version = DocumentVersion(
        file_name=stored.inspected.file_name,
        source=source,
        template_version=stored.template_version,
        pages=stored.inspected.pages,
        findings=[finding.to_json() for finding in (*stored.inspected.findings, *stored.warnings)],
        uploaded_by=user,
    )
    number_version(version, document)
    return version


def number_version(version: DocumentVersion, document: Document | None) -> None:
    """Makes the unsaved ``version`` the next one of ``document``, or the first of a new one."""
    if document is None:
        version.document, version.number = Document.objects.create(), 1
        return
    Document.objects.select_for_update().get(pk=document.pk)
    newest = document.versions.order_by("-number").first()
    version.document, version.number = document, newest.number + 1 if newest else 1


def _advance(version: DocumentVersion) -> None:
    """Moves a saved version to its next state and enqueues the job that this state needs."""
    version.problem = ""
    job_kind = _pick_next_job(version)
    version.save(update_fields=["state", "pdf", "converter", "problem"])
    if job_kind:
        document_jobs.enqueue(version, job_kind)
    progress.follow_part(version.pk)


def _pick_next_job(version: DocumentVersion) -> str | None:
    """Sets the state that follows from the source file; returns the job kind that it needs."""
    if version.uploaded_file.scan == StoredFile.Scan.WAITING:
        version.state = State.CHECKING
        return document_jobs.SCAN
    if version.uploaded_file.content_type == FileFormat.PDF.content_type:
        version.state, version.pdf = State.READY, version.source
        version.converter = DocumentVersion.Converter.NONE
        return None
    version.state = State.CONVERTING
    return document_jobs.CONVERT


def _require_room(user: Any) -> None:
    if document_jobs.count_waiting(user.pk) >= settings.MAX_WAITING_CONVERSIONS:
        raise IntakeRefused(refusals.TOO_MANY_WAITING)


def abandon(version: DocumentVersion) -> None:
    """Nobody needs the version any more: it is not converted, unless that has begun.

    Call it in the transaction that removes the version from its draft or task.
    """
    for part in version.parts.select_related("version") if version.is_joined else ():
        abandon(part.version)
    if version.is_joined:
        progress.abandon(version)
    elif document_jobs.cancel(version):
        record_failure(version.pk, progress.ABANDONED)


def record_scan_result(version_id: int, *, clean: bool, message: str = "") -> None:
    """Saves the scanner's verdict on a waiting version and moves the version on.

    ``message`` tells the user why an infected file was refused.
    """
    version = _lock_version(version_id)
    if version is None or version.state != State.CHECKING:
        return
    scan = StoredFile.Scan.CLEAN if clean else StoredFile.Scan.INFECTED
    StoredFile.objects.filter(pk=version.uploaded_file.pk).update(scan=scan)
    version.uploaded_file.scan = scan
    if clean:
        _advance(version)
    else:
        _fail(version, message)


def record_conversion(version_id: int, pdf: StoredFile, result: ConversionResult) -> None:
    """Saves the PDF of a version; does nothing if the version is no longer waiting for one."""
    version = _lock_version(version_id)
    if version is None or version.state != State.CONVERTING:
        return
    version.state = State.READY
    version.pdf = pdf
    version.pages = result.pages
    version.converter = result.converter
    version.text_recall = result.text_recall
    known = {finding["code"] for finding in version.findings}  # told at the upload
    version.findings += [
        finding.to_json() for finding in result.findings if finding.code not in known
    ]
    version.save(update_fields=["state", "pdf", "pages", "converter", "text_recall", "findings"])
    progress.follow_part(version.pk)
    version_settled.send(sender=DocumentVersion, version=version)


def record_join(version_id: int, pdf: StoredFile, joined: JoinedPdf) -> None:
    """Saves the PDF of a joined version that still waits for it."""
    version = _lock_version(version_id)
    if version is None or version.state != State.CONVERTING:
        return
    version.state, version.pdf, version.pages = State.READY, pdf, joined.pages
    version.findings = [finding.to_json() for finding in joined.findings]
    version.save(update_fields=["state", "pdf", "pages", "findings"])
    version_settled.send(sender=DocumentVersion, version=version)


def record_failure(version_id: int, message: str) -> None:
    """Saves why a version has no PDF; ``message`` is shown to the user."""
    version = _lock_version(version_id)
    if version is not None and version.state in (State.CHECKING, State.CONVERTING):
        _fail(version, message)


def record_review(version_id: int, *, user: Any) -> bool:
    """Saves that ``user`` has looked at the pages; False when there was nothing to review."""
    version = _lock_version(version_id)
    if version is None or not version.needs_review:
        return False
    version.reviewed_by, version.reviewed_at = user, clock.now()
    version.save(update_fields=["reviewed_by", "reviewed_at"])
    return True


def record_archive_code(version_id: int, *, system: str, code: str) -> None:
    """Saves the electronic archive's code of a version; the first code stays."""
    DocumentVersion.objects.filter(pk=version_id, archive_code="").update(
        archive_system=system, archive_code=code, archived_at=clock.now()
    )


def _fail(version: DocumentVersion, message: str) -> None:
    version.state = State.FAILED
    version.problem = message[:500]
    version.save(update_fields=["state", "problem"])
    progress.follow_part(version.pk)
    version_settled.send(sender=DocumentVersion, version=version)


def _lock_version(version_id: int) -> DocumentVersion | None:
    """The version, locked until the end of the transaction; None when it was deleted."""
    versions = DocumentVersion.objects.select_for_update(of=("self",)).select_related("source")
    return versions.filter(pk=version_id).first()


@transaction.atomic
def retry_conversion(*, version: DocumentVersion) -> None:
    """Scans or converts a failed version once more; does nothing if it has not failed.

    Of a joined version, the parts that failed; it is joined when they are ready.
    """
    for part in version.parts.select_related("version") if version.is_joined else ():
        retry_conversion(version=part.version)
    current = _lock_version(version.pk)
    if current is None or not current.can_retry:
        return
    if current.is_joined:
        progress.settle(current)
    else:
        _advance(current)
