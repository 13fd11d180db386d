"""Previews of the pages of a document version, cached in the storage."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from archive import isolation
from archive.files import storage
from archive.models import DocumentVersion, StoredFile

WIDTH_PIXELS = 1_000
PREVIEWS_FOLDER = "previews"
RENDERING = 2  # in the names of the files: raise it when pages are shown in another way
LIMITS = isolation.Limits(seconds=20, cpu_seconds=10, memory=600 * isolation.MEBIBYTE, file_size=0)


class PreviewUnavailable(Exception):
    """The page cannot be rendered (too complex, or a fault in the PDF); the file is intact."""


def page_image(version: DocumentVersion, page: int) -> bytes:
    """Page ``page`` (from 1) of the version's PDF as a WebP image, 1000 pixels wide.

    Raises IndexError when there is no such page, ValueError when there is no PDF,
    PreviewUnavailable when the page cannot be rendered, and the errors of `storage.open_file`.
    """
    return _get_or_render(version, page, "webp", "render", page=page, width=WIDTH_PIXELS)


def page_text(version: DocumentVersion, page: int) -> str:
    """The text of page ``page``, for screen readers; raises the errors of `page_image`."""
    return _get_or_render(version, page, "txt", "page_text", page=page).decode()


def preview_folder(pdf: StoredFile) -> str:
    """The storage folder with the previews of ``pdf``. It is a cache: it may be deleted."""
    return f"{PREVIEWS_FOLDER}/{pdf.path}"


def _get_or_render(
    version: DocumentVersion, page: int, extension: str, function: str, /, **arguments: int
) -> bytes:
    if not 1 <= page <= (version.pages or 0):
        raise IndexError(page)
    if version.pdf is None:
        raise ValueError(f"Version {version.pk} has no PDF.")
    path = f"{preview_folder(version.pdf)}/{page}-{RENDERING}.{extension}"
    if default_storage.exists(path):
        with default_storage.open(path, "rb") as file:
            return bytes(file.read())
    with storage.open_file(version.pdf) as pdf, isolation.open_descriptor(pdf) as descriptor:
        try:
            _, body = isolation.run_function(function, [descriptor], limits=LIMITS, **arguments)
        except isolation.IsolationError:
            raise PreviewUnavailable(f"page {page}") from None
    saved = default_storage.save(path, ContentFile(body))
    if saved != path:
        default_storage.delete(saved)  # another process has rendered the same page meanwhile
    return body
