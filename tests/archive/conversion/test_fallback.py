"""One converter fails: it is asked again if it crashed, then the other one."""

from pathlib import Path

import pytest

from archive.conversion import convert
from archive.conversion.results import (
    ConversionFailed,
    ConverterCrashed,
    ConverterFailed,
    MadePdf,
)
from archive.intake.formats import FileFormat
from tests.support.documents import office


class FakeConverter:
    """Raises its errors, one for each call; then it makes a PDF."""

    def __init__(self, name: str, *errors: ConversionFailed, formats: str = "docx xlsx") -> None:
        self.name = name
        self.calls = 0
        self._errors = list(errors)
        self._formats = formats.split()

    def accepts(self, file_format: FileFormat) -> bool:
        return file_format in self._formats

    def make_pdf(
        self, source: Path, file_format: FileFormat, folder: Path, deadline: float
    ) -> MadePdf:
        assert list(folder.iterdir()) == []
        self.calls += 1
        if self._errors:
            (folder / "rubbish").touch()
            raise self._errors.pop(0)
        (folder / "made.pdf").write_bytes(office.pdf_bytes())
        return MadePdf(folder / "made.pdf", ())


@pytest.fixture
def run(monkeypatch, settings, tmp_path: Path):
    """Converts with these converters; the first is the default."""

    def convert_with(*converters: FakeConverter, file_format: str = "docx", **options: str):
        monkeypatch.setattr(convert, "CONVERTERS", {item.name: item for item in converters})
        settings.CONVERTER = converters[0].name
        (tmp_path / "source").write_bytes(b"")
        return convert.convert_to_pdf(
            tmp_path / "source", tmp_path / "out.pdf", file_format=file_format, **options
        )

    return convert_with


def test_a_crashed_converter_is_asked_again(run) -> None:
    first, second = FakeConverter("first", ConverterCrashed("упал")), FakeConverter("second")
    assert run(first, second).converter == "first"
    assert (first.calls, second.calls) == (2, 0)


def test_then_the_other_converter_is_asked(run) -> None:
    crashed = [ConverterCrashed("упал"), ConverterCrashed("упал")]
    first, second = FakeConverter("first", *crashed), FakeConverter("second")
    assert run(first, second).converter == "second"
    assert (first.calls, second.calls) == (2, 1)


def test_a_file_that_a_converter_cannot_read_goes_to_the_other_at_once(run) -> None:
    first, second = FakeConverter("first", ConverterFailed("не смог")), FakeConverter("second")
    assert run(first, second).converter == "second"
    assert (first.calls, second.calls) == (1, 1)


def test_a_fault_of_the_file_is_final(run) -> None:
    first, second = FakeConverter("first", ConversionFailed("долго")), FakeConverter("second")
    with pytest.raises(ConversionFailed, match="долго"):
        run(first, second)
    assert second.calls == 0


def test_a_format_that_the_other_does_not_read_stays_with_the_first(run) -> None:
    first = FakeConverter("first", ConverterFailed("не смог"), formats="rtf")
    with pytest.raises(ConversionFailed, match="не смог"):
        run(first, FakeConverter("second"), file_format="rtf")


def test_the_named_converter_alone_is_asked(run) -> None:
    first, second = FakeConverter("first", ConverterFailed("не смог")), FakeConverter("second")
    with pytest.raises(ConversionFailed, match="не смог"):
        run(first, second, converter="first")
    assert second.calls == 0


def test_a_killed_libreoffice_counts_as_crashed(settings, tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    settings.SOFFICE = str(program)
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "source").write_bytes(office.docx_bytes())
    with pytest.raises(ConverterCrashed, match="аварийно"):
        convert.convert_to_pdf(
            tmp_path / "source", tmp_path / "out.pdf", file_format="docx", converter="libreoffice"
        )
