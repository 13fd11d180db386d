"""Converting office files to PDF, and checking the result."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from archive import isolation
from archive.conversion import builtin_converter, libreoffice, libreoffice_check
from archive.conversion.results import (
    ConversionFailed,
    ConversionResult,
    ConverterCrashed,
    ConverterFailed,
    MadePdf,
)
from archive.intake import office_findings, refusals
from archive.intake.formats import FileFormat

MEASURE_LIMITS = isolation.Limits(
    seconds=40, cpu_seconds=30, memory=700 * isolation.MEBIBYTE, file_size=0
)


class Converter(Protocol):
    """A program that makes PDF files from office files."""

    name: str

    def accepts(self, file_format: FileFormat) -> bool:
        """Whether it can read this format."""

    def make_pdf(
        self, source: Path, file_format: FileFormat, folder: Path, deadline: float
    ) -> MadePdf:
        """Makes a PDF of ``source`` in ``folder``, which this call may use alone.

        Stops at ``deadline`` (of the monotonic clock). Raises ConversionFailed.
        """


CONVERTERS: dict[str, Converter] = {
    converter.name: converter
    for converter in (libreoffice.LibreOffice(), builtin_converter.BuiltinConverter())
}


def default_converter() -> str:
    """The converter named by the setting CONVERTER; for «auto», LibreOffice if it works here."""
    if settings.CONVERTER != "auto":
        return settings.CONVERTER
    return "libreoffice" if libreoffice_check.is_usable() else "builtin"


def convert_to_pdf(
    source: Path, target: Path, *, file_format: FileFormat | str, converter: str | None = None
) -> ConversionResult:
    """Writes the PDF of ``source``, an inspected file of ``file_format``, to ``target``.

    A PDF is copied unchanged. Otherwise the text of the PDF is compared with the source's. Without
    ``converter``, the other one is asked where the default one fails. Raises ConversionFailed;
    then ``target`` is not written.
    """
    file_format = FileFormat(file_format)
    if file_format is FileFormat.PDF:
        shutil.copyfile(source, target)
        return ConversionResult("none", _measure(source, ())["pages"])
    deadline = time.monotonic() + settings.CONVERSION_SECONDS
    names = [converter] if converter else [default_converter(), *CONVERTERS]
    candidates = [CONVERTERS[name] for name in dict.fromkeys(names)]
    candidates = [candidate for candidate in candidates if candidate.accepts(file_format)]
    if not candidates:
        raise ConversionFailed(
            f"Файлы {file_format.upper()} встроенный преобразователь не читает:"
            " сохраните документ как DOCX, XLSX или PDF"
        )
    for candidate in candidates[:-1]:
        with contextlib.suppress(ConverterFailed):
            return _convert_with(candidate, source, target, file_format, deadline)
    return _convert_with(candidates[-1], source, target, file_format, deadline)


def _convert_with(
    converter: Converter, source: Path, target: Path, file_format: FileFormat, deadline: float
) -> ConversionResult:
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        try:
            made = converter.make_pdf(source, file_format, _new_folder(folder), deadline)
        except ConverterCrashed:
            made = converter.make_pdf(source, file_format, _new_folder(folder), deadline)
        measures = _measure(made.pdf, made.texts)
        _validate(measures)
        shutil.move(made.pdf, target)
    notes = [*made.findings]
    if measures["hashes"]:
        notes.append(office_findings.NUMBERS_TOO_WIDE)
    return ConversionResult(
        converter.name,
        measures["pages"],
        measures["recall"],
        tuple(measures["missing"]),
        tuple(dict.fromkeys(notes)),
    )


def _new_folder(parent: str) -> Path:
    return Path(tempfile.mkdtemp(dir=parent))


def _measure(pdf: Path, texts: Sequence[tuple[Path, FileFormat]]) -> dict[str, Any]:
    """The result of `archive.conversion.fidelity.measure_in_child`."""
    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context(path.open("rb")) for path in (pdf, *(path for path, _ in texts))
        ]
        try:
            measures, _ = isolation.run_function(
                "measure",
                [file.fileno() for file in files],
                limits=MEASURE_LIMITS,
                file_formats=[file_format for _, file_format in texts],
            )
        except isolation.IsolationError:
            raise ConversionFailed("Готовый PDF не удалось проверить: упростите документ") from None
    return measures


def _validate(measures: dict[str, Any]) -> None:
    if measures["pages"] > settings.DOCUMENT_MAX_PAGES:
        raise ConversionFailed(f"В документе больше {settings.DOCUMENT_MAX_PAGES} страниц")
    if measures["pages"] == 0 or measures["blank"]:
        raise ConversionFailed(refusals.NO_CONTENT.message)
