"""Whether every reader opens a PDF the same way.

Readers forgive many defects, such as wrong offsets or a missing end. Such a file is accepted with
its bytes as they are if two independent readers, qpdf and pdfium, see the same pages.
"""

import ctypes
import io
import os
import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from archive.intake import refusals
from archive.intake.formats import HEAD_SIZE
from archive.intake.refusals import IntakeRefused

TAIL_SIZE = 4096  # bytes at the end of a file in which readers look for its last xref table
MAX_TRAILING_BYTES = 1024
_EMPTY_BYTES = b"\0\t\n\f\r "
_MARKUP = re.compile(rb"<(?:html|script|!doctype|svg|\?php)", re.IGNORECASE)
_END = re.compile(rb"startxref\s+\d+\s*(?:%%EOF)?")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
# qpdf's warnings about data that is not in the file.
_DATA_LOSS = re.compile(r"treating stream as empty|unable to recover", re.IGNORECASE)


def check_ends(file: BinaryIO) -> None:
    """Refuses a file that was cut off, and one with something else at its start or end."""
    file.seek(0)
    if _MARKUP.search(file.read(HEAD_SIZE)):
        raise IntakeRefused(refusals.POLYGLOT)
    tail = _read_tail(file)
    ends = list(_END.finditer(tail))
    if not ends:
        is_zip = zipfile.is_zipfile(file)
        raise IntakeRefused(refusals.POLYGLOT if is_zip else refusals.PDF_CORRUPT)
    trailing = tail[ends[-1].end() :]
    if len(trailing) > MAX_TRAILING_BYTES or _MARKUP.search(trailing):
        raise IntakeRefused(refusals.POLYGLOT)


def _read_tail(file: BinaryIO) -> bytes:
    """The last bytes of the file, without the empty ones after them."""
    position = file.seek(0, os.SEEK_END)
    tail = b""
    while position > 0 and len(tail) < TAIL_SIZE:
        start = max(0, position - TAIL_SIZE)
        file.seek(start)
        tail = (file.read(position - start) + tail).rstrip(_EMPTY_BYTES)
        position = start
    return tail[-TAIL_SIZE:]


def refuse_zip(file: BinaryIO, attachments: Iterable[pikepdf.Stream]) -> None:
    """Refuses a file that is also a ZIP, unless the ZIP is one of ``attachments``."""
    if not zipfile.is_zipfile(file):
        return
    file.seek(max(0, file.seek(0, os.SEEK_END) - 2**16 - _ZIP_END_SIZE))
    data = file.read()
    raw_attachments = [stream.read_raw_bytes() for stream in attachments]
    for match in re.finditer(re.escape(_ZIP_END), data):
        # With the bytes before it, which are the end of the list of the ZIP's entries.
        record = data[max(0, match.start() - _ZIP_END_SIZE) : match.start() + _ZIP_END_SIZE]
        if not any(record in raw for raw in raw_attachments):
            raise IntakeRefused(refusals.POLYGLOT)


def check_readers_agree(file: BinaryIO, pdf: pikepdf.Pdf) -> None:
    """Refuses a damaged file of which qpdf and pdfium do not show the same."""
    warnings = [str(warning) for warning in pdf.get_warnings()]
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError:
        raise IntakeRefused(refusals.PDF_CORRUPT) from None
    with document:
        if len(document) != len(pdf.pages):
            raise IntakeRefused(refusals.PDF_READ_DIFFERENTLY)
        for index in range(len(document)):
            _load_page(document, index).close()
        if not warnings:
            return
        if any(_DATA_LOSS.search(warning) for warning in warnings):
            raise IntakeRefused(refusals.PDF_CORRUPT)
        copy = io.BytesIO()
        pdf.save(copy, compress_streams=False)
        with pypdfium2.PdfDocument(copy) as copy_document:
            for page, copy_page in zip(document, copy_document, strict=True):
                if _summarise(page) != _summarise(copy_page):
                    raise IntakeRefused(refusals.PDF_READ_DIFFERENTLY)


def _load_page(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    try:
        return document[index]
    except pypdfium2.PdfiumError:
        raise IntakeRefused(refusals.PDF_READ_DIFFERENTLY) from None


def _summarise(page: pypdfium2.PdfPage) -> tuple[object, ...]:
    """What must be equal for two pages to show the same: every object's kind and place.

    The width of a text depends on its letters. Comparing the letters themselves takes too long.
    """
    objects = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        obj = pdfium.FPDFPage_GetObject(page, number)
        pdfium.FPDFPageObj_GetBounds(obj, left, bottom, right, top)
        kind = pdfium.FPDFPageObj_GetType(obj)
        objects.append((kind, left.value, bottom.value, right.value, top.value))
    return page.get_size(), pdfium.FPDFPage_GetAnnotCount(page), objects
