"""Opening a PDF so that pdfium shows what other readers show."""

import io
from typing import BinaryIO

import pikepdf
import pypdfium2

from archive.pdf_content.layer_states import LayerStates
from archive.pdf_content.layers import remove_hidden_content


def open_document(file: BinaryIO) -> pypdfium2.PdfDocument:
    """The PDF with its form: rendered pages have the values of form fields."""
    file.seek(0)
    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    return document


def open_for_page(file: BinaryIO, index: int) -> pypdfium2.PdfDocument:
    """`open_document`, and the page ``index`` (-1 is the last) has nothing of hidden layers."""
    file.seek(0)
    with pikepdf.open(file, suppress_warnings=True) as pdf:
        states = LayerStates(pdf)
        if not states:
            return open_document(file)
        remove_hidden_content(pdf, pdf.pages[index], states)
        copy = io.BytesIO()
        pdf.save(copy, compress_streams=False)
    return open_document(copy)
