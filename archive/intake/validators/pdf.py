"""PDF: opens without a password, the same way in every reader, and has no active content.

Nothing is repaired: a PDF is signed as it is, or refused.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf
import pypdfium2

from archive.findings import Finding
from archive.intake import refusals
from archive.intake.formats import HEAD_SIZE, PDF_SIGNATURE
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import pdf_attachments, pdf_structure
from archive.pdf_content.attachments import (
    FILE_KEY,
    PdfAttachment,
    build_attachment_findings,
    collect_attachments,
)
from archive.pdf_content.dictionaries import find_dictionaries
from archive.pdf_content.opening import open_document
from archive.pdf_content.page_findings import build_layer_findings, build_page_findings
from archive.pdf_content.signatures import SIGNATURE_KEY, build_signature_findings
from archive.pdf_content.visible_content import shows_content
from econtract.platform.common.refusals import Refusal

DECODED_LIMIT = 50 * 1024 * 1024
MAX_OBJECTS = 1_000_000
MAX_NESTED_PDFS = 3  # levels of PDF files attached to PDF files

_ACTIVE_CONTENT: dict[str, Refusal] = {
    "/Launch": refusals.PDF_LAUNCH_ACTION,
    "/JavaScript": refusals.PDF_JAVASCRIPT,
    "/JS": refusals.PDF_JAVASCRIPT,
    "/XFA": refusals.PDF_XFA_FORM,
}
_ERRORS = (
    pikepdf.PdfError,
    pypdfium2.PdfiumError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
)

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=DECODED_LIMIT,
    run_length_max_memory=DECODED_LIMIT,
    png_max_memory=DECODED_LIMIT,
    tiff_max_memory=DECODED_LIMIT,
    max_stream_filters=8,
    doc_max_warnings=100,
)


def validate(file: BinaryIO, *, max_pages: int) -> tuple[int, tuple[Finding, ...]]:
    """The number of pages of a PDF that can be signed as it is, and what the user must check.

    Raises IntakeRefused.
    """
    pdf_structure.check_ends(file)
    file.seek(0)
    try:
        with pikepdf.open(file, suppress_warnings=True) as pdf:
            pages = _count_pages(pdf, max_pages)
            dictionaries = _find_checked_dictionaries(pdf)
            _refuse_active_content(pdf, dictionaries)
            attachments = collect_attachments(dictionaries)
            pdf_structure.refuse_zip(file, [attachment.stream for attachment in attachments])
            sizes = _check_attachments(attachments)
            _decode_pages(pdf)
            pdf_structure.check_readers_agree(file, pdf)
            findings = [
                *build_attachment_findings(attachments, sizes),
                *build_signature_findings(pdf, dictionaries),
                *_inspect_pages(file, pdf),
                *build_layer_findings(pdf),  # last: it changes the content of `pdf`
            ]
    except pikepdf.PasswordError:
        raise IntakeRefused(refusals.PDF_ENCRYPTED) from None
    except _ERRORS as error:
        raise IntakeRefused(_refusal_of(error)) from None
    return pages, tuple(findings)


def _refusal_of(error: Exception) -> Refusal:
    """The refusal for an error of qpdf, which uses the same error types for every defect."""
    message = str(error).lower()
    if "no pages" in message:
        return refusals.NO_PAGES
    if "encryption" in message:
        return refusals.PDF_ENCRYPTED
    return refusals.TOO_LARGE_UNPACKED if "limit" in message else refusals.PDF_CORRUPT


def _count_pages(pdf: pikepdf.Pdf, max_pages: int) -> int:
    declared = pdf.Root.Pages.get("/Count", 0)
    if int(declared) > max_pages:
        raise IntakeRefused(refusals.TOO_MANY_PAGES)
    pages = len(pdf.pages)
    if pages == 0:
        raise IntakeRefused(refusals.NO_PAGES)
    if pages > max_pages:
        raise IntakeRefused(refusals.TOO_MANY_PAGES)
    return pages


def _find_checked_dictionaries(pdf: pikepdf.Pdf) -> list[Any]:
    if len(pdf.objects) > MAX_OBJECTS:
        raise IntakeRefused(refusals.TOO_COMPLEX)
    return find_dictionaries(pdf, [*_ACTIVE_CONTENT, FILE_KEY, SIGNATURE_KEY])


def _refuse_active_content(pdf: pikepdf.Pdf, dictionaries: Iterable[Any]) -> None:
    for dictionary in dictionaries:
        names = {*dictionary.keys(), str(dictionary.get("/S", ""))}
        for name, refusal in _ACTIVE_CONTENT.items():
            if name in names:
                raise IntakeRefused(refusal)
    if "/Collection" in pdf.Root:
        raise IntakeRefused(refusals.PDF_PORTFOLIO)


def _check_attachments(attachments: Sequence[PdfAttachment], depth: int = 0) -> list[int]:
    """The sizes of the attachments in bytes; refuses programs and what can contain them."""
    sizes = []
    for attachment in attachments:
        data = attachment.stream.read_bytes()
        sizes.append(len(data))
        if sum(sizes) > DECODED_LIMIT:
            raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
        pdf_attachments.check(attachment, data)
        if PDF_SIGNATURE in data[:HEAD_SIZE]:
            _check_attached_pdf(data, depth + 1)
    return sizes


def _check_attached_pdf(data: bytes, depth: int) -> None:
    """Refuses the same contents in an attached PDF. One that cannot be read is only a file."""
    if depth > MAX_NESTED_PDFS:
        raise IntakeRefused(refusals.TOO_COMPLEX)
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as pdf:
            dictionaries = _find_checked_dictionaries(pdf)
            _refuse_active_content(pdf, dictionaries)
            _check_attachments(collect_attachments(dictionaries), depth)
    except _ERRORS:
        return


def _decode_pages(pdf: pikepdf.Pdf) -> None:
    """Decodes every page's content streams: a truncated page would be shown empty."""
    total = 0
    for page in pdf.pages:
        for stream in _content_streams(page):
            total += len(stream.read_bytes())
            if total > DECODED_LIMIT:
                raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)


def _content_streams(page: pikepdf.Page) -> list[Any]:
    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    members = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if not all(isinstance(member, pikepdf.Stream) for member in members):
        raise IntakeRefused(refusals.PDF_CORRUPT)
    return members


def _inspect_pages(file: BinaryIO, pdf: pikepdf.Pdf) -> list[Finding]:
    """Refuses pages that show nothing; returns what they do not tell."""
    file.seek(0)
    with pypdfium2.PdfDocument(file) as document:  # without its form, which takes long to draw
        is_shown = shows_content(document)
    with open_document(file) as document:
        if not is_shown and not (document.formenv and shows_content(document)):
            raise IntakeRefused(refusals.NO_CONTENT)
        return build_page_findings(document, pdf)
