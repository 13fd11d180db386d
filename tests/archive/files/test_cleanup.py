"""What nothing refers to goes after a day; everything else stays."""

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
from tests.support import office
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


def swept_in(days: float) -> tuple[int, int]:
    with time_machine.travel(clock.now() + timedelta(days=days)):
        return cleanup.delete_unreferenced()


def files(folder) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_fresh_upload_is_left_alone(version, own_folder) -> None:
    assert swept_in(0.9) == (0, 0)
    assert Document.objects.exists()


def test_a_forgotten_upload_goes_with_its_file_and_its_pictures(version, own_folder) -> None:
    previews.page_image(version, 1)
    assert swept_in(1.1) == (1, 1)
    assert not StoredFile.objects.exists()
    assert files(own_folder) == []


def test_a_document_of_a_task_stays(version, own_folder) -> None:
    SigningTaskFactory(document=version.document)
    assert swept_in(400) == (0, 0)
    assert storage.read_file(version.source)


def test_a_document_that_got_a_new_version_today_stays(version) -> None:
    with time_machine.travel(clock.now() + timedelta(days=3)):
        upload = SimpleUploadedFile("новый.pdf", office.pdf_bytes(2))
        documents.upload_version(upload=upload, user=None, document=version.document)
        assert cleanup.delete_unreferenced() == (0, 0)


def test_a_file_in_a_package_stays() -> None:
    stored = storage.store_bytes(b"package", "application/zip")
    Package.objects.create(file=stored, file_name="пакет.zip", code="A1")
    assert swept_in(2) == (0, 0)


def test_a_file_that_was_uploaded_again_today_stays() -> None:
    storage.store_bytes(b"contract", "application/pdf")
    with time_machine.travel(clock.now() + timedelta(days=5)):
        storage.store_bytes(b"contract", "application/pdf")
        assert cleanup.delete_unreferenced() == (0, 0)


def test_bytes_of_a_transaction_that_was_rolled_back_go(own_folder) -> None:
    sha = "ab" * 32
    default_storage.save(StoredFile.path_of(sha), ContentFile(b"orphan"))
    assert swept_in(0.9) == (0, 0)
    assert swept_in(1.1) == (0, 1)
    assert files(own_folder) == []
    assert not StoredFile.objects.exists()


def test_damage_is_found_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    sound = storage.store_bytes(b"contract", "application/pdf")
    gone = storage.store_bytes(b"other", "application/pdf")
    default_storage.delete(gone.path)
    assert cleanup.find_damaged_files() == [gone]
    assert gone.sha256 in caplog.text
    assert sound.sha256 not in caplog.text
