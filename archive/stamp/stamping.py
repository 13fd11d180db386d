"""The copy for reading: the signed document with stamps about its signatures.

The signed file itself is never changed. The stamps go to free space of the last page, or to a page
added after it, and never cover anything. Every page gets a line below it (`footers.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pikepdf

from archive import isolation
from archive.pdf_content.signatures import remove_signatures
from archive.stamp.footers import add_footers, unused_name
from archive.stamp.free_space import MARGIN, LastPage, Matrix, parse_result
from archive.stamp.stamps import (
    GAP,
    STAMP_WIDTH,
    Stamp,
    StampDrawing,
    draw_stamps,
    typeset_page,
)

# A stamp's line in the copy of a PDF that had signatures of its own.
SIGNED_BEFORE = (
    "Подписи в PDF",
    "исходный файл был уже подписан; эти подписи есть только в нем, в этой копии их нет",
)
A4 = (595.28, 841.89)
LIMITS = isolation.Limits(
    seconds=30, cpu_seconds=20, memory=1024 * isolation.MEBIBYTE, file_size=isolation.MEBIBYTE
)


def write_stamped_copy(
    *, source: Path, target: Path, stamps: Sequence[Stamp], document_id: str
) -> None:
    """Writes a copy of the PDF ``source`` with ``stamps`` to ``target``.

    Signatures inside of the PDF become pictures in the copy, and the stamps say so. The copy is
    not encrypted. ``document_id`` is below every page, with the number of the page. The pages are
    streamed from file to file: memory use does not grow with the document. The same arguments
    give the same bytes. Raises pikepdf.PdfError for an invalid PDF.
    """
    with pikepdf.open(source) as pdf:
        if remove_signatures(pdf):
            stamps = [replace(stamp, lines=[*stamp.lines, SIGNED_BEFORE]) for stamp in stamps]
        drawings = [draw_stamps(stamps, in_row=True), draw_stamps(stamps, in_row=False)]
        last_page = _inspect_last_page(source, [drawing.size for drawing in drawings])
        balance = _measure_balance(pdf.pages[-1])
        if last_page and last_page.spot and balance:
            matrix = last_page.frame.matrix(*last_page.spot.corner)
            _draw(pdf, drawings[last_page.spot.size_index], matrix, balance)
        else:
            _add_page(pdf, stamps, last_page.frame.displayed_size if last_page else A4)
        signed_at = max(stamp.signed_at for stamp in stamps)
        add_footers(pdf, document_id=document_id, moment=signed_at)
        pdf.save(target, deterministic_id=True)


def _inspect_last_page(source: Path, sizes: Sequence[tuple[float, float]]) -> LastPage | None:
    """The result of the confined process; None if it failed on the page."""
    with source.open("rb") as file:
        try:
            head, _ = isolation.run_function(
                "find_stamp_space", [file.fileno()], limits=LIMITS, sizes=sizes
            )
        except isolation.IsolationError:
            return None
    return parse_result(head)


@dataclass(frozen=True)
class _GraphicsStateBalance:
    """How a page uses the stack of graphics states (operators q and Q).

    ``popped`` states are taken from below its start, ``left_open`` states remain at its end.
    """

    popped: int
    left_open: int


def _measure_balance(page: pikepdf.Page) -> _GraphicsStateBalance | None:
    """Needed because a page may leave its own transformation behind. None if it is unreadable."""
    depth = lowest = 0
    try:
        for instruction in pikepdf.parse_content_stream(page, "q Q"):
            depth += 1 if instruction.operator == pikepdf.Operator("q") else -1
            lowest = min(lowest, depth)
    except pikepdf.PdfError:
        return None
    return _GraphicsStateBalance(popped=-lowest, left_open=depth - lowest)


def _draw(
    pdf: pikepdf.Pdf, drawing: StampDrawing, matrix: Matrix, balance: _GraphicsStateBalance
) -> None:
    """Draws the stamps on the last page, in its initial graphics state."""
    page = pdf.pages[-1]
    with pikepdf.open(BytesIO(drawing.pdf)) as stamps:
        left, bottom, _, _ = map(float, stamps.pages[0].mediabox)
        form = pdf.copy_foreign(stamps.pages[0].as_form_xobject())
    name = page.add_resource(form, pikepdf.Name.XObject, name=unused_name(page, "EContractStamp"))
    a, b, c, d, e, f = matrix
    translated = (a, b, c, d, e - a * left - c * bottom, f - b * left - d * bottom)
    numbers = " ".join(f"{number:.4f}" for number in translated)
    page.contents_add(b"q " * (balance.popped + 1), prepend=True)
    restore = "Q " * (balance.left_open + 1)
    page.contents_add(f"\n{restore}\nq {numbers} cm {name} Do Q\n".encode())


def _add_page(pdf: pikepdf.Pdf, stamps: Sequence[Stamp], size: tuple[float, float]) -> None:
    """Adds a page of ``size`` (that of the last page), or an A4 page if the stamps need more."""
    width, height = size
    if width < STAMP_WIDTH + 2 * MARGIN or height < A4[1] / 2:
        width, height = A4
    in_row = width >= len(stamps) * STAMP_WIDTH + (len(stamps) - 1) * GAP + 2 * MARGIN
    page = typeset_page(stamps, size=(width, height), margin=MARGIN, in_row=in_row)
    with pikepdf.open(BytesIO(page)) as added:
        pdf.pages.extend(added.pages)
