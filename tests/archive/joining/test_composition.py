"""Documents that consist of several files: order, replacing, removing, failing."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import User
from archive import document_jobs, documents, job_kinds
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.files import cleanup, storage
from archive.intake.refusals import IntakeRefused
from archive.joining import progress
from archive.joining.composition import MAX_PARTS, join_versions, list_parts, rearrange
from archive.models import Document, DocumentPart, DocumentVersion, StoredFile
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tests.archive.conftest import FakeConversion
from tests.support.documents import office
from tests.support.documents.uploads import reload, upload_bytes
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

State = DocumentVersion.State
ONE_AFTER_ANOTHER = 1.0  # seconds


@pytest.fixture
def user() -> User:
    return UserFactory()


def run_jobs() -> None:
    """Runs what is due until nothing is left."""
    for _ in range(20):
        due = OutboxJob.objects.claimable().order_by("pk").first()
        if due is None:
            return
        run_job(due.pk)
    raise AssertionError(list(OutboxJob.objects.values_list("kind", "state", "error_text")))


def pdf(pages: int, user: User, name: str = "Договор.pdf") -> DocumentVersion:
    return upload_bytes(office.pdf_bytes(pages), name, user=user)


def word(text: str, user: User, name: str = "Приложение.docx") -> DocumentVersion:
    return upload_bytes(office.docx_bytes(text), name, user=user)


def test_pdfs_are_joined_by_one_job(user: User) -> None:
    joined = join_versions([pdf(1, user), pdf(2, user, "Смета.pdf")], user=user)
    assert (joined.state, joined.file_name) == (State.CONVERTING, "Договор.pdf")
    assert [job.kind for job in OutboxJob.objects.all()] == [document_jobs.JOIN]
    run_jobs()
    joined = reload(joined)
    assert (joined.state, joined.pages, joined.converter) == (State.READY, 3, "joined")
    assert storage.read_file(joined.pdf).startswith(b"%PDF-")
    assert joined.may_be_sent


def test_the_job_waits_until_every_part_is_converted(
    user: User, conversion: FakeConversion
) -> None:
    conversion.outcome = ConversionResult("builtin", 1, 0.5, ("утерянное",))
    joined = join_versions([word("1", user), pdf(1, user), word("2", user)], user=user)
    kinds = []
    while job := OutboxJob.objects.claimable().order_by("pk").first():
        kinds.append(job.kind)
        run_job(job.pk)
    assert kinds == [document_jobs.CONVERT, document_jobs.CONVERT, document_jobs.JOIN]
    joined = reload(joined)
    assert (joined.state, joined.pages) == (State.READY, 3)
    texts = [finding["text"] for finding in joined.findings]
    assert [text.split(":")[0] for text in texts] == [
        "Файл 1 «Приложение.docx»",
        "Файл 3 «Приложение.docx»",
    ]
    assert joined.needs_review


def test_parts_that_become_ready_at_once_are_joined_by_one_job(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction has saved its part before either asks about the other."""
    parts = [word(str(number), user) for number in range(2)]
    joined = join_versions(parts, user=user)
    OutboxJob.objects.all().delete()
    pdf_file = pdf(1, user).pdf
    follow_part, both_saved = progress.follow_part, threading.Barrier(2)

    def follow_when_both_are_saved(part_id: int) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_saved.wait(ONE_AFTER_ANOTHER)  # SQLite lets only one write at a time
        follow_part(part_id)

    def finish(part: DocumentVersion) -> None:
        with transaction.atomic():
            documents.record_conversion(part.pk, pdf_file, ConversionResult("builtin", 1, 1.0))
        connection.close()

    monkeypatch.setattr(progress, "follow_part", follow_when_both_are_saved)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(finish, parts))
    assert OutboxJob.objects.get().kind == document_jobs.JOIN
    run_jobs()
    assert reload(joined).pages == 2


def test_the_same_files_make_the_same_pdf(user: User) -> None:
    versions = [
        join_versions([pdf(1, user), pdf(2, user)], user=user, has_contents_page=True)
        for _ in range(2)
    ]
    run_jobs()
    first, second = map(reload, versions)
    assert first.pdf == second.pdf
    assert first.pages == 4


def test_another_order_is_another_version(user: User) -> None:
    parts = [pdf(1, user), pdf(2, user, "Смета.pdf")]
    first = join_versions(parts, user=user)
    second = rearrange(first, parts[::-1], user=user)
    assert second != first
    assert list_parts(second) == parts[::-1]
    assert list_parts(first) == parts
    assert second.file_name == "Смета.pdf"
    assert (reload(first).state, reload(first).problem) == (State.FAILED, progress.ABANDONED)
    run_jobs()
    assert reload(second).is_ready
    assert reload(first).pdf is None


def test_the_same_order_is_the_same_version(user: User) -> None:
    parts = [pdf(1, user), pdf(2, user)]
    joined = join_versions(parts, user=user)
    assert rearrange(joined, parts, user=user) == joined
    assert OutboxJob.objects.count() == 1


def test_one_file_that_is_left_is_the_document(user: User) -> None:
    first, second = pdf(1, user), word("2", user)
    joined = join_versions([first, second], user=user)
    assert rearrange(joined, [first], user=user) == first
    assert reload(second).problem == progress.ABANDONED
    assert rearrange(first, [], user=user) is None
    assert not OutboxJob.objects.open().exists()


def test_there_are_not_too_many_files(user: User) -> None:
    version = pdf(1, user)
    with pytest.raises(IntakeRefused, match="too_many_files"):
        join_versions([version] * (MAX_PARTS + 1), user=user)


class TestAFailingPart:
    def fail(self, conversion: FakeConversion, user: User) -> tuple[DocumentVersion, ...]:
        conversion.outcome = ConversionFailed("Документ слишком сложный")
        first, second = pdf(1, user), word("2", user)
        joined = join_versions([first, second], user=user)
        run_jobs()
        return first, second, reload(joined)

    def test_it_is_named(self, user: User, conversion: FakeConversion) -> None:
        joined = self.fail(conversion, user)[2]
        expected = "Файл 2 «Приложение.docx»: Документ слишком сложный"
        assert (joined.state, joined.problem) == (State.FAILED, expected)

    def test_it_can_be_replaced_alone(self, user: User, conversion: FakeConversion) -> None:
        first, second, joined = self.fail(conversion, user)
        better = upload_bytes(office.pdf_bytes(), "Новое.pdf", user=user, document=second.document)
        new = rearrange(joined, [first, better], user=user)
        run_jobs()
        assert reload(new).is_ready
        assert (better.document, better.number) == (second.document, 2)

    def test_it_can_be_converted_again(self, user: User, conversion: FakeConversion) -> None:
        joined = self.fail(conversion, user)[2]
        assert joined.can_retry
        conversion.outcome = ConversionResult("builtin", 1, 1.0)
        documents.retry_conversion(version=joined)
        run_jobs()
        joined = reload(joined)
        assert (joined.state, joined.problem) == (State.READY, "")

    def test_retrying_the_part_alone_is_enough(
        self, user: User, conversion: FakeConversion
    ) -> None:
        _, second, joined = self.fail(conversion, user)
        conversion.outcome = ConversionResult("builtin", 1, 1.0)
        documents.retry_conversion(version=second)
        assert reload(joined).state == State.CONVERTING
        run_jobs()
        assert reload(joined).is_ready


def test_a_limit_fails_the_whole_and_removing_a_part_mends_it(user: User, settings) -> None:
    settings.DOCUMENT_MAX_PAGES = 3
    parts = [pdf(1, user), pdf(1, user), pdf(3, user, "Скан.pdf")]
    joined = join_versions(parts, user=user)
    run_jobs()
    joined = reload(joined)
    assert joined.state == State.FAILED
    assert "Файл 3 «Скан.pdf» самый длинный" in joined.problem
    new = rearrange(joined, parts[:2], user=user)
    run_jobs()
    assert reload(new).pages == 2


def test_an_abandoned_document_converts_none_of_its_files(user: User) -> None:
    joined = join_versions([word("1", user), word("2", user)], user=user)
    with transaction.atomic():
        documents.abandon(joined)
    assert not OutboxJob.objects.open().exists()
    assert {version.problem for version in DocumentVersion.objects.all()} == {progress.ABANDONED}


def test_files_of_an_abandoned_document_can_be_joined_again(
    user: User, conversion: FakeConversion
) -> None:
    parts = [word("1", user), word("2", user)]
    joined = join_versions(parts, user=user)
    with transaction.atomic():
        documents.abandon(joined)
    again = join_versions(list_parts(joined), user=user)
    run_jobs()
    assert reload(again).is_ready


def test_a_job_that_is_given_up_fails_the_whole(
    user: User, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOX_ATTEMPTS = 1

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    joined = join_versions([pdf(1, user), pdf(2, user)], user=user)
    with monkeypatch.context() as patch:
        patch.setattr(job_kinds, "join_parts", fail)
        run_job(OutboxJob.objects.get().pk)
    assert reload(joined).problem == job_kinds.JoinDocument.caption_when_parked
    documents.retry_conversion(version=joined)
    run_job(OutboxJob.objects.get().pk)
    assert reload(joined).is_ready


def test_documents_that_nobody_refers_to_are_deleted_with_their_parts(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = join_versions([pdf(1, user), pdf(2, user)], user=user)
    run_jobs()
    monkeypatch.setattr(cleanup, "MIN_AGE", -cleanup.MIN_AGE)
    cleanup.delete_unreferenced()
    assert not DocumentVersion.objects.filter(pk=joined.pk).exists()
    assert not DocumentPart.objects.exists()
    cleanup.delete_unreferenced()
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
