"""Several files that become one document (docs/rules.md#documents)."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from archive import documents
from archive.joining.composition import MAX_PARTS, list_parts
from archive.models import DocumentVersion
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tests.support.documents import office, pdfs
from tests.support.documents.office import build_zip
from tests.tasks.screens.new_task.conftest import FormPage, get_draft, get_task, get_text

Attach = Callable[..., HttpResponse]
State = DocumentVersion.State


def pdf(pages: int, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, office.pdf_bytes(pages))


@pytest.fixture
def package(company: FormPage) -> FormPage:
    """The form with a contract of one page, an annex of two and a specification of three."""
    names = ["Договор.pdf", "Приложение.pdf", "Спецификация.pdf"]
    company.press("document/", document=[pdf(n, name) for n, name in enumerate(names, start=1)])
    return company


def files() -> list[DocumentVersion]:
    return list_parts(get_draft().document_version)


def names() -> list[str]:
    return [file.file_name for file in files()]


def run_jobs() -> None:
    while job := OutboxJob.objects.claimable().order_by("pk").first():
        run_job(job.pk)


def press(form: FormPage, *, htmx: bool = True, **values: object) -> HttpResponse:
    return form.press("document/files/", htmx=htmx, **values)


@pytest.mark.parametrize("htmx", [True, False])
def test_files_that_are_dropped_together_become_one_document(htmx: bool, company: FormPage) -> None:
    uploads = [pdf(1, "Договор.pdf"), pdf(2, "Приложение.pdf")]
    company.press("document/" if htmx else "draft/", htmx=htmx, document=uploads)
    page = get_text(company.restore())
    assert "Готовим файлы и объединяем их в один PDF" in page
    assert company.create().status_code == 422
    run_jobs()
    page = get_text(company.restore())
    assert "3 страницы" in page
    assert page.index("Договор.pdf") < page.index("Приложение.pdf")
    assert company.create().status_code == 302
    version = get_task().document_version
    assert (version.file_name, version.pages) == ("Договор.pdf", 3)
    entry = get_task().history.get(name="document_attached")
    assert entry.details["files"] == ["Договор.pdf", "Приложение.pdf"]


def test_further_files_come_after_the_attached_one(company: FormPage, attach: Attach) -> None:
    attach(company, office.pdf_bytes(1), "Договор.pdf")
    attach(company, office.pdf_bytes(2), "Приложение.pdf")
    assert names() == ["Договор.pdf", "Приложение.pdf"]


@pytest.mark.parametrize("htmx", [True, False])
def test_a_file_is_moved_and_a_second_click_moves_it_no_further(
    htmx: bool, package: FormPage
) -> None:
    last = files()[2].pk
    for _ in range(2):
        response = press(package, htmx=htmx, move=f"{last}-2")
        assert response.status_code == (200 if htmx else 302)
    assert names() == ["Договор.pdf", "Спецификация.pdf", "Приложение.pdf"]
    assert OutboxJob.objects.open().count() == 1


def test_the_first_and_the_last_file_stay_where_they_are(package: FormPage) -> None:
    before = get_draft().document_version
    press(package, move=f"{files()[0].pk}-0")
    press(package, move=f"{files()[2].pk}-4")
    assert get_draft().document_version == before


def test_a_file_is_removed_and_the_only_one_left_is_the_document(package: FormPage) -> None:
    first, second, third = files()
    press(package, remove=str(second.pk))
    assert files() == [first, third]
    press(package, remove=str(third.pk))
    assert get_draft().document_version == first
    assert package.create().status_code == 302


@pytest.mark.parametrize("htmx", [True, False])
def test_a_file_is_replaced_alone(htmx: bool, package: FormPage) -> None:
    old = files()[1]
    upload = pdf(9, "Приложение 2.pdf")
    press(package, htmx=htmx, replace=str(old.pk), **{f"replacement-{old.pk}": upload})
    assert names() == ["Договор.pdf", "Приложение 2.pdf", "Спецификация.pdf"]
    assert (files()[1].document, files()[1].number) == (old.document, 2)
    run_jobs()
    assert get_draft().document_version.pages == 13


def test_replacing_needs_a_file_and_a_valid_one(package: FormPage) -> None:
    old = files()[1]
    response = press(package, replace=str(old.pk))
    assert response.status_code == 422
    assert "Выберите файл, который займет место прежнего" in get_text(response)
    bad = SimpleUploadedFile("Приложение.zip", build_zip({"Договор.pdf": b"x"}))
    response = press(package, replace=str(old.pk), **{f"replacement-{old.pk}": bad})
    assert "Архивы zip не принимаются" in get_text(response)
    assert files()[1] == old


def test_the_page_of_contents_is_added_and_removed(package: FormPage) -> None:
    for value, pages in (("on", 7), ("off", 6)):
        press(package, contents=value)
        run_jobs()
        assert get_draft().document_version.pages == pages


def test_a_refused_file_is_named_and_the_others_stay(company: FormPage) -> None:
    bad = SimpleUploadedFile("Смета.zip", build_zip({"Договор.pdf": b"x"}))
    response = company.press("document/", document=[pdf(1, "Договор.pdf"), bad])
    assert response.status_code == 422
    assert "«Смета.zip»: Архивы zip не принимаются" in get_text(response)
    assert names() == ["Договор.pdf"]


def test_the_same_file_is_attached_once(company: FormPage, attach: Attach) -> None:
    content = office.pdf_bytes()
    attach(company, content, "Договор.pdf")
    response = attach(company, content, "Договор.pdf")
    assert "«Договор.pdf» уже вложен" in get_text(response)
    assert names() == ["Договор.pdf"]


def test_too_many_files_are_refused(package: FormPage) -> None:
    uploads = [pdf(10 + number, f"{number}.pdf") for number in range(MAX_PARTS - 2)]
    response = package.press("document/", document=uploads)
    assert response.status_code == 422
    assert "В документе может быть не больше 20 файлов" in get_text(response)
    assert len(files()) == 3


def test_a_failing_file_is_named_and_replaced(company: FormPage) -> None:
    uploads = [pdf(1, "Договор.pdf"), SimpleUploadedFile("Смета.docx", office.docx_bytes())]
    company.press("document/", document=uploads)
    documents.record_failure(files()[1].pk, "Документ слишком сложный")
    page = get_text(company.restore())
    assert "Файл 2 «Смета.docx»: Документ слишком сложный" in page
    failed = files()[1].pk
    press(company, replace=str(failed), **{f"replacement-{failed}": pdf(2, "Смета.pdf")})
    run_jobs()
    assert get_draft().document_version.is_ready


def test_findings_name_their_file_and_are_reviewed_anew_in_another_order(
    company: FormPage,
) -> None:
    with_changes = SimpleUploadedFile("Смета.pdf", office.pdf_bytes(2))
    company.press("document/", document=[pdf(1, "Договор.pdf"), with_changes])
    finding = {"code": "comments", "text": "Есть примечания", "files": []}
    DocumentVersion.objects.filter(pk=files()[1].pk).update(findings=[finding])
    run_jobs()
    version = get_draft().document_version
    assert "Файл 2 «Смета.pdf»: Есть примечания" in get_text(company.restore())
    company.press("document/review/", version=str(version.pk))
    assert get_draft().document_version.reviewed_at
    press(company, move=f"{files()[1].pk}-1")
    run_jobs()
    assert "Файл 1 «Смета.pdf»: Есть примечания" in get_text(company.restore())
    assert get_draft().document_version.reviewed_at is None


def test_a_hostile_file_among_others_fails_the_document(company: FormPage) -> None:
    hostile = SimpleUploadedFile("Смета.pdf", pdfs.attach({"price.txt": b"1"}))
    company.press("document/", document=[pdf(1, "Договор.pdf"), hostile])
    run_jobs()
    page = get_text(company.restore())
    assert "Файл 2 «Смета.pdf»: внутри PDF есть вложенные файлы" in page
    assert company.create().status_code == 422


def test_two_windows_do_not_overwrite_each_other(package: FormPage) -> None:
    other = package.open_another_page(**package.values | {"page": "other", "revision": "0"})
    response = press(other, move=f"{files()[2].pk}-1")
    assert response.status_code == 409
    assert names() == ["Договор.pdf", "Приложение.pdf", "Спецификация.pdf"]


def test_a_detached_document_loses_all_its_files(package: FormPage) -> None:
    package.press("document/detach/")
    assert get_draft().document_version is None
    assert not OutboxJob.objects.open().exists()


def test_a_file_can_be_opened_while_the_draft_has_it(package: FormPage) -> None:
    kept, removed = (package.url(f"document/{file.pk}/pdf/") for file in files()[:2])
    press(package, remove=str(files()[1].pk))
    assert package.browser.get(removed).status_code == 404
    response = package.browser.get(kept)
    assert response.status_code == 200
    response.close()
