"""The files of «Скачать все» (`tasks.actions.downloads`)."""

from typing import Any

import pytest

from archive.models import DocumentVersion
from tasks.actions.downloads import list_files
from tasks.models import AuthorityDocument, SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    DocumentVersionFactory,
    PackageFactory,
    SigningTaskFactory,
    StoredFileFactory,
)

pytestmark = pytest.mark.django_db


def create_task(status: Status = Status.IDENTIFIED, **values: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(status=status, **values)
    return task


def names_of(task: SigningTask) -> list[str]:
    return [name for name, _ in list_files(task)]


def test_a_converted_document_has_its_pdf_and_its_source() -> None:
    task = create_task()
    version = task.document_version
    assert version is not None
    assert list_files(task) == [
        ("Документ, версия 1/Договор.pdf", version.pdf),
        ("Документ, версия 1/Исходный файл/Договор.docx", version.source),
    ]


def test_a_pdf_that_was_uploaded_is_listed_once() -> None:
    pdf = StoredFileFactory()
    task = create_task(
        document_version__source=pdf,
        document_version__pdf=pdf,
        document_version__file_name="Договор.pdf",
    )
    assert list_files(task) == [("Документ, версия 1/Договор.pdf", pdf)]


def test_a_document_without_a_pdf_has_its_source() -> None:
    task = create_task(
        document_version__pdf=None, document_version__state=DocumentVersion.State.FAILED
    )
    assert names_of(task) == ["Документ, версия 1/Исходный файл/Договор.docx"]


def test_every_version_of_the_document_is_listed_in_order() -> None:
    task = create_task()
    DocumentVersionFactory(document=task.document, number=2, file_name="Новый.docx")
    DocumentVersionFactory(file_name="Чужой.docx")
    assert names_of(task) == [
        "Документ, версия 1/Договор.pdf",
        "Документ, версия 1/Исходный файл/Договор.docx",
        "Документ, версия 2/Новый.pdf",
        "Документ, версия 2/Исходный файл/Новый.docx",
    ]


def test_the_package_of_a_completed_task_comes_first() -> None:
    task = create_task(Status.COMPLETED)
    assert task.package is not None
    assert list_files(task)[0] == ("Договор_850123456789.zip", task.package.file)


def test_a_package_that_is_not_archived_yet_is_not_listed() -> None:
    task = create_task(Status.DOCUMENT_SIGNED, package=PackageFactory())
    assert not any(name.endswith(".zip") for name in names_of(task))


def test_files_of_the_client_get_safe_and_unique_names() -> None:
    task = create_task(document_version=None)
    for file_name in ("../Приказ.pdf", "Приказ.pdf"):
        AuthorityDocument.objects.create(
            task=task, file=StoredFileFactory(), file_name=file_name, request_ref="r-1"
        )
    first, second = names_of(task)
    assert first == "Документы о полномочиях/Приказ.pdf"
    assert second != first
    assert second.startswith("Документы о полномочиях/Приказ")


def test_a_task_without_files_has_an_empty_list() -> None:
    assert list_files(create_task(document_version=None)) == []
