"""HTTP responses with stored files."""

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


def serve_file(stored, *, inline: bool = False, **headers: str):
    request = RequestFactory().get("/", headers=headers)
    return serve(request, stored, file_name="Договор № 7.pdf", inline=inline)


def read_body(response) -> bytes:
    with contextlib.closing(response):
        return b"".join(response.streaming_content)


def test_the_whole_file_is_sent_with_its_russian_name(stored) -> None:
    response = serve_file(stored)
    assert (response.status_code, read_body(response)) == (200, DATA)
    assert response["Content-Length"] == str(len(DATA))
    assert response["Content-Type"] == "application/pdf"
    name = "%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%96%207.pdf"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_the_headers_forbid_the_browser_to_execute_anything(stored) -> None:
    response = serve_file(stored, inline=True)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox;")
    assert response["Cache-Control"] == "private, no-cache"
    response.close()


@pytest.mark.parametrize(
    ("range_header", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=2550-", 2550, 2559),
        ("bytes=-10", 2550, 2559),
        ("bytes=2000-9999", 2000, 2559),
        ("bytes=-9999", 0, 2559),
    ],
)
def test_a_range_is_sent(stored, range_header: str, first: int, last: int) -> None:
    response = serve_file(stored, range=range_header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert read_body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("range_header", ["bytes=9999-", "bytes=10-5", "bytes=-0"])
def test_a_range_outside_the_file_gives_416(stored, range_header: str) -> None:
    response = serve_file(stored, range=range_header)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(DATA)}")


@pytest.mark.parametrize(
    "range_header",
    ["bytes=0-1,5-9", "lines=1-2", "bytes=-", "nonsense", f"bytes=0-{'9' * 5000}", "bytes=٠-٩"],
)
def test_the_whole_file_is_sent_for_an_unsupported_range(stored, range_header: str) -> None:
    response = serve_file(stored, range=range_header)
    assert (response.status_code, read_body(response)) == (200, DATA)


def test_the_whole_file_is_sent_if_the_range_is_of_another_version(stored) -> None:
    response = serve_file(stored, range="bytes=0-9", **{"if-range": '"other"'})
    assert read_body(response) == DATA


def test_a_cached_file_is_not_sent_again(stored) -> None:
    response = serve_file(stored, **{"if-none-match": f'"{stored.sha256}"'})
    assert response.status_code == 304


def test_the_proxy_can_send_the_file(stored, settings) -> None:
    settings.ACCEL_PREFIX = "/protected/"
    response = serve_file(stored)
    assert response["X-Accel-Redirect"] == f"/protected/{stored.path}"
    assert response.content == b""


def test_a_damaged_file_is_not_sent(stored) -> None:
    stored.sha256 = "0" * 64
    with pytest.raises(storage.StoredFileDamaged):
        serve_file(stored)
