"""PDF files of the sandbox. Import this lazily: WeasyPrint takes half a second to import."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NoReturn

import pikepdf
from django.utils.html import escape
from weasyprint import HTML

_CSS = """
@page { size: A4; margin: 20mm }
body { font: 11pt/1.5 sans-serif }
h1 { font-size: 15pt }
.stamp { border: 1.5pt solid; border-radius: 4pt; color: #0b5cad; padding: 8pt; margin: 8pt 0 }
.stamp p { margin: 0 }
.stamp .title { font-weight: bold }
"""


def render_letter(title: str, lines: Sequence[str]) -> bytes:
    """A PDF with a heading and paragraphs."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return _render(f"<h1>{escape(title)}</h1>{body}")


def add_stamp_page(pdf: bytes, stamps: Sequence[Sequence[str]]) -> bytes:
    """The PDF with a last page added that shows a stamp for each signature."""
    title = "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ"
    blocks = (
        f'<div class="stamp"><p class="title">{title}</p>'
        + "".join(f"<p>{escape(line)}</p>" for line in stamp)
        + "</div>"
        for stamp in stamps
    )
    stamp_page = _render("".join(blocks))
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.open(io.BytesIO(stamp_page)) as page:
        document.pages.extend(page.pages)
        buffer = io.BytesIO()
        document.save(buffer)
    return buffer.getvalue()


def _render(body: str) -> bytes:
    page = f'<html lang="ru"><head><style>{_CSS}</style></head><body>{body}</body></html>'
    content: bytes = HTML(string=page, url_fetcher=_refuse_url).write_pdf()
    return content


def _refuse_url(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"External resources are not allowed: {url[:50]}")
