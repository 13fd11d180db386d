"""Pages of a PDF as pictures and text. Runs in a confined process: no Django, no database."""

import io
import os
from typing import Any

import pypdfium2

WIDEST_PIXELS = 3_000


def render_in_child(descriptor: int, *, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """The work "render": page ``page`` (from 1) as a WebP picture ``width`` pixels wide."""
    with os.fdopen(descriptor, "rb") as file, pypdfium2.PdfDocument(file) as pdf:
        leaf = pdf[page - 1]
        across, down = leaf.get_size()
        scale = min(width / across, WIDEST_PIXELS / down)
        picture = leaf.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    encoded = io.BytesIO()
    picture.save(encoded, "WEBP", quality=80, method=3)
    return {"width": picture.width, "height": picture.height}, encoded.getvalue()


def text_in_child(descriptor: int, *, page: int) -> tuple[dict[str, Any], bytes]:
    """The work "page_text": the text of page ``page`` (from 1), UTF-8."""
    with os.fdopen(descriptor, "rb") as file, pypdfium2.PdfDocument(file) as pdf:
        text = pdf[page - 1].get_textpage().get_text_bounded()
    return {}, text.encode("utf-8", "replace")
