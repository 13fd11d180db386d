"""Runs the built-in converter (`archive.conversion.builtin`), one process for each file."""

import logging
import shutil
import sys
from pathlib import Path

from django.conf import settings

from archive import isolation
from archive.conversion import font_config
from archive.conversion.results import ConversionFailed
from archive.intake.formats import FileFormat

log = logging.getLogger(__name__)

_MEMORY = 1536 * isolation.MEBIBYTE
_FILE_SIZE = 200 * isolation.MEBIBYTE


class BuiltinConverter:
    """Converts DOCX and XLSX."""

    name = "builtin"

    def accepts(self, file_format: FileFormat) -> bool:
        return file_format in (FileFormat.DOCX, FileFormat.XLSX)

    def make_pdf(
        self, source: Path, file_format: FileFormat, folder: Path
    ) -> tuple[Path, Path, FileFormat]:
        """See `archive.conversion.convert.Converter`."""
        copy, target = folder / f"source.{file_format}", folder / "result.pdf"
        shutil.copyfile(source, copy)
        font_config.install_font_config(folder)
        seconds = settings.CONVERSION_SECONDS
        limits = isolation.Limits(
            seconds=seconds, cpu_seconds=seconds, memory=_MEMORY, file_size=_FILE_SIZE
        )
        command = [
            *(sys.executable, "-m", "archive.conversion.builtin"),
            *(str(copy), str(target), file_format),
        ]
        try:
            process = isolation.run_program(command, limits=limits, home=folder)
        except isolation.LimitExceeded:
            raise ConversionFailed(
                "Преобразование длится слишком долго: сохраните документ в PDF сами"
            ) from None
        if process.returncode != 0 or not target.is_file():
            # Only the error type, from the last line: the rest may quote the document.
            error = (process.stdout.strip().splitlines() or [""])[-1].partition(":")[0][:80]
            log.warning(
                "built-in converter failed format=%s exit=%s error=%s",
                file_format,
                process.returncode,
                error,
            )
            raise ConversionFailed("Преобразовать документ не удалось: проверьте файл")
        return target, source, file_format
