"""HTML to PDF without fetching anything."""

from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# A document may contain any URL, but only data: URLs are read.
DATA_URLS_ONLY = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

FONTS = FontConfiguration()
POINTS_PER_PIXEL = 0.75
BASE_CSS = """
html { font-family: 'Liberation Serif', serif; font-size: 11pt; line-height: 1.15; hyphens: none }
body { margin: 0 }
a { color: inherit; text-decoration: none }
table { border-collapse: collapse; table-layout: fixed; empty-cells: show }
td { vertical-align: top; overflow-wrap: anywhere; padding: 0 }
tr.unbreakable { break-inside: avoid }
img { max-width: 100% }
"""


def write_pdf(html: str, css: str, target: Path) -> None:
    """Renders the document to ``target``. Raises the errors of WeasyPrint."""
    _build_document(html, css).write_pdf(target, font_config=FONTS)


def measure_height(html: str, css: str, width: float) -> float:
    """The height (points) of ``html`` in a column ``width`` points wide."""
    page = f"@page {{ size: {width:.1f}pt 3000pt; margin: 0 }}"
    end = "<div id=end></div>"
    rendered = _build_document(html + end, css + page).render(font_config=FONTS)
    _, top, *_ = rendered.pages[0].anchors.get("end", (0, 0))
    return float(top) * POINTS_PER_PIXEL


def _build_document(html: str, css: str) -> HTML:
    page = (
        f"<!doctype html><html lang=ru><head><meta charset=utf-8>"
        f"<style>{BASE_CSS}{css}</style></head><body>{html}</body></html>"
    )
    return HTML(string=page, url_fetcher=DATA_URLS_ONLY)
