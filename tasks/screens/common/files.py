"""Stored files as answers to requests."""

import logging

from django.http import Http404, HttpRequest, HttpResponseBase

from archive.files import serving
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import StoredFile

log = logging.getLogger(__name__)


def serve_file(
    request: HttpRequest, file: StoredFile, name: str, *, inline: bool = False
) -> HttpResponseBase:
    """`serving.serve`; Http404 for a file that is damaged or has not passed the virus scan."""
    try:
        return serving.serve(request, file, file_name=name, inline=inline)
    except (StoredFileDamaged, StoredFileWithheld) as error:
        log.warning("file not served file=%s reason=%s", file.pk, type(error).__name__)
        raise Http404 from None
