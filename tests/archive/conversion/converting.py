"""Converting a document in a test."""

from pathlib import Path

import pytest

from archive.conversion.convert import convert_to_pdf
from archive.conversion.results import ConversionResult
from tests.support.documents import office

BOTH = pytest.mark.parametrize("converter", ["libreoffice", "builtin"])


def convert(
    data: bytes, file_format: str, folder: Path, converter: str = "libreoffice"
) -> tuple[str, ConversionResult]:
    """The text of the PDF, and the result."""
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(data)
    result = convert_to_pdf(source, pdf, file_format=file_format, converter=converter)
    return office.extract_pdf_text(pdf.read_bytes()), result
