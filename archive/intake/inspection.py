"""The inspection of an uploaded file, before anything of it is stored or shown."""

import logging
import os
from typing import Protocol

from django.conf import settings

from archive import isolation
from archive.findings import Finding
from archive.intake import refusals
from archive.intake.formats import HEAD_SIZE, FileFormat, InspectedFile
from archive.intake.names import display_name
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import check_size

log = logging.getLogger(__name__)

# Whatever a bad file contains, it is refused within two seconds and 300 MB of memory.
LIMITS = isolation.Limits(seconds=10, cpu_seconds=1.6, memory=290 * isolation.MEBIBYTE, file_size=0)


class UploadLike(Protocol):
    """What `inspect_file` needs: an open binary file, or Django's UploadedFile."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> object: ...

    def tell(self) -> int: ...


def inspect_file(file: UploadLike, *, name: str) -> InspectedFile:
    """Identifies and validates ``file`` by its content; ``name`` is only made safe to display.

    Raises IntakeRefused. Never raises anything else because of the file's content: the parsers
    run in a confined process, and TOO_COMPLEX is the refusal when they crash, hang or run out of
    memory.
    """
    refusal = getattr(file, "refusal", None)  # set while the upload streamed, see `uploads`
    if refusal is not None:
        raise IntakeRefused(refusal)
    file.seek(0)
    head = file.read(HEAD_SIZE)
    size = _size(file)
    check_size(size, head)
    with isolation.open_descriptor(file) as descriptor:
        try:
            result, _ = isolation.run_function(
                "inspect", [descriptor], limits=LIMITS, max_pages=settings.DOCUMENT_MAX_PAGES
            )
        except isolation.LimitExceeded:
            raise IntakeRefused(refusals.TOO_COMPLEX) from None
        except isolation.FunctionFailed as error:
            log.warning("inspection failed size=%s error=%s", size, error)
            raise IntakeRefused(refusals.CORRUPT) from None
    if "refused" in result:
        raise IntakeRefused(refusals.BY_CODE[result["refused"]])
    file_format = FileFormat(result["format"])
    return InspectedFile(
        file_format=file_format,
        file_name=display_name(name, file_format),
        size=size,
        sha256=result["sha256"],
        pages=result["pages"],
        findings=tuple(Finding.from_json(item) for item in result["findings"]),
    )


def _size(file: UploadLike) -> int:
    file.seek(0, os.SEEK_END)
    return file.tell()
