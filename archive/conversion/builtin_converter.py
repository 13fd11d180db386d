"""The built-in converter as a program of its own, started once for every file."""

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


class Builtin:
    """Reads DOCX and XLSX."""

    name = "builtin"

    def accepts(self, kind: FileFormat) -> bool:
        return kind in (FileFormat.DOCX, FileFormat.XLSX)

    def make_pdf(
        self, source: Path, kind: FileFormat, folder: Path
    ) -> tuple[Path, Path, FileFormat]:
        """See `archive.conversion.Converter`."""
        work, target = folder / f"source.{kind}", folder / "result.pdf"
        shutil.copyfile(source, work)
        font_config.install_font_config(folder)
        seconds = settings.CONVERSION_SECONDS
        limits = isolation.Limits(
            seconds=seconds, cpu_seconds=seconds, memory=_MEMORY, file_size=_FILE_SIZE
        )
        command = [
            *(sys.executable, "-m", "archive.conversion.builtin"),
            *(str(work), str(target), kind),
        ]
        try:
            done = isolation.run_program(command, limits=limits, home=folder)
        except isolation.LimitExceeded:
            raise ConversionFailed(
                "Преобразование длится слишком долго: сохраните документ в PDF сами"
            ) from None
        if done.returncode != 0 or not target.is_file():
            # The last line names the type of the error; the lines above may quote the document.
            last = (done.stdout.strip().splitlines() or [""])[-1].partition(":")[0][:80]
            log.warning(
                "built-in converter failed kind=%s exit=%s error=%s", kind, done.returncode, last
            )
            raise ConversionFailed("Преобразовать документ не удалось: проверьте файл")
        return target, source, kind
