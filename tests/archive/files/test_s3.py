"""The same files in an S3 store: what is said of them does not depend on where they lie."""

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
def server() -> Iterator[str]:
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture(autouse=True)
def bucket(server: str, settings: Settings) -> Iterator[None]:
    options = {
        "bucket_name": "econtract",
        "endpoint_url": server,
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        "default_acl": None,
        "file_overwrite": False,
    }
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": s3}
    storage._hash_matches.cache_clear()
    created = default_storage.connection.create_bucket(Bucket="econtract")
    yield
    created.objects.all().delete()
    created.delete()


def paths() -> list[str]:
    return sorted(item.key for item in default_storage.bucket.objects.all())


def test_the_same_bytes_are_one_file_and_are_read_back() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    assert storage.store_bytes(b"contract", "text/plain") == stored
    assert paths() == [stored.path]
    assert storage.read_file(stored) == b"contract"


def test_a_damaged_file_is_reported_and_not_read() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.bucket.Object(stored.path).put(Body=b"contracT")
    assert not storage.is_intact(stored)
    with pytest.raises(storage.StoredFileDamaged):
        storage.read_file(stored)


def test_a_file_that_is_gone_is_reported() -> None:
    stored = storage.store_bytes(b"contract", "application/pdf")
    default_storage.delete(stored.path)
    with pytest.raises(storage.StoredFileDamaged):
        storage.open_file(stored)


def test_a_range_is_served() -> None:
    stored = storage.store_bytes(b"0123456789", "application/pdf")
    request = RequestFactory().get("/", headers={"range": "bytes=2-4"})
    answer = serve(request, stored, file_name="a.pdf")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"234")
    answer.close()


def test_a_document_is_taken_in_looked_at_and_swept() -> None:
    upload = SimpleUploadedFile("договор.pdf", pdf_file())
    version = documents.upload_version(upload=upload, user=UserFactory())
    assert previews.page_image(version, 1)[:4] == b"RIFF"
    assert len(paths()) == 2
    with time_machine.travel(clock.now() + timedelta(days=30)):
        cleanup.delete_unreferenced()
    assert paths() == []
