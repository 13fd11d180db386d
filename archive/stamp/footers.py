"""The line below every page of the stamped copy: the document's identifier and the page's number.

A strip is added to the page for it, so it covers nothing, however full or dark the page is.
"""

from datetime import datetime
from io import BytesIO
from itertools import count

import pikepdf
from django.utils.html import format_html_join

from archive.stamp.free_space import PageFrame

STRIP_HEIGHT = 12.0  # points
_WIDTH = 320.0  # points; a narrower page gets a smaller line
_FONT_SIZE = 6.0  # points
_MEAN_CHARACTER_WIDTH = 0.62  # in font sizes, with room to spare
_CSS = (
    "@page {{ size: {width}pt {height}pt; margin: 0 }} body {{ margin: 0; color: #444 }}"
    " p {{ margin: 0; font-size: {font_size:.2f}pt; line-height: {height}pt; text-align: center;"
    " white-space: nowrap; break-after: page }}"
)


def add_footers(pdf: pikepdf.Pdf, *, document_id: str, moment: datetime) -> None:
    """Adds the strip with its line to every page; ``moment`` dates it, for the same bytes."""
    total = len(pdf.pages)
    lines = [f"Документ {document_id}, страница {n} из {total}" for n in range(1, total + 1)]
    with pikepdf.open(BytesIO(_typeset(lines, moment))) as footers:
        for page, footer in zip(pdf.pages, footers.pages, strict=True):
            _add_strip(page, pdf.copy_foreign(footer.as_form_xobject()))


def unused_name(page: pikepdf.Page, prefix: str) -> pikepdf.Name:
    """A resource name that the page does not use. pikepdf's default is random: not reproducible."""
    used = page.resources.get("/XObject", pikepdf.Dictionary())
    names = (pikepdf.Name(f"/{prefix}{number}") for number in count(1))
    return next(name for name in names if name not in used)


def _typeset(lines: list[str], moment: datetime) -> bytes:
    """A PDF with a page for each of the ``lines``."""
    from archive.typesetting.pdf import html_to_pdf  # imported late: it loads Pango

    longest = max(map(len, lines))
    css = _CSS.format(
        width=_WIDTH,
        height=STRIP_HEIGHT,
        font_size=min(_FONT_SIZE, _WIDTH / (longest * _MEAN_CHARACTER_WIDTH)),
    )
    body = format_html_join("", "<p>{}</p>", ([line] for line in lines))
    return html_to_pdf(body, css=css, title="Страницы", moment=moment)


def _add_strip(page: pikepdf.Page, footer: pikepdf.Object) -> None:
    """Extends the page at its displayed bottom, and draws there before anything else.

    So the page is in its initial graphics state, whatever state it leaves behind. What it draws
    outside of its former edges stays invisible.
    """
    media = pikepdf.Rectangle(page.mediabox)
    former = pikepdf.Rectangle(page.cropbox) & media
    if former.width <= 0 or former.height <= 0:  # no reader shows an empty page
        former = media
    rotation = page.rotation
    frame = PageFrame(former.llx, former.lly, former.width, former.height, rotation)
    extended = _extend(former, rotation)
    name = page.add_resource(footer, pikepdf.Name.XObject, name=unused_name(page, "EContractPage"))
    page.mediabox = extended.as_array()
    page.cropbox = extended.as_array()
    width = frame.displayed_size[0]
    scale = min(1.0, width / _WIDTH)
    a, b, c, d, e, f = frame.matrix((width - _WIDTH * scale) / 2, -STRIP_HEIGHT)
    matrix = _numbers(a * scale, b * scale, c * scale, d * scale, e, f)
    operators = (
        f"q 1 1 1 rg {_operands(extended)} re f {matrix} cm {name} Do Q {_operands(former)} re W n"
    )
    page.contents_add(f"{operators}\n".encode(), prepend=True)


def _extend(box: pikepdf.Rectangle, rotation: int) -> pikepdf.Rectangle:
    left, bottom, right, top = box.llx, box.lly, box.urx, box.ury
    if rotation == 90:
        right += STRIP_HEIGHT
    elif rotation == 180:
        top += STRIP_HEIGHT
    elif rotation == 270:
        left -= STRIP_HEIGHT
    else:
        bottom -= STRIP_HEIGHT
    return pikepdf.Rectangle(left, bottom, right, top)


def _operands(box: pikepdf.Rectangle) -> str:
    return _numbers(box.llx, box.lly, box.width, box.height)


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.4f}" for value in values)
