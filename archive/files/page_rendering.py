"""Pages of a PDF as images and text. Runs in a confined process: no Django, no database."""

import io
import os
from typing import Any

from archive.pdf_content.opening import open_for_page
from archive.pdf_content.page_view import read_page_view

MAX_HEIGHT_PIXELS = 3_000


def render_in_child(descriptor: int, *, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """The function "render": page ``page`` (from 1) as a WebP image ``width`` pixels wide."""
    with os.fdopen(descriptor, "rb") as file, open_for_page(file, page - 1) as pdf:
        pdf_page = pdf[page - 1]
        page_width, page_height = pdf_page.get_size()
        scale = min(width / page_width, MAX_HEIGHT_PIXELS / page_height)
        image = pdf_page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    encoded = io.BytesIO()
    image.save(encoded, "WEBP", quality=80, method=3)
    return {"width": image.width, "height": image.height}, encoded.getvalue()


def extract_text_in_child(descriptor: int, *, page: int) -> tuple[dict[str, Any], bytes]:
    """The function "page_text": the text of page ``page`` (from 1) with form values, UTF-8."""
    with os.fdopen(descriptor, "rb") as file, open_for_page(file, page - 1) as pdf:
        text = read_page_view(pdf, page - 1).complete_text
    return {}, text.encode("utf-8", "replace")
