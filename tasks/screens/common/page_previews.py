"""Previews of a document's pages, for `components/page_previews.html`."""

from typing import NamedTuple

from archive.files.previews import PreviewUnavailable
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion

# More pictures than anybody looks at would only slow the page down.
MAX_PREVIEWS = 30
# Why a page has no picture or text: there is no such page, or the file cannot be read.
PREVIEW_ERRORS = (IndexError, PreviewUnavailable, StoredFileDamaged, StoredFileWithheld)


class PagePreview(NamedTuple):
    url: str
    number: str


def build_page_previews(version: DocumentVersion, first_url: str) -> tuple[PagePreview, ...]:
    """The previews of ``version``; ``first_url`` is that of its first page, «…/1/»."""
    base_url = first_url.removesuffix("1/")
    page_numbers = range(1, min(version.pages or 0, MAX_PREVIEWS) + 1)
    return tuple(PagePreview(f"{base_url}{number}/", str(number)) for number in page_numbers)
