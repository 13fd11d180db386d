"""Files in an S3 storage behave like files in a folder."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from archive import documents
from archive.files import cleanup, previews, storage
from archive.files.serving import serve
from econtract.platform.common import clock
from tests.support.factories import UserFactory
from tests.support.world import pdf_file

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture(autouse=True)
def bucket(s3_server: str, settings: Settings) -> Iterator[None]:
    options = {
        "bucket_name": "econtract",
        "endpoint_url": s3_server,
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        "default_acl": None,
        "file_overwrite": False,
    }
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": s3}
    storage._hash_matches.cache_clear()
    bucket = default_storage.connection.create_bucket(Bucket="econtract")
    yield
    bucket.objects.all().delete()
    bucket.delete()


def list_keys() -> list[str]:
    return sorted(item.key for item in default_storage.bucket.objects.all())


def test_the_same_bytes_are_stored_once_and_read_back() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    assert storage.store_bytes(b"contract", "text/plain") == stored
    assert list_keys() == [stored.path]
    assert storage.read_file(stored) == b"contract"


def test_a_damaged_file_is_detected_and_not_read() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.bucket.Object(stored.path).put(Body=b"contracT")
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)


def test_a_missing_file_is_detected() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.delete(stored.path)
    with pytest.raises(storage.StoredFileDamaged):
        storage.open_file(stored)


def test_a_range_is_served() -> None:
    stored = storage.store_bytes(b"0123456789", "application/pdf")
    request = RequestFactory().get("/", headers={"range": "bytes=2-4"})
    response = serve(request, stored, file_name="a.pdf")
    assert (response.status_code, b"".join(response.streaming_content)) == (206, b"234")
    response.close()


def test_a_document_is_uploaded_previewed_and_cleaned_up() -> None:
    upload = SimpleUploadedFile("договор.pdf", pdf_file())
    version = documents.upload_version(upload=upload, user=UserFactory())
    assert previews.page_image(version, 1)[:4] == b"RIFF"
    assert len(list_keys()) == 2
    with time_machine.travel(clock.now() + timedelta(days=30)):
        cleanup.delete_unreferenced()
    assert list_keys() == []
