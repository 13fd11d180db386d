"""Files on their way to a browser that must not run them. The caller has checked the rights."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from archive.files import storage
from archive.models import StoredFile

CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
# A PDF viewer of the browser's own needs none of these; a hostile file gets none either.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def serve(
    request: HttpRequest, stored_file: StoredFile, *, file_name: str, inline: bool = False
) -> HttpResponseBase:
    """Answers with the file, whole or the range asked for, under ``file_name``.

    With ACCEL_PREFIX set the proxy sends the bytes. The bytes have been compared with their
    hash: raises StoredFileDamaged, and StoredFileWithheld when the virus scan has not passed.
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
        response = _answer(request, file, stored_file.size, etag)
    disposition = content_disposition_header(not inline, file_name)
    if disposition:
        response["Content-Disposition"] = disposition
    response["Content-Type"] = stored_file.content_type
    return _with_headers(response, etag)


def _with_headers(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Rights may end at any moment: the browser asks again each time.
    response["Cache-Control"] = "private, no-cache"
    return response


def _answer(request: HttpRequest, file: BinaryIO, size: int, etag: str) -> HttpResponseBase:
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""
    found = _RANGE.match(wanted)
    if not found or not any(found.groups()):  # none, several, or another unit: the whole file
        response = FileResponse(file)
        response["Content-Length"] = str(size)
        return response
    first, last = _bounds(found[1], found[2], size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    partial = FileResponse(_Part(file, last - first + 1), status=206)
    partial["Content-Length"] = str(last - first + 1)
    partial["Content-Range"] = f"bytes {first}-{last}/{size}"
    return partial


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last N bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class _Part:
    """The next ``length`` bytes of a file, closed together with the response."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (chunk := self._file.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk
