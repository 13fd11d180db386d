"""The way in: a file is judged by its content before anything is stored or shown of it."""

import logging
import os
from typing import Protocol

from django.conf import settings

from archive import isolation
from archive.intake import refusals
from archive.intake.formats import HEAD_SIZE, FileFormat, InspectedFile
from archive.intake.names import display_name
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import check_size

log = logging.getLogger(__name__)

# A bad file is told within two seconds and three hundred megabytes, whatever is in it.
LIMITS = isolation.Limits(seconds=10, cpu_seconds=1.6, memory=290 * isolation.MEBIBYTE, file_size=0)


class Upload(Protocol):
    """What `inspect` needs: an opened binary file, or Django's UploadedFile."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> object: ...

    def tell(self) -> int: ...


def inspect_file(file: Upload, *, name: str) -> InspectedFile:
    """Tells what ``file`` is, by content; ``name`` is only made fit for showing.

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
            found, _ = isolation.run_function(
                "inspect", [descriptor], limits=LIMITS, max_pages=settings.DOCUMENT_MAX_PAGES
            )
        except isolation.LimitExceeded:
            raise IntakeRefused(refusals.TOO_COMPLEX) from None
        except isolation.FunctionFailed as failure:
            log.warning("intake check failed size=%s error=%s", size, failure)
            raise IntakeRefused(refusals.CORRUPT) from None
    if "refused" in found:
        raise IntakeRefused(refusals.BY_CODE[found["refused"]])
    kind = FileFormat(found["kind"])
    return InspectedFile(
        kind=kind,
        file_name=display_name(name, kind),
        size=size,
        sha256=found["sha256"],
        pages=found["pages"],
    )


def _size(file: Upload) -> int:
    file.seek(0, os.SEEK_END)
    return file.tell()
