"""Documents: uploads become versions."""

import pytest

from archive import documents
from archive.files import storage
from archive.intake.refusals import IntakeRefused
from archive.models import Document, DocumentVersion, StoredFile
from econtract.platform.outbox.models import OutboxJob
from tests.support.documents import office
from tests.support.documents.uploads import upload_bytes

pytestmark = pytest.mark.django_db(transaction=True)

State = DocumentVersion.State


def test_a_pdf_is_ready_at_once_byte_for_byte() -> None:
    data = office.pdf_bytes(3)
    version = upload_bytes(data)
    assert (version.state, version.pages, version.number) == (State.READY, 3, 1)
    assert version.pdf == version.source
    assert storage.read_file(version.pdf) == data
    assert not OutboxJob.objects.exists()


def test_an_office_file_waits_for_its_conversion() -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    assert version.state == State.CONVERTING
    job = OutboxJob.objects.get()
    assert (job.kind, job.subject, job.queue_key) == (
        documents.CONVERT,
        version.pk,
        f"document-version:{version.pk}",
    )
    assert version.pdf is None


def test_a_refused_file_is_not_stored() -> None:
    with pytest.raises(IntakeRefused):
        upload_bytes(b"text")
    assert not StoredFile.objects.exists()
    assert not Document.objects.exists()


def test_the_next_file_is_the_next_version_of_the_same_document() -> None:
    first = upload_bytes(office.pdf_bytes(1))
    second = upload_bytes(office.pdf_bytes(2), document=first.document)
    assert second.document == first.document
    assert [v.number for v in first.document.versions.all()] == [2, 1]


def test_the_same_bytes_are_stored_once() -> None:
    data = office.pdf_bytes()
    assert upload_bytes(data).source == upload_bytes(data, "другое имя.pdf").source


def test_a_version_is_not_saved_without_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(documents.queue, "enqueue", fail)
    with pytest.raises(RuntimeError):
        upload_bytes(office.docx_bytes(), "договор.docx")
    assert not DocumentVersion.objects.exists()


def test_retrying_a_version_that_has_not_failed_does_nothing() -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    documents.retry_conversion(version=version)
    assert OutboxJob.objects.count() == 1
