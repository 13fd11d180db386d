"""Documents: uploads become versions."""

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from archive import document_jobs, documents
from archive.files import storage
from archive.findings import Finding
from archive.intake.refusals import IntakeRefused
from archive.joining import progress
from archive.models import Document, DocumentVersion, StoredFile
from econtract.platform.outbox.models import OutboxJob
from tests.support.documents import office
from tests.support.documents.uploads import upload_bytes
from tests.support.factories import TemplateVersionFactory, UserFactory

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
        document_jobs.CONVERT,
        version.pk,
        f"conversion:{version.uploaded_by_id}",
    )
    assert version.pdf is None


def test_a_generated_file_goes_the_way_of_an_upload_and_names_its_template() -> None:
    template_version = TemplateVersionFactory()
    warning = Finding("example", "Проверьте суммы")
    version = documents.add_generated_version(
        content=office.docx_bytes(),
        file_name="Договор № 7.docx",
        user=template_version.uploaded_by,
        template_version=template_version,
        warnings=[warning],
    )
    assert (version.state, version.file_name) == (State.CONVERTING, "Договор № 7.docx")
    assert version.template_version == template_version
    assert version.findings == [warning.to_json()]
    assert OutboxJob.objects.get().subject == version.pk
    with pytest.raises(IntakeRefused, match="file_has_no_content"):
        documents.add_generated_version(
            content=office.docx_bytes(""), file_name="а.docx", user=version.uploaded_by
        )


def test_one_persons_documents_are_converted_one_after_another_and_no_others_wait() -> None:
    first, second = UserFactory(), UserFactory()
    for user in (first, first, first, second):
        upload_bytes(office.docx_bytes(), "договор.docx", user=user)
    claimable = OutboxJob.objects.claimable().order_by("pk")
    versions = DocumentVersion.objects.in_bulk(claimable.values_list("subject", flat=True))
    assert [version.uploaded_by for version in versions.values()] == [first, second]


def test_a_person_whose_documents_all_wait_is_asked_to_wait(settings: Settings) -> None:
    settings.MAX_WAITING_CONVERSIONS = 2
    user, other = UserFactory(), UserFactory()
    for _ in range(2):
        upload_bytes(office.docx_bytes(), "договор.docx", user=user)
    with pytest.raises(IntakeRefused, match="too_many_files_waiting"):
        upload_bytes(office.docx_bytes(), "договор.docx", user=user)
    upload_bytes(office.docx_bytes(), "договор.docx", user=other)


def test_a_document_that_nobody_needs_any_more_is_not_converted() -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    with transaction.atomic():
        documents.abandon(version)
    assert not OutboxJob.objects.open().exists()
    version.refresh_from_db()
    assert (version.state, version.problem) == (State.FAILED, progress.ABANDONED)


def test_a_conversion_that_has_begun_is_finished() -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    assert OutboxJob.claim(OutboxJob.objects.get().pk) is not None
    with transaction.atomic():
        documents.abandon(version)
    version.refresh_from_db()
    assert version.state == State.CONVERTING


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

    monkeypatch.setattr(document_jobs.queue, "enqueue", fail)
    with pytest.raises(RuntimeError):
        upload_bytes(office.docx_bytes(), "договор.docx")
    assert not DocumentVersion.objects.exists()


def test_retrying_a_version_that_has_not_failed_does_nothing() -> None:
    version = upload_bytes(office.docx_bytes(), "договор.docx")
    documents.retry_conversion(version=version)
    assert OutboxJob.objects.count() == 1
