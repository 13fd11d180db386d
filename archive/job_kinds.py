"""Outbox jobs about documents: conversion to PDF and the virus scan."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar

from django.db import transaction

from archive import document_jobs, documents
from archive.conversion.convert import convert_to_pdf
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.files import storage
from archive.intake import antivirus
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.joining.join import join_parts
from archive.models import DocumentVersion, StoredFile
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import CONVERSION_QUEUE, JobKind


class _DocumentJobKind(JobKind):
    """A kind of job about a `DocumentVersion`, the subject. The payload is empty.

    When it is parked, the version shows `caption_when_parked`.
    """

    caption_when_parked: ClassVar[str]
    worker_queue = CONVERSION_QUEUE

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        documents.record_failure(job.subject, self.caption_when_parked)

    def retry(self, job: OutboxJob, actor: Any) -> None:
        version = DocumentVersion.objects.filter(pk=job.subject).first()
        if version is not None:
            documents.retry_conversion(version=version)


class ConvertDocument(_DocumentJobKind):
    """Makes the PDF of a version."""

    kind = document_jobs.CONVERT
    title = "Преобразование документа"
    system = ""
    caption_when_parked = "Преобразовать документ не удалось: повторите или замените файл"

    def run(self, job: OutboxJob) -> None:
        version = _waiting_version(job, DocumentVersion.State.CONVERTING)
        if version is None:
            return
        try:
            pdf, result = _convert(version)
        except ConversionFailed as failure:
            with transaction.atomic():
                if job.complete():
                    documents.record_failure(version.pk, failure.message_ru)
            return
        with transaction.atomic():
            if job.complete():
                documents.record_conversion(version.pk, pdf, result)


class JoinDocument(_DocumentJobKind):
    """Makes the PDF of a joined version from those of its parts."""

    kind = document_jobs.JOIN
    title = "Объединение файлов документа"
    system = ""
    caption_when_parked = "Объединить файлы не удалось: повторите или замените один из них"

    def run(self, job: OutboxJob) -> None:
        version = _waiting_version(job, DocumentVersion.State.CONVERTING)
        if version is None:
            return
        parts = list(version.parts.select_related("version__pdf"))
        try:
            joined = join_parts(parts, has_contents=version.has_contents_page)
        except ConversionFailed as failure:
            with transaction.atomic():
                if job.complete():
                    documents.record_failure(version.pk, failure.message_ru)
            return
        pdf = storage.store_bytes(joined.content, FileFormat.PDF.content_type)
        with transaction.atomic():
            if job.complete():
                documents.record_join(version.pk, pdf, joined)


class ScanDocument(_DocumentJobKind):
    """Scans a version for viruses that was uploaded while the scanner did not answer."""

    kind = document_jobs.SCAN
    title = "Проверка на вирусы"
    system = antivirus.SYSTEM
    caption_when_parked = "Антивирус недоступен, файл не проверен: повторите проверку"

    def run(self, job: OutboxJob) -> None:
        version = _waiting_version(job, DocumentVersion.State.CHECKING)
        if version is None:
            return
        clean, message = True, ""
        if antivirus.is_configured():
            with storage.open_unscanned(version.uploaded_file) as file:
                try:
                    antivirus.scan(file)
                except IntakeRefused as refused:
                    clean, message = False, refused.refusal.message
        with transaction.atomic():
            if job.complete():
                documents.record_scan_result(version.pk, clean=clean, message=message)


def _waiting_version(job: OutboxJob, state: DocumentVersion.State) -> DocumentVersion | None:
    """The job's version if it is still in ``state``; else None, and the job is completed."""
    versions = DocumentVersion.objects.select_related("source")
    version = versions.filter(pk=job.subject, state=state).first()
    if version is None:
        with transaction.atomic():
            job.complete()
    return version


def _convert(version: DocumentVersion) -> tuple[StoredFile, ConversionResult]:
    """Converts the version and stores the PDF. Raises ConversionFailed."""
    file_format = _file_format(version.uploaded_file)
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        source, pdf = Path(folder, "source"), Path(folder, "result.pdf")
        source.write_bytes(storage.read_file(version.uploaded_file))
        result = convert_to_pdf(source, pdf, file_format=file_format)
        return storage.store_bytes(pdf.read_bytes(), FileFormat.PDF.content_type), result


def _file_format(source: StoredFile) -> FileFormat:
    return next(item for item in FileFormat if item.content_type == source.content_type)
