"""The jobs that scan and convert documents."""

import pytest

from archive import document_jobs, documents, job_kinds
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.files import storage
from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentVersion, StoredFile
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tests.archive.conftest import FakeConversion
from tests.support.documents import office
from tests.support.documents.uploads import reload, upload_bytes

pytestmark = pytest.mark.django_db(transaction=True)

State = DocumentVersion.State


def test_a_job_converts_the_version(conversion: FakeConversion) -> None:
    conversion.outcome = ConversionResult("libreoffice", 1, 0.5, ("утерянное",))
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    run_job(OutboxJob.objects.get().pk)
    version = reload(version)
    assert (version.state, version.converter, version.pages) == (State.READY, "libreoffice", 1)
    assert version.text_recall == 0.5
    assert "«утерянное»" in version.findings[0]["text"]
    assert version.needs_review
    assert not version.may_be_sent
    assert OutboxJob.objects.get().state == OutboxJob.State.DONE


def test_a_failed_conversion_can_be_retried(conversion: FakeConversion) -> None:
    conversion.outcome = ConversionFailed("Не вышло")
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    run_job(OutboxJob.objects.get().pk)
    version = reload(version)
    assert (version.state, version.problem, version.can_retry) == (State.FAILED, "Не вышло", True)
    conversion.outcome = ConversionResult("builtin", 1, 1.0)
    documents.retry_conversion(version=version)
    assert reload(version).state == State.CONVERTING
    run_job(OutboxJob.objects.open().get().pk)
    assert (reload(version).state, reload(version).problem) == (State.READY, "")


def test_a_conversion_with_an_error_is_retried_and_then_parked(
    conversion: FakeConversion, settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    conversion.outcome = OSError("disk full")
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    job = OutboxJob.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == OutboxJob.State.PARKED
    assert (reload(version).state, reload(version).problem) == (
        State.FAILED,
        job_kinds.ConvertDocument.caption_when_parked,
    )
    conversion.outcome = ConversionResult("builtin", 1, 1.0)
    documents.retry_conversion(version=version)
    run_job(job.pk)
    assert reload(version).state == State.READY


def test_a_worker_that_lost_its_lease_changes_nothing(conversion: FakeConversion) -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    job = OutboxJob.claim(OutboxJob.objects.get().pk)
    assert job is not None
    OutboxJob.objects.update(lease_token="7d6ba1a5-bb6a-4ef8-9c13-6ab9ba9fe3a5")
    job_kinds.ConvertDocument().run(job)
    assert reload(version).state == State.CONVERTING


def test_the_job_of_a_deleted_version_is_completed(conversion: FakeConversion) -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    version.document.delete()
    run_job(OutboxJob.objects.get().pk)
    assert OutboxJob.objects.get().state == OutboxJob.State.DONE


class TestWithAVirusScanner:
    @pytest.fixture(autouse=True)
    def scanner(self, monkeypatch: pytest.MonkeyPatch, settings):
        settings.CLAMD_ADDRESS = "/nowhere/clamd.ctl"
        self.scan_error: Exception | None = None

        def scan(file) -> None:
            assert file.read
            if self.scan_error:
                raise self.scan_error

        monkeypatch.setattr("archive.intake.antivirus.scan", scan)

    def test_a_clean_file_is_accepted(self) -> None:
        assert upload_bytes(office.pdf_bytes()).state == State.READY

    def test_an_infected_file_is_refused(self) -> None:
        self.scan_error = IntakeRefused(refusals.INFECTED)
        with pytest.raises(IntakeRefused):
            upload_bytes(office.pdf_bytes())
        assert not StoredFile.objects.exists()

    def test_a_file_waits_while_the_scanner_is_unavailable(self) -> None:
        self.scan_error = Unavailable("clamd", "no answer")
        version = upload_bytes(office.pdf_bytes())
        assert version.state == State.CHECKING
        with pytest.raises(storage.StoredFileWithheld):
            storage.read_file(version.source)
        job = OutboxJob.objects.get()
        run_job(job.pk)
        assert reload(version).state == State.CHECKING
        self.scan_error = None
        OutboxJob.objects.update(due_at=job.created_at)
        run_job(job.pk)
        version = reload(version)
        assert version.state == State.READY
        assert storage.read_file(version.source).startswith(b"%PDF-")

    def test_a_waiting_office_file_is_converted_after_its_scan(
        self, conversion: FakeConversion
    ) -> None:
        self.scan_error = Unavailable("clamd", "no answer")
        version = upload_bytes(office.docx_bytes(), "договор.docx")
        self.scan_error = None
        run_job(OutboxJob.objects.get(kind=document_jobs.SCAN).pk)
        assert reload(version).state == State.CONVERTING
        run_job(OutboxJob.objects.get(kind=document_jobs.CONVERT).pk)
        assert reload(version).state == State.READY

    def test_a_waiting_file_that_is_infected_stays_withheld(self) -> None:
        self.scan_error = Unavailable("clamd", "no answer")
        version = upload_bytes(office.pdf_bytes())
        self.scan_error = IntakeRefused(refusals.INFECTED)
        run_job(OutboxJob.objects.get().pk)
        version = reload(version)
        assert (version.state, version.can_retry) == (State.FAILED, False)
        with pytest.raises(storage.StoredFileWithheld):
            storage.read_file(version.source)

    def test_a_scan_that_is_given_up_fails_the_version_and_can_be_retried(self, settings) -> None:
        settings.OUTBOX_ATTEMPTS = 1
        self.scan_error = Unavailable("clamd", "no answer")
        version = upload_bytes(office.pdf_bytes())
        run_job(OutboxJob.objects.get().pk)
        assert (reload(version).state, reload(version).problem) == (
            State.FAILED,
            job_kinds.ScanDocument.caption_when_parked,
        )
        self.scan_error = None
        documents.retry_conversion(version=version)
        run_job(OutboxJob.objects.open().get().pk)
        assert reload(version).state == State.READY
