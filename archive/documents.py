"""What is done with documents: received, scanned, converted, opened. Actions are atomic."""

from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.db import transaction

from archive.conversion.results import ConversionResult
from archive.files import storage
from archive.files.storage import read, store_bytes
from archive.intake import antivirus
from archive.intake.formats import Inspected, Kind
from archive.intake.inspection import inspect
from archive.models import Document, DocumentVersion, StoredFile
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob

__all__ = [
    "Intake",
    "add_version",
    "open_pdf",
    "read",
    "receive",
    "retry_conversion",
    "store_bytes",
    "take_in",
]

CONVERT = "convert_document"
SCAN = "scan_document"

State = DocumentVersion.State


@dataclass(frozen=True)
class Intake:
    """An upload that passed the intake; its bytes are stored, no row names them yet."""

    file: IO[bytes]
    inspected: Inspected
    scan: StoredFile.Scan


def receive(*, upload: Any, user: Any, document: Document | None = None) -> DocumentVersion:
    """`take_in` and `add_version` at once, for one who holds no lock."""
    return add_version(take_in(upload), user=user, document=document)


def take_in(upload: Any) -> Intake:
    """The slow half: looks at an uploaded file and stores its bytes. Call it in no transaction.

    Raises IntakeRefused with a sentence for the user; then nothing is stored.
    """
    inspected = inspect(upload, name=upload.name or "")
    scan = _scan(upload)
    storage.write_ahead(upload.file, sha256=inspected.sha256)
    return Intake(upload.file, inspected, scan)


@transaction.atomic(savepoint=False)
def add_version(intake: Intake, *, user: Any, document: Document | None = None) -> DocumentVersion:
    """Makes what was taken in the next version of ``document`` (a new one when None).

    A PDF is ready at once, byte for byte; an office file is converted by a worker; a file that
    the configured virus scanner could not be asked about waits for it.
    """
    inspected = intake.inspected
    source = storage.store_file(
        intake.file,
        sha256=inspected.sha256,
        content_type=inspected.content_type,
        scan=intake.scan,
    )
    version = _next_version(document, inspected, source, user)
    work = _next_work(version)
    version.save(force_insert=True)
    _order(version, work)
    return version


def _scan(upload: Any) -> StoredFile.Scan:
    if antivirus.is_configured():
        try:
            antivirus.scan(upload.file)
        except Unavailable:
            return StoredFile.Scan.WAITING
    return StoredFile.Scan.CLEAN


def _next_version(
    document: Document | None, inspected: Inspected, source: StoredFile, user: Any
) -> DocumentVersion:
    if document is None:
        document, number = Document.objects.create(), 1
    else:
        Document.objects.select_for_update().get(pk=document.pk)
        newest = document.versions.order_by("-number").first()
        number = newest.number + 1 if newest else 1
    return DocumentVersion(
        document=document,
        number=number,
        file_name=inspected.file_name,
        source=source,
        pages=inspected.pages,
        uploaded_by=user,
    )


def _proceed(version: DocumentVersion) -> None:
    """The next step of a stored version whose turn it is."""
    version.problem = ""
    work = _next_work(version)
    version.save(update_fields=["state", "pdf", "converter", "problem"])
    _order(version, work)


def _next_work(version: DocumentVersion) -> str | None:
    """Sets the state by what is known of the file; the kind of job that the state waits for."""
    if version.source.scan == StoredFile.Scan.WAITING:
        version.state = State.CHECKING
        return SCAN
    if version.source.content_type == Kind.PDF.content_type:
        version.state, version.pdf = State.READY, version.source
        version.converter = DocumentVersion.Converter.NONE
        return None
    version.state = State.CONVERTING
    return CONVERT


def _order(version: DocumentVersion, kind: str | None) -> None:
    """Has the work done: a parked job is taken up again rather than left beside a new one."""
    if kind is None:
        return
    parked = OutboxJob.objects.parked().filter(kind=kind, queue_key=version.queue_key).first()
    if parked:
        parked.reopen()
    else:
        queue.enqueue(kind=kind, subject=version.pk, queue_key=version.queue_key)


def record_scan(version_id: int, *, clean: bool, message: str = "") -> None:
    """Notes the scanner's verdict on a waiting version and goes on from there."""
    version = _locked(version_id)
    if version is None or version.state != State.CHECKING:
        return
    verdict = StoredFile.Scan.CLEAN if clean else StoredFile.Scan.INFECTED
    StoredFile.objects.filter(pk=version.source_id).update(scan=verdict)
    version.source.scan = verdict
    if clean:
        _proceed(version)
    else:
        _fail(version, message)


def record_conversion(version_id: int, pdf: StoredFile, result: ConversionResult) -> None:
    """Notes the PDF made of a version; does nothing to one that is no longer waiting for it."""
    version = _locked(version_id)
    if version is None or version.state != State.CONVERTING:
        return
    version.state = State.READY
    version.pdf = pdf
    version.pages = result.pages
    version.converter = result.converter
    version.text_recall = result.text_recall
    version.problem = result.warning
    version.save(update_fields=["state", "pdf", "pages", "converter", "text_recall", "problem"])


def record_failure(version_id: int, message: str) -> None:
    """Notes why a version has no PDF, in words for the user."""
    version = _locked(version_id)
    if version is not None and version.state in (State.CHECKING, State.CONVERTING):
        _fail(version, message)


def record_lodging(version_id: int, *, system: str, code: str) -> None:
    """Notes the version's place in the electronic archive; the first code it got stays."""
    DocumentVersion.objects.filter(pk=version_id, archive_code="").update(
        archive_system=system, archive_code=code, lodged_at=clock.now()
    )


def _fail(version: DocumentVersion, message: str) -> None:
    version.state = State.FAILED
    version.problem = message[:500]
    version.save(update_fields=["state", "problem"])


def _locked(version_id: int) -> DocumentVersion | None:
    """The version as it is now; None when it has been removed. Call it in a transaction."""
    versions = DocumentVersion.objects.select_for_update(of=("self",)).select_related("source")
    return versions.filter(pk=version_id).first()


@transaction.atomic
def retry_conversion(*, version: DocumentVersion) -> None:
    """Has a failed version scanned or converted once more; nothing when it is not failed."""
    current = _locked(version.pk)
    if current is not None and current.can_retry:
        _proceed(current)


def open_pdf(version: DocumentVersion) -> BinaryIO:
    """The version's PDF, opened; close it.

    Raises ValueError when there is none yet, StoredFileDamaged when its bytes are not the ones
    that were stored, StoredFileWithheld when it has not passed the virus scan.
    """
    if version.pdf is None:
        raise ValueError(f"Version {version.pk} has no PDF.")
    return storage.open_file(version.pdf)
