"""Downloads of the files that are attached to a document."""

from django.http import Http404, HttpResponse

from archive.files import serving
from archive.files.attachments import read_attachment
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion


def serve_attachment_of(version: DocumentVersion, index: int) -> HttpResponse:
    """The file ``index`` (from 0) of the version's PDF; Http404 when there is none."""
    try:
        name, data = read_attachment(version, index)
    except (IndexError, StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None
    return serving.serve_attachment(name, data)
