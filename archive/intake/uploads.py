"""Size limits that are enforced while an upload streams in."""

import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from archive.intake.formats import HEAD_SIZE
from archive.intake.sizes import PDF_LIMIT, size_limit, too_large
from econtract.platform.common.refusals import Refusal

# After the limit the rest is read and discarded, so that the form comes back with everything that
# the user entered. After this many bytes the answer is 413, and the connection is closed.
MAX_RECEIVED = 4 * PDF_LIMIT


class LimitedUpload(UploadedFile):
    """An upload in an unnamed temporary file; ``refusal`` is set when it exceeded its limit."""

    refusal: Refusal | None = None


class LimitedUploadHandler(FileUploadHandler):
    """Keeps at most 30 MB of an upload that begins like a PDF, and 10 MB of any other.

    A larger upload becomes an empty file, which `archive.intake.inspection` refuses.
    """

    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        # Unnamed, so that nothing of the user's file name gets into a path.
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
        self.head = b""
        self.received = 0
        self.refusal: Refusal | None = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > MAX_RECEIVED:
            self.file.close()
            raise RequestDataTooBig("An upload exceeds every limit.")
        if self.refusal is None:
            self._keep(raw_data)
        return None

    def _keep(self, raw_data: bytes) -> None:
        self.head += raw_data[: HEAD_SIZE - len(self.head)]
        if self.received > size_limit(self.head):
            self.refusal = too_large(self.head)
            self.file.truncate(0)
            return
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> LimitedUpload:
        self.file.seek(0)
        upload = LimitedUpload(
            self.file,
            self.file_name,
            self.content_type,
            0 if self.refusal else self.received,
            self.charset,
            self.content_type_extra,
        )
        upload.refusal = self.refusal
        return upload

    def upload_interrupted(self) -> None:
        self.file.close()
