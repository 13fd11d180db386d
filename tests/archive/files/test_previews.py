"""Page pictures and page texts."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from archive import documents, isolation
from archive.files import previews
from tests.support import office
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    upload = SimpleUploadedFile("договор.pdf", office.pdf_bytes(2))
    return documents.upload_version(upload=upload, user=UserFactory())


def test_a_page_is_a_webp_picture_of_the_stated_width(version) -> None:
    picture = Image.open(io.BytesIO(previews.page_image(version, 1)))
    assert (picture.format, picture.width) == ("WEBP", previews.WIDTH_PIXELS)
    assert picture.getcolors() is None or len(picture.getcolors()) > 1  # something is on it


def test_every_page_is_another_picture_and_has_its_text(version) -> None:
    assert previews.page_image(version, 1) != previews.page_image(version, 2)
    assert "Contract page 2" in previews.page_text(version, 2)


@pytest.mark.parametrize("page", [0, 3, -1])
def test_there_is_no_picture_of_a_page_that_is_not_there(version, page: int) -> None:
    with pytest.raises(IndexError):
        previews.page_image(version, page)


def test_a_page_is_drawn_once(version, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = previews.page_image(version, 1)
    monkeypatch.setattr(isolation, "run_function", None)
    assert previews.page_image(version, 1) == drawn


def test_a_page_that_cannot_be_drawn_says_so_and_is_not_kept(
    version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*_: object, **__: object):
        raise isolation.LimitExceeded

    monkeypatch.setattr(isolation, "run_function", call)
    path = f"{previews.preview_folder(version.pdf)}/1.webp"
    default_storage.delete(path)
    with pytest.raises(previews.PreviewUnavailable):
        previews.page_image(version, 1)
    assert not default_storage.exists(path)
