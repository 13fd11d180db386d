"""Orders about documents, worked on outside of requests: conversion and the virus scan."""

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction

from archive import documents
from archive.conversion.convert import convert_to_pdf
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.files import storage
from archive.intake import antivirus
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentVersion, StoredFile
from econtract.platform.outbox.models import OutboxJob

BROKEN = "Преобразовать документ не удалось: повторите или замените файл"
NOT_SCANNED = "Антивирус недоступен, файл не проверен: повторите проверку"


class _DocumentHandler:
    """What the handlers share: who gives up says so on the version, where people see it."""

    spent_message: str

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        documents.record_failure(job.subject, self.spent_message)

    def retry(self, job: OutboxJob, actor: Any) -> None:
        version = DocumentVersion.objects.filter(pk=job.subject).first()
        if version is not None:
            documents.retry_conversion(version=version)


class ConvertDocument(_DocumentHandler):
    """Makes the PDF of a version."""

    spent_message = BROKEN

    def run(self, job: OutboxJob) -> None:
        version = _waiting(job, DocumentVersion.State.CONVERTING)
        if version is None:
            return
        try:
            pdf, result = _converted(version)
        except ConversionFailed as failure:
            with transaction.atomic():
                if job.complete():
                    documents.record_failure(version.pk, failure.message_ru)
            return
        with transaction.atomic():
            if job.complete():
                documents.record_conversion(version.pk, pdf, result)


class ScanDocument(_DocumentHandler):
    """Asks the virus scanner about a version that came in while it could not be asked."""

    spent_message = NOT_SCANNED

    def run(self, job: OutboxJob) -> None:
        version = _waiting(job, DocumentVersion.State.CHECKING)
        if version is None:
            return
        clean, message = True, ""
        if antivirus.is_configured():
            with storage.open_unscanned(version.source) as file:
                try:
                    antivirus.scan(file)
                except IntakeRefused as refused:
                    clean, message = False, refused.refusal.message
        with transaction.atomic():
            if job.complete():
                documents.record_scan_result(version.pk, clean=clean, message=message)


def _waiting(job: OutboxJob, state: DocumentVersion.State) -> DocumentVersion | None:
    """The job's version if it still waits; else closes the job, for nobody needs it."""
    versions = DocumentVersion.objects.select_related("source")
    version = versions.filter(pk=job.subject, state=state).first()
    if version is None:
        with transaction.atomic():
            job.complete()
    return version


def _converted(version: DocumentVersion) -> tuple[StoredFile, ConversionResult]:
    """The stored PDF of the version. Raises ConversionFailed."""
    kind = _kind(version.source)
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        source, pdf = Path(folder, "source"), Path(folder, "result.pdf")
        source.write_bytes(storage.read_file(version.source))
        result = convert_to_pdf(source, pdf, kind=kind)
        return storage.store_bytes(pdf.read_bytes(), FileFormat.PDF.content_type), result


def _kind(source: StoredFile) -> FileFormat:
    return next(kind for kind in FileFormat if kind.content_type == source.content_type)
