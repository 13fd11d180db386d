"""Somebody who may run batches."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from archive import job_kinds
from archive.conversion.results import ConversionResult
from archive.intake.formats import FileFormat
from tests.support.batches.files import make_runner
from tests.support.documents import office
from tests.support.sandbox import Sandbox

Convert = Callable[..., ConversionResult]


@pytest.fixture
def runner(set_up: Sandbox) -> User:
    return make_runner()


@pytest.fixture(autouse=True)
def conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion that takes no time: what is converted does not matter here."""

    def convert(source: Path, target: Path, *, file_format: FileFormat) -> ConversionResult:
        target.write_bytes(office.pdf_bytes())
        return ConversionResult("builtin", 1, 1.0)

    monkeypatch.setattr(job_kinds, "convert_to_pdf", convert)
