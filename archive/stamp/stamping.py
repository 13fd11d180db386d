"""The copy for reading: the document with the stamps of ГОСТ Р 7.0.97-2016, 5.23 on it.

The signed file itself is never touched. A stamp goes to free space of the last page, or to a page
added after it; never over anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path

import pikepdf
import pypdfium2
from django.template.loader import render_to_string

from archive import isolation
from archive.package.parts import DocumentSignature
from archive.stamp.free_space import MARGIN, LastPage, Matrix, parse_result
from econtract.platform.common.moscow_time import format_date, format_moment

MARK_WIDTH = 255.0  # points
GAP = 8.0
TALL = 2000.0
A4 = (595.28, 841.89)
LIMITS = isolation.Limits(
    seconds=30, cpu_seconds=20, memory=1024 * isolation.MEBIBYTE, file_size=isolation.MEBIBYTE
)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What one stamp says: whose it is, and its lines of (label, value)."""

    side: str
    lines: Sequence[tuple[str, str]]
    moment: datetime


def stamp_of(signature: DocumentSignature, *, document_id: str) -> Stamp:
    """The stamp of a signature; ``document_id`` is the operator's identifier of the document."""
    details = signature.details
    validity = f"с {format_date(details.valid_from)} по {format_date(details.valid_until)}"
    lines = [
        ("Сертификат", details.serial),
        ("Владелец", details.owner),
        ("Организация", f"{details.organisation}, ИНН {details.inn}"),
        ("Действителен", validity),
        ("Подписано", format_moment(details.signed_at)),
        ("МЧД", details.power_of_attorney or ""),
        ("Документ", document_id),
    ]
    return Stamp(
        side=signature.side.label.capitalize(),
        lines=[line for line in lines if line[1]],
        moment=details.signed_at,
    )


def write_stamped_copy(*, source: Path, target: Path, marks: Sequence[Stamp]) -> None:
    """Writes to ``target`` a copy of the PDF ``source`` that shows ``marks``.

    The pages are streamed from file to file: memory does not grow with the document. The same
    arguments give the same bytes. Raises pikepdf.PdfError for a file that is not a sound PDF.
    """
    drawings = [_drawing(marks, in_row=True), _drawing(marks, in_row=False)]
    seen = _look(source, [drawing.size for drawing in drawings])
    with pikepdf.open(source) as pdf:
        balance = _balance(pdf.pages[-1])
        if seen and seen.spot and balance:
            _draw(pdf, drawings[seen.spot.choice], seen.frame.matrix(*seen.spot.corner), balance)
        else:
            _add_page(pdf, marks, seen.frame.displayed if seen else A4)
        pdf.save(target, deterministic_id=True)


def _look(source: Path, sizes: Sequence[tuple[float, float]]) -> LastPage | None:
    """The last page as a confined process saw it; None when it choked on the page."""
    with source.open("rb") as file:
        try:
            head, _ = isolation.run_function(
                "find_stamp_space", [file.fileno()], limits=LIMITS, sizes=sizes
            )
        except isolation.IsolationError:
            return None
    return parse_result(head)


@dataclass(frozen=True)
class _Drawing:
    """Typeset stamps: a PDF of one page, cut to what is drawn."""

    pdf: bytes
    size: tuple[float, float]


def _drawing(marks: Sequence[Stamp], *, in_row: bool) -> _Drawing:
    columns = len(marks) if in_row else 1
    width = columns * MARK_WIDTH + (columns - 1) * GAP
    return _cut(_typeset(marks, page=(width, TALL), margin=0, in_row=in_row))


def _typeset(
    marks: Sequence[Stamp], *, page: tuple[float, float], margin: float, in_row: bool
) -> bytes:
    from archive.typesetting.pdf import html_to_pdf  # loads Pango: see there

    columns = len(marks) if in_row else 1
    css = render_to_string(
        "archive/stamp.css",
        {
            "width": f"{page[0]:.2f}",
            "height": f"{page[1]:.2f}",
            "margin": f"{margin:.2f}",
            "mark_width": f"{MARK_WIDTH:.2f}",
            "marks_width": f"{columns * (MARK_WIDTH + GAP) + GAP:.2f}",
            "gap": f"{GAP:.2f}",
        },
    )
    return html_to_pdf(
        render_to_string("archive/stamp.html", {"marks": marks, "in_row": in_row}),
        css=css,
        title="Отметки об электронной подписи",
        moment=max(mark.moment for mark in marks),
    )


def _cut(pdf: bytes) -> _Drawing:
    """The drawing's page cut to the frames of the stamps on it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bounds = [thing.get_bounds() for thing in document[0].get_objects()]
    finally:
        document.close()
    left, bottom = min(b[0] for b in bounds), min(b[1] for b in bounds)
    right, top = max(b[2] for b in bounds), max(b[3] for b in bounds)
    cut = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as page:
        page.pages[0].mediabox = pikepdf.Rectangle(left, bottom, right, top)
        page.save(cut, deterministic_id=True)
    return _Drawing(cut.getvalue(), (right - left, top - bottom))


@dataclass(frozen=True)
class _Balance:
    """How many graphics states the page's own drawing takes below its start and leaves open."""

    taken: int
    left_open: int


def _balance(page: pikepdf.Page) -> _Balance | None:
    """Measured, because a page may leave its own transformation behind; None if unreadable."""
    depth = lowest = 0
    try:
        for instruction in pikepdf.parse_content_stream(page, "q Q"):
            depth += 1 if instruction.operator == pikepdf.Operator("q") else -1
            lowest = min(lowest, depth)
    except pikepdf.PdfError:
        return None
    return _Balance(taken=-lowest, left_open=depth - lowest)


def _draw(pdf: pikepdf.Pdf, drawing: _Drawing, matrix: Matrix, balance: _Balance) -> None:
    page = pdf.pages[-1]
    with pikepdf.open(BytesIO(drawing.pdf)) as stamps:
        left, bottom, _, _ = map(float, stamps.pages[0].mediabox)
        form = pdf.copy_foreign(stamps.pages[0].as_form_xobject())
    name = page.add_resource(form, pikepdf.Name.XObject, name=_free_name(page))
    a, b, c, d, e, f = matrix
    moved = (a, b, c, d, e - a * left - c * bottom, f - b * left - d * bottom)
    numbers = " ".join(f"{number:.4f}" for number in moved)
    page.contents_add(b"q " * (balance.taken + 1), prepend=True)
    close = "Q " * (balance.left_open + 1)
    page.contents_add(f"\n{close}\nq {numbers} cm {name} Do Q\n".encode())


def _free_name(page: pikepdf.Page) -> pikepdf.Name:
    """A name for the stamp that the page does not use; not a random one, as the library's is."""
    taken = page.resources.get("/XObject", pikepdf.Dictionary())
    names = (pikepdf.Name(f"/EContractStamp{number}") for number in count(1))
    return next(name for name in names if name not in taken)


def _add_page(pdf: pikepdf.Pdf, marks: Sequence[Stamp], like: tuple[float, float]) -> None:
    """A page of the last one's size after it; of A4 where the stamps need more room."""
    width, height = like
    if width < MARK_WIDTH + 2 * MARGIN or height < A4[1] / 2:
        width, height = A4
    in_row = width >= len(marks) * MARK_WIDTH + (len(marks) - 1) * GAP + 2 * MARGIN
    page = _typeset(marks, page=(width, height), margin=MARGIN, in_row=in_row)
    with pikepdf.open(BytesIO(page)) as added:
        pdf.pages.extend(added.pages)
