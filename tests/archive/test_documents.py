"""From an upload to a version of a document."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from archive import documents, job_kinds
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.files import storage
from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from archive.models import Document, DocumentVersion, StoredFile
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tests.support import office
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

State = DocumentVersion.State


def upload(data: bytes, name: str = "договор.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def received(data: bytes, name: str = "договор.pdf", **more) -> DocumentVersion:
    return documents.upload_version(upload=upload(data, name), user=UserFactory(), **more)


def current(version: DocumentVersion) -> DocumentVersion:
    return DocumentVersion.objects.select_related("source", "pdf").get(pk=version.pk)


@pytest.fixture
def converting(monkeypatch: pytest.MonkeyPatch):
    """A conversion whose outcome the test sets; the PDF is a page of text."""
    outcome: list[object] = [ConversionResult("builtin", 1, 1.0)]

    def convert_to_pdf(source, target, *, file_format):
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        target.write_bytes(office.pdf_bytes())
        return outcome[0]

    monkeypatch.setattr(job_kinds, "convert_to_pdf", convert_to_pdf)
    return outcome


def test_a_pdf_is_ready_at_once_byte_for_byte() -> None:
    data = office.pdf_bytes(3)
    version = received(data)
    assert (version.state, version.pages, version.number) == (State.READY, 3, 1)
    assert version.pdf == version.source
    with documents.open_pdf(version) as pdf:
        assert pdf.read() == data
    assert not OutboxJob.objects.exists()


def test_an_office_file_waits_for_its_conversion() -> None:
    version = received(office.docx_bytes(), "договор.docx")
    assert version.state == State.CONVERTING
    job = OutboxJob.objects.get()
    assert (job.kind, job.subject, job.queue_key) == (
        documents.CONVERT,
        version.pk,
        f"document-version:{version.pk}",
    )
    with pytest.raises(ValueError, match="no PDF"):
        documents.open_pdf(version)


def test_a_refused_file_leaves_nothing_behind() -> None:
    with pytest.raises(IntakeRefused):
        received(b"text")
    assert not StoredFile.objects.exists()
    assert not Document.objects.exists()


def test_the_next_file_is_the_next_version_of_the_same_document() -> None:
    first = received(office.pdf_bytes(1))
    second = received(office.pdf_bytes(2), document=first.document)
    assert second.document == first.document
    assert [v.number for v in first.document.versions.all()] == [2, 1]


def test_the_same_bytes_are_stored_once() -> None:
    data = office.pdf_bytes()
    assert received(data).source == received(data, "другое имя.pdf").source


def test_an_order_is_written_only_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(documents.queue, "enqueue", fail)
    with pytest.raises(RuntimeError):
        received(office.docx_bytes(), "договор.docx")
    assert not DocumentVersion.objects.exists()


def test_a_worker_makes_the_pdf(converting) -> None:
    converting[0] = ConversionResult("libreoffice", 1, 0.5, ("утерянное",))
    version = received(office.docx_bytes(), "договор.docx")
    run_job(OutboxJob.objects.get().pk)
    version = current(version)
    assert (version.state, version.converter, version.pages) == (State.READY, "libreoffice", 1)
    assert version.text_recall == 0.5
    assert "«утерянное»" in version.problem
    assert OutboxJob.objects.get().state == OutboxJob.State.DONE


def test_a_failed_conversion_says_why_and_can_be_tried_again(converting) -> None:
    converting[0] = ConversionFailed("Не вышло")
    version = received(office.docx_bytes(), "договор.docx")
    run_job(OutboxJob.objects.get().pk)
    version = current(version)
    assert (version.state, version.problem, version.can_retry) == (State.FAILED, "Не вышло", True)
    converting[0] = ConversionResult("builtin", 1, 1.0)
    documents.retry_conversion(version=version)
    assert current(version).state == State.CONVERTING
    run_job(OutboxJob.objects.open().get().pk)
    assert (current(version).state, current(version).problem) == (State.READY, "")


def test_a_conversion_that_breaks_down_is_repeated_then_parked(converting, settings) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    converting[0] = OSError("disk full")
    version = received(office.docx_bytes(), "договор.docx")
    job = OutboxJob.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == OutboxJob.State.PARKED
    assert (current(version).state, current(version).problem) == (
        State.FAILED,
        job_kinds.ConvertDocument.caption_when_parked,
    )
    converting[0] = ConversionResult("builtin", 1, 1.0)
    documents.retry_conversion(version=version)
    run_job(job.pk)
    assert current(version).state == State.READY


def test_a_worker_that_lost_its_order_changes_nothing(converting) -> None:
    version = received(office.docx_bytes(), "договор.docx")
    job = OutboxJob.claim(OutboxJob.objects.get().pk)
    assert job is not None
    OutboxJob.objects.update(lease_token="7d6ba1a5-bb6a-4ef8-9c13-6ab9ba9fe3a5")
    job_kinds.ConvertDocument().run(job)
    assert current(version).state == State.CONVERTING


def test_the_order_of_a_removed_version_is_closed_in_silence(converting) -> None:
    version = received(office.docx_bytes(), "договор.docx")
    version.document.delete()
    run_job(OutboxJob.objects.get().pk)
    assert OutboxJob.objects.get().state == OutboxJob.State.DONE


def test_retrying_what_has_not_failed_does_nothing() -> None:
    version = received(office.docx_bytes(), "договор.docx")
    documents.retry_conversion(version=version)
    assert OutboxJob.objects.count() == 1


class TestWithAVirusScanner:
    @pytest.fixture(autouse=True)
    def scanner(self, monkeypatch: pytest.MonkeyPatch, settings):
        settings.CLAMD_ADDRESS = "/nowhere/clamd.ctl"
        self.verdict: Exception | None = None

        def scan(file) -> None:
            assert file.read
            if self.verdict:
                raise self.verdict

        monkeypatch.setattr("archive.intake.antivirus.scan", scan)

    def test_a_clean_file_goes_on(self) -> None:
        assert received(office.pdf_bytes()).state == State.READY

    def test_an_infected_file_is_refused(self) -> None:
        self.verdict = IntakeRefused(refusals.INFECTED)
        with pytest.raises(IntakeRefused):
            received(office.pdf_bytes())
        assert not StoredFile.objects.exists()

    def test_a_file_waits_for_a_scanner_that_is_away(self) -> None:
        self.verdict = Unavailable("clamd", "away")
        version = received(office.pdf_bytes())
        assert version.state == State.CHECKING
        with pytest.raises(storage.StoredFileWithheld):
            storage.read_file(version.source)
        job = OutboxJob.objects.get()
        run_job(job.pk)
        assert current(version).state == State.CHECKING
        self.verdict = None
        OutboxJob.objects.update(due_at=job.created_at)
        run_job(job.pk)
        version = current(version)
        assert version.state == State.READY
        assert storage.read_file(version.source).startswith(b"%PDF-")

    def test_a_waiting_office_file_is_converted_after_its_scan(self, converting) -> None:
        self.verdict = Unavailable("clamd", "away")
        version = received(office.docx_bytes(), "договор.docx")
        self.verdict = None
        run_job(OutboxJob.objects.get(kind=documents.SCAN).pk)
        assert current(version).state == State.CONVERTING
        run_job(OutboxJob.objects.get(kind=documents.CONVERT).pk)
        assert current(version).state == State.READY

    def test_a_waiting_file_that_proves_infected_stays_closed(self) -> None:
        self.verdict = Unavailable("clamd", "away")
        version = received(office.pdf_bytes())
        self.verdict = IntakeRefused(refusals.INFECTED)
        run_job(OutboxJob.objects.get().pk)
        version = current(version)
        assert (version.state, version.can_retry) == (State.FAILED, False)
        with pytest.raises(storage.StoredFileWithheld):
            storage.read_file(version.source)

    def test_a_scanner_away_for_good_fails_the_version_and_can_be_asked_again(
        self, settings
    ) -> None:
        settings.OUTBOX_ATTEMPTS = 1
        self.verdict = Unavailable("clamd", "away")
        version = received(office.pdf_bytes())
        run_job(OutboxJob.objects.get().pk)
        assert (current(version).state, current(version).problem) == (
            State.FAILED,
            job_kinds.ScanDocument.caption_when_parked,
        )
        self.verdict = None
        documents.retry_conversion(version=version)
        run_job(OutboxJob.objects.open().get().pk)
        assert current(version).state == State.READY
