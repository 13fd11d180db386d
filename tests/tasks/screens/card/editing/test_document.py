"""Removing the document of a task, attaching another, reviewing its pages."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from archive import documents
from archive.models import DocumentVersion
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.documents import pdfs
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    SigningTaskFactory,
    fresh,
)
from tests.support.people import People, browser_of


def test_a_document_is_removed_and_its_version_stays(task: SigningTask, web: Client) -> None:
    address = f"/tasks/{task.number}/document/remove/"
    assert "Прежняя версия останется в истории" in web.get(address).content.decode()
    web.post(address)
    after = fresh(task)
    assert after.document_version is None
    assert after.document is not None
    assert after.document.versions.count() == 1


def test_removing_a_document_at_the_operator_revokes_it_first(owner: User, web: Client) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    address = f"/tasks/{task.number}/document/remove/"
    assert "Сначала система отзовет его" in web.get(address).content.decode()
    web.post(address)
    assert fresh(task).withdrawal is not None
    assert fresh(task).status == Status.DOCUMENT_SIGNING


def add_finding(task: SigningTask) -> DocumentVersion:
    version = task.document_version
    assert version is not None
    version.findings = [{"code": "text_missing", "text": "Текст мог потеряться", "files": []}]
    version.save()
    return version


def test_the_manager_confirms_the_review(task: SigningTask, web: Client) -> None:
    version = add_finding(task)
    page = web.get(task.get_absolute_url()).content.decode()
    assert "Текст мог потеряться" in page
    assert "Страницы просмотрены</button>" in page
    web.post(f"/tasks/{task.number}/document/review/", {"version": version.pk})
    version.refresh_from_db()
    assert version.reviewed_by == task.manager
    assert fresh(task).history.get(name="document_reviewed").actor == task.manager
    page = web.get(task.get_absolute_url()).content.decode()
    assert "Страницы просмотрены:" in page
    assert "Страницы просмотрены</button>" not in page


def test_nobody_else_can_confirm_the_review(task: SigningTask, people: People) -> None:
    version = add_finding(task)
    head = browser_of(people["head"])
    assert "Страницы просмотрены</button>" not in head.get(task.get_absolute_url()).content.decode()
    head.post(f"/tasks/{task.number}/document/review/", {"version": version.pk})
    version.refresh_from_db()
    assert version.reviewed_at is None


def test_the_review_of_a_replaced_document_does_not_count(task: SigningTask, web: Client) -> None:
    version = add_finding(task)
    other = DocumentVersionFactory(document=version.document, number=2)
    web.post(f"/tasks/{task.number}/document/review/", {"version": other.pk})
    version.refresh_from_db()
    other.refresh_from_db()
    assert (version.reviewed_at, other.reviewed_at) == (None, None)


def test_files_attached_to_a_pdf_are_listed_and_can_be_downloaded(
    task: SigningTask, web: Client, people: People
) -> None:
    upload = SimpleUploadedFile("Договор.pdf", pdfs.attach({"смета.txt": b"12"}))
    version = documents.upload_version(upload=upload, user=task.manager)
    SigningTask.objects.filter(pk=task.pk).update(
        document_version=version, document=version.document
    )
    page = web.get(task.get_absolute_url()).content.decode()
    url = f"/tasks/{task.number}/document/{version.pk}/attachment/0/"
    assert f'<a href="{url}" download>смета.txt</a>' in page
    response = web.get(url)
    assert response.content == b"12"
    assert response["Content-Disposition"].startswith("attachment")
    assert web.get(url.replace("/0/", "/1/")).status_code == 404
    assert browser_of(people["neighbour"]).get(url).status_code == 404


def build_zip() -> bytes:
    """A zip archive with a document inside."""
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("договор.txt", "Договор")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        (None, "Вложите документ"),
        (("договор.zip", build_zip()), "Архивы zip не принимаются"),
        (("договор.pdf", b""), "Файл пустой"),
    ],
)
def test_the_page_says_why_a_file_is_refused(
    owner: User, web: Client, upload: tuple[str, bytes] | None, text: str
) -> None:
    task = SigningTaskFactory(manager=owner, document_version=None)
    files: dict[str, Any] = {"file": SimpleUploadedFile(*upload)} if upload else {}
    response = web.post(f"/tasks/{task.number}/document/attach/", files)
    assert response.status_code == 422
    assert text in response.content.decode()
    assert fresh(task).document_version is None


def test_a_second_document_is_not_attached_beside_the_first(task: SigningTask, web: Client) -> None:
    upload = SimpleUploadedFile("договор.pdf", b"%PDF-1.7")
    response = web.post(f"/tasks/{task.number}/document/attach/", {"file": upload})
    assert response.status_code == 409
    assert "Документ уже вложен" in response.content.decode()
