"""Previews of a version's pages, kept in the storage beside the files they are made of."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from archive import isolation
from archive.documents import open_pdf
from archive.models import DocumentVersion, StoredFile

WIDTH_PIXELS = 1_000
FOLDER = "previews"
LIMITS = isolation.Limits(seconds=20, cpu_seconds=10, memory=600 * isolation.MEBIBYTE, file_size=0)


class PreviewUnavailable(Exception):
    """The page cannot be drawn (too complex, or a fault in the PDF); the file itself is fine."""


def page_image(version: DocumentVersion, page: int) -> bytes:
    """Page ``page`` (from 1) of the version's PDF as a WebP picture, 1000 pixels wide.

    Raises IndexError when there is no such page, PreviewUnavailable when it cannot be drawn,
    and what `archive.documents.open_pdf` raises.
    """
    return _cached(version, page, "webp", "render", page=page, width=WIDTH_PIXELS)


def page_text(version: DocumentVersion, page: int) -> str:
    """The text of page ``page``, for those who hear the page; raises as `page_image` does."""
    return _cached(version, page, "txt", "page_text", page=page).decode()


def preview_folder(pdf: StoredFile) -> str:
    """Where the previews of ``pdf`` are kept; they can be made anew at any time."""
    return f"{FOLDER}/{pdf.path}"


def _cached(
    version: DocumentVersion, page: int, extension: str, work: str, /, **arguments: int
) -> bytes:
    if not 1 <= page <= (version.pages or 0):
        raise IndexError(page)
    if version.pdf is None:
        raise ValueError(f"Version {version.pk} has no PDF.")
    path = f"{preview_folder(version.pdf)}/{page}.{extension}"
    if default_storage.exists(path):
        with default_storage.open(path, "rb") as file:
            return bytes(file.read())
    with open_pdf(version) as pdf, isolation.open_descriptor(pdf) as descriptor:
        try:
            _, body = isolation.run_function(work, [descriptor], limits=LIMITS, **arguments)
        except isolation.IsolationError:
            raise PreviewUnavailable(f"page {page}") from None
    saved = default_storage.save(path, ContentFile(body))
    if saved != path:
        default_storage.delete(saved)  # drawn twice at once: one is enough
    return body
