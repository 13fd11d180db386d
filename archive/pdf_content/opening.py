"""Opening a PDF so that pdfium shows what other readers show."""

from typing import BinaryIO

import pypdfium2


def open_document(file: BinaryIO) -> pypdfium2.PdfDocument:
    """The PDF with its form: rendered pages have the values of form fields.

    The caller closes the document before the file.
    """
    file.seek(0)
    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    return document
