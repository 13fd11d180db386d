"""Unreferenced files and documents are deleted after a day; everything else stays."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from archive import documents
from archive.files import cleanup, previews, storage
from archive.models import Document, DocumentVersion, Package, StoredFile
from econtract.platform.common import clock
from tests.support.documents import office
from tests.support.factories import SigningTaskFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    options = {"location": tmp_path}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": default}
    return tmp_path


@pytest.fixture
def version() -> DocumentVersion:
    upload = SimpleUploadedFile("договор.pdf", office.pdf_bytes())
    return documents.upload_version(upload=upload, user=UserFactory())


def clean_up_after(days: float) -> tuple[int, int]:
    with time_machine.travel(clock.now() + timedelta(days=days)):
        return cleanup.delete_unreferenced()


def list_files(folder) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_recent_upload_stays(version, own_folder) -> None:
    assert clean_up_after(0.9) == (0, 0)
    assert Document.objects.exists()


def test_an_unused_upload_is_deleted_with_its_file_and_previews(version, own_folder) -> None:
    previews.page_image(version, 1)
    assert clean_up_after(1.1) == (1, 1)
    assert not StoredFile.objects.exists()
    assert list_files(own_folder) == []


def test_a_document_of_a_task_stays(version, own_folder) -> None:
    SigningTaskFactory(document=version.document)
    assert clean_up_after(400) == (0, 0)
    assert storage.read_file(version.source)


def test_a_document_with_a_recent_version_stays(version) -> None:
    with time_machine.travel(clock.now() + timedelta(days=3)):
        upload = SimpleUploadedFile("новый.pdf", office.pdf_bytes(2))
        documents.upload_version(upload=upload, user=UserFactory(), document=version.document)
        assert cleanup.delete_unreferenced() == (0, 0)


def test_a_file_of_a_package_stays() -> None:
    stored = storage.store_bytes(b"package", "application/zip")
    Package.objects.create(file=stored, file_name="пакет.zip", code="A1")
    assert clean_up_after(2) == (0, 0)


def test_a_file_that_was_uploaded_again_stays() -> None:
    storage.store_bytes(b"contract", "application/pdf")
    with time_machine.travel(clock.now() + timedelta(days=5)):
        storage.store_bytes(b"contract", "application/pdf")
        assert cleanup.delete_unreferenced() == (0, 0)


def test_a_file_without_a_row_is_deleted(own_folder) -> None:
    sha256 = "ab" * 32
    default_storage.save(StoredFile.path_of(sha256), ContentFile(b"orphan"))
    assert clean_up_after(0.9) == (0, 0)
    assert clean_up_after(1.1) == (0, 1)
    assert list_files(own_folder) == []
    assert not StoredFile.objects.exists()


def test_a_damaged_file_is_found_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    intact = storage.store_bytes(b"contract", "application/pdf")
    missing = storage.store_bytes(b"other", "application/pdf")
    default_storage.delete(missing.path)
    assert cleanup.find_damaged_files() == [missing]
    assert missing.sha256 in caplog.text
    assert intact.sha256 not in caplog.text
