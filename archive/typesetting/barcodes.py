"""Bar codes and QR codes as SVG without styles and scripts, which a strict CSP allows."""

from collections.abc import Iterable
from functools import lru_cache

import segno
from barcode import Code128
from barcode.errors import BarcodeError
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_MODULES = 10  # ISO/IEC 15417 requires ten white modules on either side of a Code 128
BAR_HEIGHT = 40
# Drawing a symbol takes milliseconds. The cache helps the task card, which is polled.


@lru_cache(maxsize=256)
def code128_svg(text: str) -> SafeString:
    """``text`` as a Code 128 symbol, an ``<svg>`` element without styles and scripts.

    It scales to the element around it (``viewBox`` is in modules). Raises ValueError for text
    that Code 128 cannot encode: Cyrillic or empty.
    """
    if not text:
        raise ValueError("Code 128 needs at least one character.")
    try:
        (modules,) = Code128(text).build()
    except BarcodeError as error:
        raise ValueError(f"Code 128 cannot hold this text: {error}") from error
    path = "".join(
        f"M{QUIET_MODULES + start} 0h{length}v{BAR_HEIGHT}h-{length}z"
        for start, length in _runs(module == "1" for module in modules)
    )
    return _svg(len(modules) + 2 * QUIET_MODULES, BAR_HEIGHT, path, f"Штрих код {text}")


@lru_cache(maxsize=256)
def qr_svg(text: str) -> SafeString:
    """``text`` as a QR symbol like `code128_svg` (error correction M, quiet zone of 4 modules)."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(bool(module) for module in row)
    )
    return _svg(len(rows), len(rows), path, f"QR-код: {text}")


def _runs(modules: Iterable[bool]) -> Iterable[tuple[int, int]]:
    """The (start, length) of every run of dark modules."""
    start = length = 0
    for index, is_dark in enumerate(modules):
        if is_dark:
            start, length = (start, length + 1) if length else (index, 1)
        elif length:
            yield start, length
            length = 0
    if length:
        yield start, length


def _svg(width: int, height: int, path: str, label: str) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" '
        'aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{w}" height="{h}" fill="#fff"/><path d="{path}" fill="#000"/></svg>',
        w=width,
        h=height,
        path=path,
        label=label,
    )
