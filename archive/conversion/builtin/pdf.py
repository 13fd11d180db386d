"""HTML to PDF with nothing from outside."""

from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# A file may name addresses as it likes: only what stands in the page itself is read.
ONLY_INLINE = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

FONTS = FontConfiguration()
POINTS_A_PIXEL = 0.75
BASE_STYLE = """
html { font-family: 'Liberation Serif', serif; font-size: 11pt; line-height: 1.15; hyphens: none }
body { margin: 0 }
a { color: inherit; text-decoration: none }
table { border-collapse: collapse; table-layout: fixed; empty-cells: show }
td { vertical-align: top; overflow-wrap: anywhere; padding: 0 }
tr.whole { break-inside: avoid }
img { max-width: 100% }
"""


def write_pdf(html: str, style: str, target: Path) -> None:
    """Renders a whole document. Raises what WeasyPrint raises on what it cannot lay out."""
    _document(html, style).write_pdf(target, font_config=FONTS)


def height_of(html: str, style: str, width: float) -> float:
    """How high (points) ``html`` is in a column ``width`` points wide."""
    page = f"@page {{ size: {width:.1f}pt 3000pt; margin: 0 }}"
    end = "<div id=end></div>"
    rendered = _document(html + end, style + page).render(font_config=FONTS)
    _, top, *_ = rendered.pages[0].anchors.get("end", (0, 0))
    return float(top) * POINTS_A_PIXEL


def _document(html: str, style: str) -> HTML:
    page = (
        f"<!doctype html><html lang=ru><head><meta charset=utf-8>"
        f"<style>{BASE_STYLE}{style}</style></head><body>{html}</body></html>"
    )
    return HTML(string=page, url_fetcher=ONLY_INLINE)
