"""Previews of pages: images and texts."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from archive import documents, isolation
from archive.files import previews
from tests.support.documents import office
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    upload = SimpleUploadedFile("договор.pdf", office.pdf_bytes(2))
    return documents.upload_version(upload=upload, user=UserFactory())


def test_a_page_is_a_webp_image_of_the_documented_width(version) -> None:
    image = Image.open(io.BytesIO(previews.page_image(version, 1)))
    assert (image.format, image.width) == ("WEBP", previews.WIDTH_PIXELS)
    assert image.getcolors() is None or len(image.getcolors()) > 1  # it is not blank


def test_every_page_has_its_own_image_and_text(version) -> None:
    assert previews.page_image(version, 1) != previews.page_image(version, 2)
    assert "Contract page 2" in previews.page_text(version, 2)


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_missing_page_raises_index_error(version, page: int) -> None:
    with pytest.raises(IndexError):
        previews.page_image(version, page)


def test_a_page_is_rendered_once(version, monkeypatch: pytest.MonkeyPatch) -> None:
    image = previews.page_image(version, 1)
    monkeypatch.setattr(isolation, "run_function", None)
    assert previews.page_image(version, 1) == image


def test_a_page_that_cannot_be_rendered_is_not_cached(
    version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exceed_limit(*_: object, **__: object):
        raise isolation.LimitExceeded

    monkeypatch.setattr(isolation, "run_function", exceed_limit)
    path = f"{previews.preview_folder(version.pdf)}/1-{previews.RENDERING}.webp"
    default_storage.delete(path)
    with pytest.raises(previews.PreviewUnavailable):
        previews.page_image(version, 1)
    assert not default_storage.exists(path)
