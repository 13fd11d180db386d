"""Runs the built-in converter (`archive.conversion.builtin`), one process for each file."""

import logging
import sys
import time
from pathlib import Path

from archive import isolation
from archive.conversion import font_config, preparation_call
from archive.conversion.results import (
    TOO_SLOW,
    ConversionFailed,
    ConverterCrashed,
    ConverterFailed,
    MadePdf,
)
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
        self, source: Path, file_format: FileFormat, folder: Path, deadline: float
    ) -> MadePdf:
        """See `archive.conversion.convert.Converter`."""
        copy, target = folder / f"source.{file_format}", folder / "result.pdf"
        findings = preparation_call.prepare(source, file_format, copy)
        font_config.install_font_config(folder)
        seconds = max(deadline - time.monotonic(), 0.1)
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
            raise ConversionFailed(TOO_SLOW) from None
        if process.returncode != 0 or not target.is_file():
            # Only the error type, from the last line: the rest may quote the document.
            error = (process.stdout.strip().splitlines() or [""])[-1].partition(":")[0][:80]
            log.warning(
                "built-in converter failed format=%s exit=%s error=%s",
                file_format,
                process.returncode,
                error,
            )
            if process.returncode < 0:
                raise ConverterCrashed(
                    "Встроенный преобразователь аварийно завершился: повторите или загрузите PDF"
                )
            raise ConverterFailed(
                "Встроенный преобразователь не смог прочитать документ: сохраните его в PDF сами"
            )
        text_source = copy if file_format is FileFormat.XLSX else source
        return MadePdf(target, ((text_source, file_format),), findings)
