"""PDF: complete, not encrypted, without active content. Nothing is repaired: a PDF is signed as
it is, or refused."""

import os
import re
import zipfile
from typing import Any, BinaryIO

import pikepdf
import pypdfium2

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.refusals import Refusal

DECODED_LIMIT = 50 * 1024 * 1024
MAX_OBJECTS = 1_000_000
TAIL_SIZE = 1024

# Names of active content. An object is searched for keys only if it contains these bytes.
_SUSPICIOUS = re.compile(rb"/(?:JavaScript|JS|Launch|XFA)(?![A-Za-z0-9])")
_MARKUP = re.compile(rb"<(?:html|script|!doctype|svg|\?php)", re.IGNORECASE)

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=DECODED_LIMIT,
    run_length_max_memory=DECODED_LIMIT,
    png_max_memory=DECODED_LIMIT,
    tiff_max_memory=DECODED_LIMIT,
    max_stream_filters=8,
    doc_max_warnings=100,
)


def validate(file: BinaryIO, *, max_pages: int) -> int:
    """The number of pages of a PDF that can be signed as it is. Raises IntakeRefused."""
    _refuse_polyglot(file)
    file.seek(0)
    try:
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise IntakeRefused(refusals.PDF_ENCRYPTED)
            pages = _count_pages(pdf, max_pages)
            _refuse_active_content(pdf)
            _decode_contents(pdf)
            if pdf.get_warnings():
                raise IntakeRefused(refusals.PDF_CORRUPT)
    except pikepdf.PasswordError:
        raise IntakeRefused(refusals.PDF_ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as e:
        raise IntakeRefused(_refusal_of(e)) from None
    _check_with_pdfium(file, pages)
    return pages


def _refusal_of(error: Exception) -> Refusal:
    """The refusal for an error of qpdf, which uses the same error types for every defect."""
    message = str(error).lower()
    if "no pages" in message:
        return refusals.NO_PAGES
    return refusals.TOO_LARGE_UNPACKED if "limit" in message else refusals.PDF_CORRUPT


def _refuse_polyglot(file: BinaryIO) -> None:
    file.seek(0)
    if _MARKUP.search(file.read(TAIL_SIZE)):
        raise IntakeRefused(refusals.POLYGLOT)
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 4 * TAIL_SIZE))
    tail = file.read()
    marker = tail.rfind(b"%%EOF")
    after = tail[marker + 5 :].strip(b"\0\t\n\f\r ") if marker >= 0 else b""
    if zipfile.is_zipfile(file):
        raise IntakeRefused(refusals.POLYGLOT)
    if marker < 0:
        raise IntakeRefused(refusals.PDF_CORRUPT)
    if len(after) > TAIL_SIZE or _MARKUP.search(after):
        raise IntakeRefused(refusals.POLYGLOT)


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


def _refuse_active_content(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MAX_OBJECTS:
        raise IntakeRefused(refusals.TOO_COMPLEX)
    for obj in pdf.objects:
        # Serialised by qpdf, a name has only one spelling: «/J#61vaScript» cannot hide.
        if _SUSPICIOUS.search(_serialise(obj)):
            _refuse_active_keys(obj)


def _serialise(obj: Any) -> bytes:
    if isinstance(obj, pikepdf.Stream):
        return obj.stream_dict.unparse(resolved=True)
    return obj.unparse(resolved=True) if isinstance(obj, pikepdf.Object) else b""


def _refuse_active_keys(obj: Any, depth: int = 0) -> None:
    """Looks at keys and action types only, so that the same letters in a string are allowed."""
    if isinstance(obj, pikepdf.Object) and obj.is_indirect and depth:
        return  # it is one of `pdf.objects`, and searched there
    if isinstance(obj, pikepdf.Array):
        for member in obj:
            _refuse_active_keys(member, depth + 1)
    if not isinstance(obj, pikepdf.Dictionary | pikepdf.Stream):
        return
    keys = set(obj.keys())
    action = obj.get("/S")
    if action == pikepdf.Name.Launch or "/Launch" in keys:
        raise IntakeRefused(refusals.PDF_LAUNCH_ACTION)
    if action == pikepdf.Name.JavaScript or keys & {"/JS", "/JavaScript"}:
        raise IntakeRefused(refusals.PDF_JAVASCRIPT)
    if "/XFA" in keys:
        raise IntakeRefused(refusals.PDF_XFA_FORM)
    for key in keys:
        _refuse_active_keys(obj[key], depth + 1)


def _decode_contents(pdf: pikepdf.Pdf) -> None:
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


def _check_with_pdfium(file: BinaryIO, pages: int) -> None:
    """pdfium, which renders the previews, must open the file and see the same pages as qpdf."""
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError:
        raise IntakeRefused(refusals.PDF_CORRUPT) from None
    with document:
        if len(document) != pages:
            raise IntakeRefused(refusals.PDF_CORRUPT)
