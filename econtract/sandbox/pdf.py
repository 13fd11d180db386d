"""PDF made by the sandbox. Imported late: WeasyPrint takes half a second."""

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


def letter(title: str, lines: Sequence[str]) -> bytes:
    """A page with a heading and paragraphs."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return _render(f"<h1>{escape(title)}</h1>{body}")


def with_stamps(pdf: bytes, stamps: Sequence[Sequence[str]]) -> bytes:
    """The PDF with one more sheet that carries a stamp for each signature."""
    title = "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ"
    blocks = (
        f'<div class="stamp"><p class="title">{title}</p>'
        + "".join(f"<p>{escape(line)}</p>" for line in stamp)
        + "</div>"
        for stamp in stamps
    )
    sheet = _render("".join(blocks))
    with pikepdf.open(io.BytesIO(pdf)) as whole, pikepdf.open(io.BytesIO(sheet)) as stamped:
        whole.pages.extend(stamped.pages)
        buffer = io.BytesIO()
        whole.save(buffer)
    return buffer.getvalue()


def _render(body: str) -> bytes:
    page = f'<html lang="ru"><head><style>{_CSS}</style></head><body>{body}</body></html>'
    content: bytes = HTML(string=page, url_fetcher=_no_fetching).write_pdf()
    return content


def _no_fetching(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"Nothing may be fetched: {url[:50]}")
