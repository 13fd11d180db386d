"""What a stranger may ask of «Проверка документа»: so often, and files so large."""

import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from accounts.throttle import client_address

WINDOW = 60  # seconds
LARGEST_UPLOAD = 100 * 1024 * 1024  # all files of one request together


def is_spent(request: HttpRequest) -> bool:
    """Counts one check from this address; whether it is over VERIFY_PER_MINUTE."""
    key = f"verify:{client_address(request)}"
    if cache.add(key, 1, timeout=WINDOW):
        return False
    try:
        return cache.incr(key) > settings.VERIFY_PER_MINUTE
    except ValueError:  # the window has just ended
        return False


class BoundedUploads(FileUploadHandler):
    """Takes files into unnamed temporary files: nothing is left of them, however we end.

    What comes in after the limit is read and thrown away, and ``exceeded`` says so.
    """

    file: IO[bytes]

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.received = 0
        self.exceeded = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > LARGEST_UPLOAD:
            self.exceeded = True
            raise SkipFile
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        self.file.close()
