"""Converting office files to PDF, and checking the result."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from archive import isolation
from archive.conversion import builtin_converter, libreoffice
from archive.conversion.results import ConversionFailed, ConversionResult
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
        self, source: Path, file_format: FileFormat, folder: Path
    ) -> tuple[Path, Path, FileFormat]:
        """Makes a PDF of ``source`` in ``folder``, which this call may use alone.

        Returns the PDF, and a file (with its format) that contains the source's text in a form
        that can be compared with the PDF. Raises ConversionFailed.
        """


CONVERTERS: dict[str, Converter] = {
    converter.name: converter
    for converter in (libreoffice.LibreOffice(), builtin_converter.BuiltinConverter())
}


def default_converter() -> str:
    """The converter named by the setting CONVERTER; for «auto», LibreOffice if it is installed."""
    if settings.CONVERTER != "auto":
        return settings.CONVERTER
    return "libreoffice" if libreoffice.is_installed() else "builtin"


def convert_to_pdf(
    source: Path, target: Path, *, file_format: FileFormat | str, converter: str | None = None
) -> ConversionResult:
    """Writes the PDF of ``source``, an inspected file of ``file_format``, to ``target``.

    A PDF is copied unchanged. Otherwise the text of the PDF is compared with the source's. Raises
    ConversionFailed; then ``target`` is not written.
    """
    file_format = FileFormat(file_format)
    if file_format is FileFormat.PDF:
        shutil.copyfile(source, target)
        return ConversionResult("none", _measure(source, source, file_format)["pages"])
    chosen = CONVERTERS[converter or default_converter()]
    if not chosen.accepts(file_format):
        raise ConversionFailed(
            f"Файлы {file_format.upper()} встроенный преобразователь не читает:"
            " сохраните документ как DOCX, XLSX или PDF"
        )
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        pdf, text_source, text_format = chosen.make_pdf(source, file_format, Path(folder))
        measures = _measure(text_source, pdf, text_format)
        _validate(measures)
        shutil.move(pdf, target)
    return ConversionResult(
        chosen.name, measures["pages"], measures["recall"], tuple(measures["missing"])
    )


def _measure(source: Path, pdf: Path, file_format: FileFormat) -> dict[str, Any]:
    """The result of `archive.conversion.fidelity.measure_in_child`."""
    with source.open("rb") as source_file, pdf.open("rb") as pdf_file:
        files = [source_file.fileno(), pdf_file.fileno()]
        try:
            measures, _ = isolation.run_function(
                "measure", files, limits=MEASURE_LIMITS, file_format=file_format
            )
        except isolation.IsolationError:
            raise ConversionFailed("Готовый PDF не удалось проверить: упростите документ") from None
    return measures


def _validate(measures: dict[str, Any]) -> None:
    if measures["pages"] == 0:
        raise ConversionFailed("Преобразовать документ не удалось: получился пустой PDF")
    if measures["pages"] > settings.DOCUMENT_MAX_PAGES:
        raise ConversionFailed(f"В документе больше {settings.DOCUMENT_MAX_PAGES} страниц")
    if measures["blank"]:
        raise ConversionFailed("В документе нет ни текста, ни изображений")
