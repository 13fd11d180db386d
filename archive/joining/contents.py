"""The page of contents of a joined document. It has no links yet, see `confined_join`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pypdfium2
from django.template.loader import render_to_string

from archive.joining.protocol import LINK_PREFIX

TITLE = "Содержание"
# The joined PDF does not take the date over, so that the same parts give the same bytes.
_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ContentsLine:
    """One part: its title, the number of its first page, the address that becomes its link."""

    title: str
    page: int
    address: str


def typeset_contents(titles: Sequence[str], pages: Sequence[int]) -> tuple[bytes, int]:
    """The contents of parts with these ``titles`` and numbers of ``pages``, as a PDF.

    Returns the PDF and how many pages it has itself: the parts come after them.
    """
    own_pages = 1
    while True:
        content = _typeset(titles, pages, own_pages)
        with pypdfium2.PdfDocument(content) as pdf:
            if len(pdf) <= own_pages:
                return content, own_pages
        own_pages += 1  # long titles take a page more, which moves the parts


def _typeset(titles: Sequence[str], pages: Sequence[int], own_pages: int) -> bytes:
    from archive.typesetting.pdf import html_to_pdf

    lines, page = [], own_pages + 1
    for number, (title, count) in enumerate(zip(titles, pages, strict=True), start=1):
        lines.append(ContentsLine(title, page, f"{LINK_PREFIX}{number}"))
        page += count
    body = render_to_string("archive/contents.html", {"title": TITLE, "lines": lines})
    css = render_to_string("archive/contents.css")
    return html_to_pdf(body, css=css, title=TITLE, moment=_DATE)
