"""Office files to PDF. Both converters run in confined processes, one process a file."""

import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from django.conf import settings

from archive import isolation
from archive.conversion import builtin_converter, libreoffice
from archive.conversion.results import ConversionFailed, ConversionResult
from archive.intake.formats import FileFormat

MEASURE_LIMITS = isolation.Limits(
    seconds=40, cpu_seconds=30, memory=700 * isolation.MEBIBYTE, file_size=0
)


class Converter(Protocol):
    """One way to make a PDF."""

    name: str

    def accepts(self, kind: FileFormat) -> bool:
        """Whether it reads this kind of file."""

    def make_pdf(
        self, source: Path, kind: FileFormat, folder: Path
    ) -> "tuple[Path, Path, FileFormat]":
        """Makes a PDF of ``source`` in ``folder``, which is its own.

        Returns the PDF, and a file with its kind from which the source's text can be read.
        Raises ConversionFailed.
        """


CONVERTERS: dict[str, Converter] = {
    converter.name: converter
    for converter in (libreoffice.LibreOffice(), builtin_converter.Builtin())
}


def default_converter() -> str:
    """The converter that serves here: what CONVERTER names, else LibreOffice if it is there."""
    if settings.CONVERTER != "auto":
        return settings.CONVERTER
    return "libreoffice" if libreoffice.is_installed() else "builtin"


def convert_to_pdf(
    path_in: Path, path_out: Path, *, kind: FileFormat | str, converter: str | None = None
) -> ConversionResult:
    """Writes the PDF of ``path_in``, a file of ``kind`` that intake let in, to ``path_out``.

    A PDF is copied as it is. The result is counted and its text compared with the source's.
    Raises ConversionFailed with a sentence for the user; ``path_out`` is then not written.
    """
    kind = FileFormat(kind)
    if kind is FileFormat.PDF:
        shutil.copyfile(path_in, path_out)
        return ConversionResult("none", _measure(path_in, path_in, kind)["pages"])
    chosen = CONVERTERS[converter or default_converter()]
    if not chosen.accepts(kind):
        raise ConversionFailed(
            f"Файлы {kind.upper()} встроенный преобразователь не читает:"
            " сохраните документ как DOCX, XLSX или PDF"
        )
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        pdf, text_source, text_kind = chosen.make_pdf(path_in, kind, Path(folder))
        measured = _measure(text_source, pdf, text_kind)
        _refuse_poor(measured)
        shutil.move(pdf, path_out)
    return ConversionResult(
        chosen.name, measured["pages"], measured["recall"], tuple(measured["lost"])
    )


def _measure(source: Path, pdf: Path, kind: FileFormat) -> dict:
    with source.open("rb") as source_file, pdf.open("rb") as pdf_file:
        files = [source_file.fileno(), pdf_file.fileno()]
        try:
            measured, _ = isolation.run_function("measure", files, limits=MEASURE_LIMITS, kind=kind)
        except isolation.IsolationError:
            raise ConversionFailed("Готовый PDF не удалось проверить: упростите документ") from None
    return measured


def _refuse_poor(measured: dict) -> None:
    if measured["pages"] == 0:
        raise ConversionFailed("Преобразовать документ не удалось: получился пустой PDF")
    if measured["pages"] > settings.DOCUMENT_MAX_PAGES:
        raise ConversionFailed(f"В документе больше {settings.DOCUMENT_MAX_PAGES} страниц")
    if measured["blank"]:
        raise ConversionFailed("В документе нет ни текста, ни изображений")
