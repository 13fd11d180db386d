"""Files on their way to a browser."""

import contextlib

import pytest
from django.test import RequestFactory

from archive.files import storage
from archive.files.serving import serve

pytestmark = pytest.mark.django_db

DATA = bytes(range(256)) * 10


@pytest.fixture
def stored():
    return storage.store_bytes(DATA, "application/pdf")


def served(stored, *, inline: bool = False, **headers: str):
    request = RequestFactory().get("/", headers=headers)
    return serve(request, stored, file_name="Договор № 7.pdf", inline=inline)


def body(response) -> bytes:
    with contextlib.closing(response):
        return b"".join(response.streaming_content)


def test_the_whole_file_arrives_under_its_russian_name(stored) -> None:
    response = served(stored)
    assert (response.status_code, body(response)) == (200, DATA)
    assert response["Content-Length"] == str(len(DATA))
    assert response["Content-Type"] == "application/pdf"
    name = "%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%96%207.pdf"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_the_browser_is_told_to_run_nothing(stored) -> None:
    response = served(stored, inline=True)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox;")
    assert response["Cache-Control"] == "private, no-cache"
    response.close()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=2550-", 2550, 2559),
        ("bytes=-10", 2550, 2559),
        ("bytes=2000-9999", 2000, 2559),
        ("bytes=-9999", 0, 2559),
    ],
)
def test_a_range_is_served(stored, asked: str, first: int, last: int) -> None:
    response = served(stored, range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=9999-", "bytes=10-5", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(stored, asked: str) -> None:
    response = served(stored, range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(DATA)}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "lines=1-2", "bytes=-", "nonsense"])
def test_a_range_that_is_not_understood_gets_the_whole_file(stored, asked: str) -> None:
    response = served(stored, range=asked)
    assert (response.status_code, body(response)) == (200, DATA)


def test_a_range_of_another_state_of_the_file_gets_the_whole(stored) -> None:
    response = served(stored, range="bytes=0-9", **{"if-range": '"other"'})
    assert body(response) == DATA


def test_a_known_file_is_not_sent_again(stored) -> None:
    response = served(stored, **{"if-none-match": f'"{stored.sha256}"'})
    assert response.status_code == 304


def test_the_proxy_may_send_the_bytes(stored, settings) -> None:
    settings.ACCEL_PREFIX = "/protected/"
    response = served(stored)
    assert response["X-Accel-Redirect"] == f"/protected/{stored.path}"
    assert response.content == b""


def test_a_damaged_file_is_not_served(stored) -> None:
    stored.sha256 = "0" * 64
    with pytest.raises(storage.StoredFileDamaged):
        served(stored)
