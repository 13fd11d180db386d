"""The files that the document of a task consists of: shown, rearranged, replaced."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from archive.joining.composition import join_versions, list_parts
from archive.models import DocumentVersion
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.documents import office
from tests.support.documents.uploads import upload_bytes
from tests.support.factories import ExchangeFactory, SigningTaskFactory, fresh
from tests.support.people import People, browser_of

NAMES = ["Договор.pdf", "Приложение.pdf", "Спецификация.pdf"]


def pdf(pages: int, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, office.pdf_bytes(pages))


def run_joins() -> None:
    for pk in OutboxJob.objects.open().filter(kind="join_document").values_list("pk", flat=True):
        run_job(pk)


@pytest.fixture
def joined_task(task: SigningTask) -> SigningTask:
    """The task with a document of three files."""
    user = task.manager
    parts = [upload_bytes(office.pdf_bytes(n + 1), NAMES[n], user=user) for n in range(3)]
    version = join_versions(parts, user=user, document=task.document)
    run_joins()
    SigningTask.objects.filter(pk=task.pk).update(
        document_version=version, document=version.document
    )
    return fresh(task)


def address(task: SigningTask, page: str = "files/") -> str:
    return f"/tasks/{task.number}/document/{page}"


def post(
    web: Client, task: SigningTask, files: list[DocumentVersion | None], **values: object
) -> HttpResponse:
    """The page «Файлы документа» with ``files`` in this order, and a pressed button."""
    data = {
        "based_on": task.document_version_id or "",
        "file": [file.pk for file in files if file],
        **values,
    }
    return web.post(address(task), data)


def names(task: SigningTask) -> list[str]:
    return [file.file_name for file in list_parts(fresh(task).document_version)]


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def test_the_card_lists_the_files_with_their_originals(
    joined_task: SigningTask, web: Client, people: People
) -> None:
    page = text(web.get(joined_task.get_absolute_url()))
    for file in list_parts(joined_task.document_version):
        url = address(joined_task, f"{file.pk}/source/")
        assert f'href="{url}"' in page
        assert browser_of(people["neighbour"]).get(url).status_code == 404
    assert [page.index(name) for name in NAMES] == sorted(page.index(name) for name in NAMES)
    response = web.get(url)
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_a_joined_document_has_no_original_of_its_own(
    joined_task: SigningTask, web: Client
) -> None:
    url = address(joined_task, f"{joined_task.document_version_id}/source/")
    assert web.get(url).status_code == 404
    assert url not in text(web.get(joined_task.get_absolute_url()))


def test_all_files_are_in_the_download(joined_task: SigningTask, web: Client) -> None:
    response = web.get(f"/tasks/{joined_task.number}/files.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        sources = [name for name in archive.namelist() if "Исходные файлы" in name]
    assert [name.rpartition("/")[2] for name in sources] == [
        "1. Договор.pdf",
        "2. Приложение.pdf",
        "3. Спецификация.pdf",
    ]


def test_several_files_are_attached_at_once(owner: User, web: Client) -> None:
    task = SigningTaskFactory(manager=owner, document_version=None)
    uploads = [pdf(1, "Договор.pdf"), pdf(2, "Смета.pdf")]
    web.post(address(task, "attach/"), {"file": uploads})
    assert names(task) == ["Договор.pdf", "Смета.pdf"]
    entry = fresh(task).history.get(name="document_attached")
    assert entry.details["files"] == ["Договор.pdf", "Смета.pdf"]
    assert "Файлы: Договор.pdf, Смета.pdf." in text(web.get(f"/tasks/{task.number}/history/"))


def test_none_is_attached_when_one_is_refused(owner: User, web: Client) -> None:
    task = SigningTaskFactory(manager=owner, document_version=None)
    uploads = [pdf(1, "Договор.pdf"), SimpleUploadedFile("Смета.txt", b"text")]
    response = web.post(address(task, "attach/"), {"file": uploads})
    assert response.status_code == 422
    assert "«Смета.txt»: Не удалось распознать документ" in text(response)
    assert fresh(task).document_version is None


def test_moving_shows_the_order_and_saving_makes_the_next_version(
    joined_task: SigningTask, web: Client
) -> None:
    first, second, third = list_parts(joined_task.document_version)
    response = post(web, joined_task, [first, second, third], move=f"{third.pk}-1")
    assert response.status_code == 200
    page = text(response)
    assert page.index(NAMES[2]) < page.index(NAMES[0]) < page.index(NAMES[1])
    assert names(joined_task) == NAMES
    post(web, joined_task, [third, first, second], save="1", contents="on")
    assert names(joined_task) == [NAMES[2], NAMES[0], NAMES[1]]
    version = fresh(joined_task).document_version
    assert version.document == joined_task.document
    assert version.number == joined_task.document_version.number + 1
    history = fresh(joined_task).history.values_list("name", flat=True)
    assert list(history)[-2:] == ["document_removed", "document_attached"]
    run_joins()
    version.refresh_from_db()
    assert version.pages == 7


def test_a_file_is_replaced_removed_and_added(joined_task: SigningTask, web: Client) -> None:
    first, second, third = list_parts(joined_task.document_version)
    page = text(post(web, joined_task, [first, second, third], remove=str(second.pk)))
    assert NAMES[1] not in page
    assert "Чтобы оставить один файл, открепите документ" in page
    uploads = {f"replacement-{third.pk}": pdf(4, "Новая.pdf"), "added": pdf(5, "Акт.pdf")}
    post(web, joined_task, [first, third], save="1", **uploads)
    assert names(joined_task) == ["Договор.pdf", "Новая.pdf", "Акт.pdf"]
    new = list_parts(fresh(joined_task).document_version)[1]
    assert (new.document, new.number) == (third.document, 2)


def test_a_single_document_becomes_the_first_of_several(task: SigningTask, web: Client) -> None:
    version = task.document_version
    post(web, task, [version], save="1", added=pdf(2, "Приложение.pdf"))
    assert names(task) == [version.file_name, "Приложение.pdf"]
    assert fresh(task).document == version.document


def test_a_removed_document_is_put_together_from_its_files(
    joined_task: SigningTask, web: Client
) -> None:
    files = list_parts(joined_task.document_version)
    web.post(address(joined_task, "remove/"))
    assert "Собрать из файлов прежней версии" in text(web.get(joined_task.get_absolute_url()))
    post(web, joined_task, files, save="1")
    assert names(joined_task) == NAMES


def test_saving_the_same_changes_nothing(joined_task: SigningTask, web: Client) -> None:
    post(web, joined_task, list_parts(joined_task.document_version), save="1")
    assert fresh(joined_task).document_version == joined_task.document_version
    assert not fresh(joined_task).history.filter(name="document_attached").exists()


def test_one_file_is_no_package(joined_task: SigningTask, web: Client) -> None:
    first = list_parts(joined_task.document_version)[0]
    response = post(web, joined_task, [first], save="1")
    assert "В документе остался один файл" in text(response)
    assert fresh(joined_task).document_version == joined_task.document_version


def test_a_second_click_makes_no_second_version(joined_task: SigningTask, web: Client) -> None:
    first, second, third = list_parts(joined_task.document_version)
    for _ in range(2):
        response = post(web, joined_task, [third, second, first], save="1")
    assert response.status_code == 409
    assert "Документ изменили до вас" in text(response)
    assert joined_task.document.versions.count() == 3


def test_a_refused_file_changes_nothing(joined_task: SigningTask, web: Client) -> None:
    files = list_parts(joined_task.document_version)
    bad = SimpleUploadedFile("Смета.txt", b"text")
    response = post(web, joined_task, files[::-1], save="1", added=bad)
    assert response.status_code == 422
    page = text(response)
    assert "Не удалось распознать документ" in page
    assert page.index(NAMES[2]) < page.index(NAMES[0])
    assert fresh(joined_task).document_version == joined_task.document_version


def test_a_document_at_the_operator_is_revoked_first(owner: User, web: Client) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    assert "Открепите его: система отзовет документ" in text(web.get(address(task)))
    response = post(web, task, [task.document_version], save="1", added=pdf(1, "Акт.pdf"))
    assert response.status_code == 422
    assert fresh(task).document_version == task.document_version


def test_only_the_manager_changes_the_files(joined_task: SigningTask, people: People) -> None:
    files = list_parts(joined_task.document_version)
    mate = browser_of(people["mate"])
    assert "меняет менеджер задания" in text(mate.get(address(joined_task)))
    post(mate, joined_task, files[::-1], save="1")
    assert names(joined_task) == NAMES


def test_the_card_needs_no_more_than_one_query_for_the_files(
    joined_task: SigningTask, web: Client, django_assert_max_num_queries
) -> None:
    web.get(joined_task.get_absolute_url())
    with django_assert_max_num_queries(12):
        web.get(joined_task.get_absolute_url())
