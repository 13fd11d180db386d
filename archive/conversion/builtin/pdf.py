"""HTML to PDF with nothing from outside."""

import base64
from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# A file may name addresses as it likes: only what stands in the page itself is read.
ONLY_INLINE = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

BASE_STYLE = """
html { font-family: 'Liberation Serif', serif; font-size: 11pt; line-height: 1.15; hyphens: none }
body { margin: 0 }
p, h1, h2, h3, h4, h5, h6 { margin: 0; font-size: inherit; font-weight: inherit;
  white-space: pre-wrap; overflow-wrap: break-word; orphans: 2; widows: 2;
  bookmark-level: none }
a { color: inherit; text-decoration: none }
table { border-collapse: collapse; table-layout: fixed; empty-cells: show }
td { vertical-align: top; overflow-wrap: anywhere; padding: 0 }
tr.whole { break-inside: avoid }
img { max-width: 100% }
"""


def write_pdf(html: str, style: str, target: Path) -> None:
    """Renders a whole document. Raises what WeasyPrint raises on what it cannot lay out."""
    document = (
        f"<!doctype html><html lang=ru><head><meta charset=utf-8>"
        f"<style>{BASE_STYLE}{style}</style></head><body>{html}</body></html>"
    )
    HTML(string=document, url_fetcher=ONLY_INLINE).write_pdf(
        target, font_config=FontConfiguration(), full_fonts=False
    )


def data_address(content_type: str, data: bytes) -> str:
    """A picture inside the page itself."""
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
