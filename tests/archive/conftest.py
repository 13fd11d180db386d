"""A replacement for the conversion of documents."""

from pathlib import Path

import pytest

from archive import job_kinds
from archive.conversion.results import ConversionResult
from archive.intake.formats import FileFormat
from tests.support.documents import office


class FakeConversion:
    """Writes a PDF of one page and returns ``outcome``, or raises it if it is an error."""

    def __init__(self) -> None:
        self.outcome: ConversionResult | Exception = ConversionResult("builtin", 1, 1.0)

    def __call__(self, source: Path, target: Path, *, file_format: FileFormat) -> ConversionResult:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        target.write_bytes(office.pdf_bytes())
        return self.outcome


@pytest.fixture
def conversion(monkeypatch: pytest.MonkeyPatch) -> FakeConversion:
    """Replaces the conversion in the jobs."""
    fake = FakeConversion()
    monkeypatch.setattr(job_kinds, "convert_to_pdf", fake)
    return fake
