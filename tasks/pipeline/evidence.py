"""Collecting what proves the signatures for years, before the package is built."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from archive.files import storage
from archive.models import DocumentVersion, EvidenceFile, StoredFile
from archive.package.manifest import FileRole
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet
from econtract.platform.outbox import queue
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from edo.channels.evidence import EvidenceAttempt, EvidenceContent, EvidenceRole, SigningSide
from tasks.channels import channel_for
from tasks.lifecycle.perform import lock_task
from tasks.models import SigningTask
from tasks.pipeline.archiving import SubmitPackageToArchive
from tasks.pipeline.step import ALL_RELATIONS, Step, load_task
from tasks.statuses import Status

# The operator prepares its protocol within seconds; a revocation list may take longer.
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 3, 60
# How long after the limit the job may still run, before it counts as stuck.
GRACE = timedelta(hours=1)
NOT_COLLECTED = "Части доказательств: при их сборе произошла ошибка E-Contract."
CONTENT_TYPE = "application/octet-stream"


class CollectEvidence(Step):
    """Fetches and stores the evidence of a signed document, then has the package built.

    What cannot be had is asked for again until EVIDENCE_WAIT_MINUTES have passed. After that, and
    after an error of our own, the package is built without it and says what is missing.
    """

    kind = "collect_evidence"
    title = "Сбор доказательств подписания"
    system = "edo"
    starts_in = frozenset({Status.DOCUMENT_SIGNED})
    relations = ALL_RELATIONS

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject, *self.relations)
        version = task.document_version
        if not self._applies_to(task) or version is None:
            job.complete()
            return
        rows = []
        if not is_collected(version):
            attempt = channel_for(task).fetch_evidence(_load_files(version))
            rows = _build_rows(version, attempt.files)
            deadline = job.created_at + timedelta(minutes=settings.EVIDENCE_WAIT_MINUTES)
            if attempt.missing and clock.now() < deadline:
                with fenced_transaction():
                    _replace_rows(version, rows)
                reason = f"Some evidence cannot be had yet: {', '.join(attempt.missing)}"
                waited = (clock.now() - job.created_at).total_seconds()
                seconds = min(max(waited / 2, MIN_RETRY_SECONDS), MAX_RETRY_SECONDS)
                raise NotReadyYet(reason, seconds=seconds, until=deadline + GRACE)
            rows.append(_build_summary_row(version, attempt, position=len(rows)))
        with transaction.atomic():
            lock_task(task.number)
            if job.complete():
                _replace_rows(version, rows)
                _enqueue_package(task)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = load_task(job.subject, *self.relations)
        version = task.document_version
        if not self._applies_to(task) or version is None:
            return
        if not is_collected(version):
            position = version.evidence_files.count()
            attempt = EvidenceAttempt(missing=(NOT_COLLECTED,))
            _build_summary_row(version, attempt, position=position).save()
        _enqueue_package(task)


def is_collected(version: DocumentVersion) -> bool:
    """Whether the evidence of the signed document is complete, or has been given up."""
    return version.evidence_files.filter(role=FileRole.EVIDENCE_SUMMARY).exists()


def _enqueue_package(task: SigningTask) -> None:
    queue.enqueue(kind=SubmitPackageToArchive.kind, subject=task.number, queue_key=task.queue_key)


def _load_files(version: DocumentVersion) -> list[EvidenceContent]:
    rows = version.evidence_files.select_related("file")
    return [
        EvidenceContent(
            EvidenceRole(row.role),
            storage.read_file(row.file),
            SigningSide(row.side) if row.side else None,
            row.details,
        )
        for row in rows
    ]


def _build_rows(version: DocumentVersion, files: Sequence[EvidenceContent]) -> list[EvidenceFile]:
    """The contents are stored, the rows are not yet."""
    return [
        EvidenceFile(
            version=version,
            position=position,
            role=file.role,
            side=file.side or "",
            file=_store(file.content),
            details=file.details,
        )
        for position, file in enumerate(files)
    ]


def _build_summary_row(
    version: DocumentVersion, attempt: EvidenceAttempt, position: int
) -> EvidenceFile:
    summary: dict[str, Any] = {
        "collected_at": clock.now().isoformat(timespec="seconds"),
        **attempt.facts,
        "missing": list(attempt.missing),
    }
    content = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    return EvidenceFile(
        version=version,
        position=position,
        role=FileRole.EVIDENCE_SUMMARY,
        file=_store(content.encode()),
        details={"missing": list(attempt.missing)},
    )


def _store(content: bytes) -> StoredFile:
    return storage.store_bytes(content, CONTENT_TYPE)


def _replace_rows(version: DocumentVersion, rows: Sequence[EvidenceFile]) -> None:
    """Does nothing for rows that are complete already: ``rows`` are empty then."""
    if rows:
        version.evidence_files.all().delete()
        EvidenceFile.objects.bulk_create(rows)
