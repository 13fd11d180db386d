"""Stamped copies of PDFs, and what a reader sees of them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image

from archive.package.parts import DocumentSignature, PartySide
from archive.stamp.footers import STRIP_HEIGHT
from archive.stamp.stamping import write_stamped_copy
from archive.stamp.stamps import build_stamp
from tests.support.documents.packages import (
    MCHD_NUMBER,
    contract_pdf,
    recipient_signer,
    sender_signer,
    sign_document,
)

DOCUMENT_ID = "5e0a7b0e-0b1c-4f0e-8f53-000000000002"
Change = Callable[[pikepdf.Pdf], None]


def sample_signatures() -> list[DocumentSignature]:
    content = contract_pdf()
    return [
        sign_document(sender_signer(), PartySide.SENDER, content, MCHD_NUMBER),
        sign_document(recipient_signer(), PartySide.RECIPIENT, content),
    ]


def stamp(folder: Path, pdf: bytes, signatures: list[DocumentSignature] | None = None) -> bytes:
    """The stamped copy without the strips below its pages."""
    return cut_strips(make_copy(folder, pdf, signatures))


def make_copy(folder: Path, pdf: bytes, signatures: list[DocumentSignature] | None = None) -> bytes:
    source, target = folder / "source.pdf", folder / "target.pdf"
    source.write_bytes(pdf)
    stamps = [
        build_stamp(signature, document_id=DOCUMENT_ID)
        for signature in signatures or sample_signatures()
    ]
    write_stamped_copy(source=source, target=target, stamps=stamps, document_id=DOCUMENT_ID)
    assert source.read_bytes() == pdf
    return target.read_bytes()


def cut_strips(pdf: bytes) -> bytes:
    def cut(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            left, bottom, right, top = map(float, page.cropbox)
            side = {0: "bottom", 90: "right", 180: "top", 270: "left"}[page.rotation]
            edges = {"left": left, "bottom": bottom, "right": right, "top": top}
            edges[side] += STRIP_HEIGHT if side in {"left", "bottom"} else -STRIP_HEIGHT
            page.mediabox = page.cropbox = pikepdf.Array(list(edges.values()))

    return edit(pdf, cut)


def edit(pdf: bytes, change: Change) -> bytes:
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        document.save(saved)
    return saved.getvalue()


def render_pages(pdf: bytes) -> list[Image.Image]:
    """Every page as an image, at 72 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    images = [page.render(grayscale=True).to_pil() for page in document]
    document.close()
    return images


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
    document.close()
    return texts
