"""The document of the form (docs/rules.md#documents)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from accounts.models import User
from accounts.roles import Role, TaskType
from archive.models import DocumentVersion
from tests.support.documents.office import build_zip
from tests.support.factories import DocumentVersionFactory, StoredFileFactory, UserFactory
from tests.support.people import browser_of
from tests.support.world import pdf_file, word_file
from tests.tasks.screens.new_task.conftest import FormPage, get_draft, get_task, get_text

Attach = Callable[..., HttpResponse]
LOSS = "Часть текста могла не попасть в PDF"
FINDING = {"code": "text_missing", "text": LOSS, "files": []}
State = DocumentVersion.State


def test_a_pdf_is_shown_with_its_pages(company: FormPage, attach: Attach) -> None:
    page = get_text(attach(company))
    version = get_draft().document_version
    assert "Договор.pdf" in page
    assert f"/tasks/new/company/document/{version.pk}/page/1/" in page
    assert "Текст документа" in page


def test_the_page_polls_until_a_word_document_is_converted(
    company: FormPage, attach: Attach
) -> None:
    page = get_text(attach(company, word_file(), "Договор.docx"))
    assert "Преобразуем в PDF…" in page
    assert 'data-hx-trigger="load delay:1500ms"' in page
    url = f"document/?draft={company.values['submission_key']}"
    assert f'data-hx-get="{company.url(url)}"' in page
    response = company.browser.get(company.url(url), headers={"HX-Request": "true"})
    assert "Преобразуем в PDF…" in get_text(response)


def test_no_task_is_created_before_the_document_is_converted(
    company: FormPage, attach: Attach
) -> None:
    attach(company, word_file(), "Договор.docx")
    response = company.create()
    assert response.status_code == 422
    assert "Преобразуем в PDF" in get_text(response)
    make_ready(findings=[])
    assert company.create().status_code == 302


def test_a_document_with_a_finding_must_be_reviewed(company: FormPage, attach: Attach) -> None:
    attach(company, word_file(), "Договор.docx")
    version = make_ready(findings=[FINDING])
    page = get_text(company.restore())
    assert LOSS in page
    response = company.create()
    assert response.status_code == 422
    assert "Просмотрите страницы документа и подтвердите это" in get_text(response)

    company.press("document/review/", version=str(version.pk))
    assert get_draft().document_version.reviewed_by == get_draft().user
    assert "Страницы просмотрены" in get_text(company.restore())
    assert company.create().status_code == 302
    entry = get_task().history.get(name="document_reviewed")
    assert entry.actor == get_task().manager
    assert entry.details["findings"] == ["text_missing"]


def test_a_review_of_another_document_does_not_count(company: FormPage, attach: Attach) -> None:
    attach(company, word_file(), "Договор.docx")
    old = make_ready(findings=[FINDING])
    company.press("document/detach/")
    attach(company, word_file("2. Другая цена"), "Договор.docx")
    make_ready(findings=[FINDING])
    company.press("document/review/", version=str(old.pk))
    assert get_draft().document_version.reviewed_at is None
    assert company.create().status_code == 422


def make_ready(findings: list[dict[str, Any]]) -> DocumentVersion:
    """The draft's document as its conversion leaves it."""
    version = get_draft().document_version
    assert version is not None
    version.pdf, version.pages, version.state = StoredFileFactory(), 1, State.READY
    version.findings = findings
    version.save()
    return version


def test_a_failed_conversion_can_be_detached_and_uploaded_again(
    company: FormPage, attach: Attach
) -> None:
    attach(company, word_file(), "Договор.docx")
    DocumentVersion.objects.update(state=State.FAILED, problem="Документ слишком сложный")
    page = get_text(company.restore())
    assert "Не удалось преобразовать файл в PDF. Открепите и загрузите снова" in page
    assert "Документ слишком сложный" in page
    assert company.create().status_code == 422
    company.press("document/detach/")
    attach(company)
    assert company.create().status_code == 302


REFUSED = {
    "zip": (build_zip({"Договор.pdf": b"x"}), "Договор.zip", "Архивы zip не принимаются"),
    "empty": (b" ", "Договор.pdf", "Не удалось распознать документ"),
    "too large": (b"x" * (10 * 1024 * 1024 + 1), "Договор.docx", "Файл больше 10 МБ"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_refused_file_is_an_error_and_loses_nothing(
    htmx: bool, name: str, company: FormPage
) -> None:
    content, file_name, message = REFUSED[name]
    upload = SimpleUploadedFile(file_name, content)
    response = company.press("document/" if htmx else "draft/", htmx=htmx, document=upload)
    assert response.status_code == 422
    assert message in get_text(response)
    assert get_draft().fields["new-surname"] == ["Петров"]
    assert get_draft().document_version is None


def test_a_refused_file_keeps_the_attached_one(company: FormPage, attach: Attach) -> None:
    attach(company)
    response = attach(company, b"nonsense")
    assert response.status_code == 422
    assert "Договор.pdf" in get_text(response)


def test_any_button_uploads_the_file_without_javascript(company: FormPage) -> None:
    upload = SimpleUploadedFile("Договор.pdf", pdf_file())
    assert company.create(document=upload).status_code == 302
    assert get_task().document_version.file_name == "Договор.pdf"


def test_the_document_can_be_detached(company: FormPage, attach: Attach) -> None:
    attach(company)
    page = get_text(company.press("document/detach/"))
    assert "Перетащите файлы сюда" in page
    assert get_draft().document_version is None


FILES = ["pdf/", "text/", "page/1/"]


@pytest.mark.parametrize("path", FILES)
def test_the_document_can_be_viewed(path: str, company: FormPage, attach: Attach) -> None:
    attach(company)
    version = get_draft().document_version
    response = company.browser.get(company.url(f"document/{version.pk}/{path}"))
    assert response.status_code == 200
    response.close()


@pytest.mark.parametrize("path", FILES)
def test_nobody_else_can_view_the_document(path: str, company: FormPage, attach: Attach) -> None:
    attach(company)
    version = get_draft().document_version
    other = browser_of(UserFactory(roles=[Role.MANAGER], types=list(TaskType)))
    assert other.get(company.url(f"document/{version.pk}/{path}")).status_code == 404


def test_only_the_document_of_the_draft_can_be_viewed(company: FormPage, manager: User) -> None:
    foreign = DocumentVersionFactory(uploaded_by=manager)
    assert company.browser.get(company.url(f"document/{foreign.pk}/pdf/")).status_code == 404


def test_a_missing_page_is_not_found(company: FormPage, attach: Attach) -> None:
    attach(company)
    version = get_draft().document_version
    path = company.url(f"document/{version.pk}/page/99/")
    assert company.browser.get(path).status_code == 404


def test_an_upload_without_a_file_is_an_error(company: FormPage) -> None:
    response = company.press("document/")
    assert response.status_code == 422
    assert "Вложите документ" in get_text(response)
