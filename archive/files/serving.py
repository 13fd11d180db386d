"""HTTP responses with stored files, which a browser must not execute.

The caller has checked the permissions.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from archive.files import storage
from archive.models import StoredFile

CHUNK_SIZE = 64 * 1024
# A longer number is no position in any file, and `int` refuses thousands of digits.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
# The browser's own PDF viewer needs no permissions, and a hostile file gets none.
_CONTENT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def serve(
    request: HttpRequest, stored_file: StoredFile, *, file_name: str, inline: bool = False
) -> HttpResponseBase:
    """A response with the file, or with the requested range of it, under ``file_name``.

    With ACCEL_PREFIX set, the proxy sends the bytes. They are checked against their hash first:
    raises StoredFileDamaged, and StoredFileWithheld when the file has not passed the virus scan.
    """
    etag = f'"{stored_file.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), etag)
    file = storage.open_file(stored_file)
    if settings.ACCEL_PREFIX:
        file.close()
        response: HttpResponseBase = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{stored_file.path}"
    else:
        response = _file_response(request, file, stored_file.size, etag)
    disposition = content_disposition_header(not inline, file_name)
    if disposition:
        response["Content-Disposition"] = disposition
    response["Content-Type"] = stored_file.content_type
    return _with_headers(response, etag)


def serve_attachment(name: str, data: bytes) -> HttpResponse:
    """A response with a file from inside of a document; a browser saves it and never shows it."""
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    _protect(response)
    return response


def _with_headers(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    _protect(response)
    return response


def _protect(response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _CONTENT_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Permissions may end at any moment, so the browser has to revalidate each time.
    response["Cache-Control"] = "private, no-cache"


def _file_response(request: HttpRequest, file: BinaryIO, size: int, etag: str) -> HttpResponseBase:
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        header = ""
    match = _RANGE.match(header)
    if not match or not any(match.groups()):  # no range, several, or another unit: the whole file
        response = FileResponse(file)
        response["Content-Length"] = str(size)
        return response
    first, last = _parse_range(match[1], match[2], size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    partial = FileResponse(_FileSlice(file, last - first + 1), status=206)
    partial["Content-Length"] = str(last - first + 1)
    partial["Content-Range"] = f"bytes {first}-{last}/{size}"
    return partial


def _parse_range(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte of the range, both included."""
    if not first:  # the last N bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class _FileSlice:
    """The next ``length`` bytes of a file, which is closed together with the response."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._remaining = length
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self._remaining and (chunk := self._file.read(min(CHUNK_SIZE, self._remaining))):
            self._remaining -= len(chunk)
            yield chunk
