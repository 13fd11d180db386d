"""The stamps themselves: their text and their typeset drawing (ГОСТ Р 7.0.97-2016, 5.23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pikepdf
import pypdfium2
from django.template.loader import render_to_string

from archive.package.parts import DocumentSignature, PartySide
from archive.package.simple import SimpleSignaturePart
from econtract.platform.common.moscow_time import format_date, format_timestamp

STAMP_WIDTH = 255.0  # points
GAP = 8.0  # points between two stamps
_PAGE_HEIGHT = 2000.0  # points; higher than any stamps


_SERIAL_SPACE = 180.0  # points, of the column of values in stamp.css
_FONT_SIZE = 6.8  # points, as in stamp.css
_MAX_SERIAL_LENGTH = 40  # 20 bytes, RFC 5280
# Widths of the hexadecimal digits in thousandths of the font size; of all others, the widest.
_DIGIT_WIDTHS = {"A": 684, "B": 686, "C": 698, "D": 770, "E": 632, "F": 575} | dict.fromkeys(
    "0123456789", 636
)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """The content of one stamp: who signed, with which certificate, lines of (label, value).

    ``signature_kind`` is in the instrumental case: «подписано …». A simple signature has no
    certificate: its ``serial`` is empty.
    """

    side: str
    signature_kind: str
    serial: str
    lines: Sequence[tuple[str, str]]
    signed_at: datetime
    title: str = "Документ подписан электронной подписью"
    verdict: str = "Подпись соответствует файлу документа"

    @property
    def serial_font_size(self) -> str:
        """The size in points at which the serial number fits on one line."""
        thousandths = sum(_DIGIT_WIDTHS.get(digit, 1000) for digit in self.serial)
        return f"{min(_FONT_SIZE, _SERIAL_SPACE * 1000 / max(thousandths, 1)):.2f}"

    @property
    def may_wrap_serial(self) -> bool:
        """Whether the serial number is longer than the standard allows: it would be unreadable."""
        return len(self.serial) > _MAX_SERIAL_LENGTH


def build_stamp(signature: DocumentSignature, *, document_id: str) -> Stamp:
    """The stamp of a signature; ``document_id`` is the operator's identifier of the document."""
    details = signature.details
    validity = f"с {format_date(details.valid_from)} по {format_date(details.valid_until)}"
    lines = [
        ("Владелец", details.owner),
        ("Организация", f"{details.organisation}, ИНН {details.inn}"),
        ("Действителен", validity),
        ("Подписано", format_timestamp(details.signed_at)),
        ("МЧД", details.power_of_attorney or ""),
        ("Документ", document_id),
    ]
    return Stamp(
        side=signature.side.label.capitalize(),
        signature_kind=signature.kind_instrumental,
        serial=details.serial,
        lines=[line for line in lines if line[1]],
        signed_at=details.signed_at,
    )


def build_simple_stamp(part: SimpleSignaturePart, document_sha256: str) -> Stamp:
    """The mark of a simple signature over the document with that hash."""
    # In groups: a line may break between them.
    groups = [document_sha256[start : start + 16] for start in range(0, 64, 16)]
    lines = [
        ("Подписал", part.owner),
        ("ИНН", part.inn),
        ("Телефон", part.masked_phone),
        ("Подписано", part.signed_at_label),
        ("SHA-256", " ".join(groups)),
        ("Событие", f"№ {part.record_number} в записях о подписании"),
    ]
    return Stamp(
        side=PartySide.RECIPIENT.label.capitalize(),
        signature_kind="код из СМС; записи о подписании – в пакете документа",
        serial="",
        lines=[line for line in lines if line[1]],
        signed_at=part.signed_at,
        title="Подписано простой электронной подписью",
        verdict="Код создан для файла документа с этим SHA-256",
    )


@dataclass(frozen=True)
class StampDrawing:
    """Typeset stamps: a PDF of one page, cropped to the stamps. ``size`` is in points."""

    pdf: bytes
    size: tuple[float, float]


def draw_stamps(stamps: Sequence[Stamp], *, in_row: bool) -> StampDrawing:
    """The stamps side by side, or one above the other."""
    columns = len(stamps) if in_row else 1
    width = columns * STAMP_WIDTH + (columns - 1) * GAP
    return _crop(typeset_page(stamps, size=(width, _PAGE_HEIGHT), margin=0, in_row=in_row))


def typeset_page(
    stamps: Sequence[Stamp], *, size: tuple[float, float], margin: float, in_row: bool
) -> bytes:
    """A PDF page of ``size`` (points) with the stamps at its top."""
    from archive.typesetting.pdf import html_to_pdf  # imported late: it loads Pango

    columns = len(stamps) if in_row else 1
    css = render_to_string(
        "archive/stamp.css",
        {
            "stamps": stamps,
            "width": f"{size[0]:.2f}",
            "height": f"{size[1]:.2f}",
            "margin": f"{margin:.2f}",
            "stamp_width": f"{STAMP_WIDTH:.2f}",
            "table_width": f"{columns * (STAMP_WIDTH + GAP) + GAP:.2f}",
            "gap": f"{GAP:.2f}",
        },
    )
    return html_to_pdf(
        render_to_string("archive/stamp.html", {"stamps": stamps, "in_row": in_row}),
        css=css,
        title="Отметки об электронной подписи",
        moment=max(stamp.signed_at for stamp in stamps),
    )


def _crop(pdf: bytes) -> StampDrawing:
    document = pypdfium2.PdfDocument(pdf)
    try:
        bounds = [obj.get_bounds() for obj in document[0].get_objects()]
    finally:
        document.close()
    left, bottom = min(b[0] for b in bounds), min(b[1] for b in bounds)
    right, top = max(b[2] for b in bounds), max(b[3] for b in bounds)
    cropped = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as page:
        page.pages[0].mediabox = pikepdf.Rectangle(left, bottom, right, top)
        page.save(cropped, deterministic_id=True)
    return StampDrawing(cropped.getvalue(), (right - left, top - bottom))
