"""Typesetting our own pages (protocol, stamps) as PDF, with the same bytes on every machine.

Import this module inside the function that uses it: it loads Pango, which takes half a second and
40 MB, and web processes do not need it.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.html import format_html
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONTS = Path(__file__).parent / "fonts"
FAMILY = "EContract Sans"
_FACES = {400: "DejaVuSans.ttf", 700: "DejaVuSans-Bold.ttf"}


def html_to_pdf(body: str, *, css: str, title: str, moment: datetime) -> bytes:
    """``body`` (HTML) as a PDF with the embedded font family «EContract Sans».

    Only these fonts are read: a URL in ``body`` or ``css`` raises ValueError. The same arguments
    give the same bytes: the PDF is dated ``moment`` (aware) and has no random identifier.
    """
    fonts = FontConfiguration()
    fetcher = _FontFetcher()
    sheet = CSS(string=_font_faces() + css, font_config=fonts, url_fetcher=fetcher)
    page = HTML(string=_page(body, title, moment), url_fetcher=fetcher)
    try:
        pdf: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts)
    except FatalURLFetchingError as error:
        raise ValueError(str(error)) from error
    return pdf


class _FontFetcher(URLFetcher):
    """Reads the fonts of this package and refuses every other URL."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix("font:")
        if name not in _FACES.values():
            raise FatalURLFetchingError(f"Typesetting must not fetch URLs: {url[:100]}")
        body = BytesIO((FONTS / name).read_bytes())
        return URLFetcherResponse(url, body, {"Content-Type": "font/ttf"})


def _font_faces() -> str:
    faces = (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight};'
        f' src: url("font:{name}"); }}\n'
        for weight, name in _FACES.items()
    )
    return "".join(faces) + f'html {{ font-family: "{FAMILY}"; }}\n'


def _page(body: str, title: str, moment: datetime) -> str:
    date = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = format_html(
        '<meta charset="utf-8"><title>{}</title><meta name="generator" content="E-Contract">'
        '<meta name="dcterms.created" content="{}"><meta name="dcterms.modified" content="{}">',
        title,
        date,
        date,
    )
    return f'<!doctype html><html lang="ru"><head>{head}</head><body>{body}</body></html>'
