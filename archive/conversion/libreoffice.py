"""Converting with LibreOffice: a new process and a new copy of a prepared profile for each file.

One process for all files would save half a second for each, but then a hostile file could influence
the conversion of the next one. Only the profile is prepared once.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings

from archive import isolation
from archive.conversion import font_config, preparation_call
from archive.conversion.results import (
    TOO_SLOW,
    ConversionFailed,
    ConverterCrashed,
    ConverterFailed,
    MadePdf,
)
from archive.findings import Finding
from archive.intake import office_findings
from archive.intake.formats import FileFormat
from archive.isolation import landlock

log = logging.getLogger(__name__)

_PROFILE_SETTINGS = Path(__file__).parent / "registrymodifications.xcu"
_MEMORY = 3 * 1024 * isolation.MEBIBYTE
_FILE_SIZE = 200 * isolation.MEBIBYTE
_PROFILE_SECONDS = 60.0
_PDF_FILTERS = {True: "calc_pdf_Export", False: "writer_pdf_Export"}
# Without an import filter, LibreOffice would accept a text file that is named .docx.
_IMPORT_FILTERS = {
    FileFormat.DOCX: "MS Word 2007 XML",
    FileFormat.XLSX: "Calc MS Excel 2007 XML",
    FileFormat.DOC: "MS Word 97",
    FileFormat.XLS: "MS Excel 97",
    FileFormat.RTF: "Rich Text Format",
    FileFormat.ODT: "writer8",
    FileFormat.ODS: "calc8",
}
_EXPORT_FILTERS = {
    FileFormat.DOCX: "MS Word 2007 XML",
    FileFormat.XLSX: "Calc MS Excel 2007 XML",
    FileFormat.ODS: "calc8",
}
Findings = tuple[Finding, ...]
# What the inspection of a DOC, RTF or ODT may not see, but its DOCX form shows.
_BINARY_FINDINGS = frozenset(
    {
        office_findings.COMMENTS,
        office_findings.EMBEDDED_OBJECTS,
        office_findings.FIELDS_WITHOUT_VALUES,
        office_findings.TRACKED_CHANGES,
    }
)


def is_installed() -> bool:
    """Whether the program that settings.SOFFICE names can be run here."""
    return shutil.which(settings.SOFFICE) is not None


class LibreOffice:
    """Converts all office formats."""

    name = "libreoffice"

    def accepts(self, file_format: FileFormat) -> bool:
        return file_format is not FileFormat.PDF

    def make_pdf(
        self, source: Path, file_format: FileFormat, folder: Path, deadline: float
    ) -> MadePdf:
        """See `archive.conversion.convert.Converter`."""
        if not is_installed():
            raise ConverterFailed("Преобразователь LibreOffice не установлен")
        steps = ConversionSteps(folder, deadline)
        current = folder / f"source.{file_format}"
        findings = preparation_call.prepare(source, file_format, current, is_office=True)
        if file_format.is_spreadsheet:
            return _make_sheets(steps, current, file_format, findings)
        if file_format is FileFormat.DOCX:
            pdf = steps.convert(current, FileFormat.DOCX, FileFormat.PDF)
            return MadePdf(pdf, ((source, file_format),), findings)
        return _make_text(steps, source, current, file_format, findings)


def _make_sheets(
    steps: "ConversionSteps", current: Path, file_format: FileFormat, findings: Findings
) -> MadePdf:
    """XLSX, because a sheet can be fitted to pages and compared in that form only; then ODS,
    because LibreOffice adapts row heights only when it reads that."""
    if file_format is not FileFormat.XLSX:
        converted = steps.convert(current, file_format, FileFormat.XLSX)
        current = current.with_name("prepared.xlsx")
        findings += preparation_call.prepare(converted, FileFormat.XLSX, current)
    sheets = steps.convert(current, FileFormat.XLSX, FileFormat.ODS)
    pdf = steps.convert(sheets, FileFormat.ODS, FileFormat.PDF)
    return MadePdf(pdf, ((current, FileFormat.XLSX),), findings)


def _make_text(
    steps: "ConversionSteps",
    source: Path,
    current: Path,
    file_format: FileFormat,
    findings: Findings,
) -> MadePdf:
    """DOC, RTF or ODT. Their text is compared in their own form and as DOCX.

    Tracked changes of a DOC can be accepted as DOCX only, so the PDF is then made of that.
    """
    word = steps.convert(current, file_format, FileFormat.DOCX)
    prepared = current.with_name("prepared.docx")
    more = preparation_call.prepare(word, FileFormat.DOCX, prepared)
    findings += tuple(finding for finding in more if finding in _BINARY_FINDINGS)
    if office_findings.TRACKED_CHANGES in more:
        current, file_format_to_print = prepared, FileFormat.DOCX
    else:
        file_format_to_print = file_format
    pdf = steps.convert(current, file_format_to_print, FileFormat.PDF)
    return MadePdf(pdf, ((source, file_format), (word, FileFormat.DOCX)), findings)


class ConversionSteps:
    """The LibreOffice runs for one file. They share a folder and a time limit."""

    def __init__(self, folder: Path, deadline: float) -> None:
        self._folder = folder
        self._deadline = deadline

    def convert(self, source: Path, file_format: FileFormat, target: FileFormat) -> Path:
        """Converts ``source`` to the format ``target`` in a new process.

        Raises ConversionFailed.
        """
        home = Path(tempfile.mkdtemp(dir=self._folder))
        _copy_profile(home / "profile")
        font_config.install_font_config(home)
        copy = Path(shutil.copy(source, home))
        command = _command(
            home,
            f"--infilter={_IMPORT_FILTERS[file_format]}",
            *("--convert-to", _export_filter(file_format, target)),
            *("--outdir", str(home / "out"), str(copy)),
        )
        seconds = max(self._deadline - time.monotonic(), 0.1)
        try:
            process = isolation.run_program(command, limits=_limits(seconds), home=home)
        except isolation.LimitExceeded:
            raise ConversionFailed(TOO_SLOW) from None
        finally:
            _remove_socket(home)
        result = home / "out" / f"{source.stem}.{target}"
        # The exit code is 0 even for files that it could not read, so only the result counts.
        if not result.is_file() or result.stat().st_size == 0:
            log.warning(
                "libreoffice made no file format=%s exit=%s", file_format, process.returncode
            )
            if process.returncode != 0:
                raise ConverterCrashed(
                    "LibreOffice аварийно завершился: повторите преобразование или загрузите PDF"
                )
            raise ConverterFailed(
                "LibreOffice не смог прочитать документ: сохраните его в PDF сами"
            )
        return result


def _remove_socket(home: Path) -> None:
    """Removes the socket that the confined process could create but not delete.

    Its name contains the MD5 digest of the profile's URL, each byte without a leading zero.
    """
    digest = hashlib.md5(_profile_url(home).encode("utf-16-le"), usedforsecurity=False).digest()
    name = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
    Path(landlock.SOCKETS, name).unlink(missing_ok=True)


def _profile_url(home: Path) -> str:
    return (home / "profile").as_uri()


def _command(home: Path, *arguments: str) -> list[str]:
    return [
        settings.SOFFICE,
        f"-env:UserInstallation={_profile_url(home)}",
        *("--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"),
        *arguments,
    ]


def _limits(seconds: float) -> isolation.Limits:
    return isolation.Limits(
        seconds=seconds, cpu_seconds=seconds, memory=_MEMORY, file_size=_FILE_SIZE
    )


def _export_filter(file_format: FileFormat, target: FileFormat) -> str:
    if target is FileFormat.PDF:
        return f"pdf:{_PDF_FILTERS[file_format.is_spreadsheet]}"
    return f"{target}:{_EXPORT_FILTERS[target]}"


def _copy_profile(profile: Path) -> None:
    """Copies the prepared profile, or only our settings if it could not be prepared."""
    version = hashlib.sha256(_PROFILE_SETTINGS.read_bytes()).hexdigest()[:8]
    prepared = settings.DATA_DIR / f"libreoffice-profile-{version}"
    if not prepared.is_dir():
        _prepare_profile(prepared)
    if prepared.is_dir():
        shutil.copytree(prepared, profile)
    else:
        _create_profile(profile)


def _create_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    shutil.copy(_PROFILE_SETTINGS, profile / "user")


def _prepare_profile(prepared: Path) -> None:
    """Lets LibreOffice initialise a profile once, without any user's file."""
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        home = Path(folder)
        _create_profile(home / "profile")
        command = _command(home, "--terminate_after_init")
        try:
            isolation.run_program(command, limits=_limits(_PROFILE_SECONDS), home=home)
            _remove_socket(home)
            prepared.parent.mkdir(parents=True, exist_ok=True)
            # Copied next to it and renamed, so that other processes never see half a profile.
            copy = Path(tempfile.mkdtemp(dir=prepared.parent))
            shutil.copytree(home / "profile", copy, dirs_exist_ok=True)
            os.rename(copy, prepared)
        except (isolation.LimitExceeded, OSError):
            log.warning("could not prepare a LibreOffice profile; each file creates a new one")
