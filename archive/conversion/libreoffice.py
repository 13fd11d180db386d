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
from archive.conversion import font_config
from archive.conversion.results import ConversionFailed
from archive.intake.formats import FileFormat
from archive.isolation import landlock

log = logging.getLogger(__name__)

_PROFILE_SETTINGS = Path(__file__).parent / "registrymodifications.xcu"
_MEMORY = 3 * 1024 * isolation.MEBIBYTE
_FILE_SIZE = 200 * isolation.MEBIBYTE
_PROFILE_SECONDS = 60.0
_PREPARE_LIMITS = isolation.Limits(
    seconds=30, cpu_seconds=25, memory=1536 * isolation.MEBIBYTE, file_size=0
)
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


def is_installed() -> bool:
    """Whether the program that settings.SOFFICE names can be run here."""
    return shutil.which(settings.SOFFICE) is not None


class LibreOffice:
    """Converts all office formats."""

    name = "libreoffice"

    def accepts(self, file_format: FileFormat) -> bool:
        return file_format is not FileFormat.PDF

    def make_pdf(
        self, source: Path, file_format: FileFormat, folder: Path
    ) -> tuple[Path, Path, FileFormat]:
        """See `archive.conversion.convert.Converter`.

        Old formats and ODF are converted to DOCX or XLSX first: their text is compared in that
        form, and a spreadsheet can only be fitted to a page in that form. Spreadsheets are then
        converted to ODS, because LibreOffice adapts row heights only when it reads ODS.
        """
        if not is_installed():
            raise ConversionFailed("Преобразователь LibreOffice не установлен")
        steps = _ConversionSteps(folder)
        current = folder / f"source.{file_format}"
        shutil.copyfile(source, current)
        ooxml, ooxml_format = current, file_format
        if file_format not in (FileFormat.DOCX, FileFormat.XLSX):
            ooxml_format = FileFormat.XLSX if file_format.is_spreadsheet else FileFormat.DOCX
            ooxml = steps.convert(current, file_format, ooxml_format)
        if file_format is FileFormat.DOCX or file_format.is_spreadsheet:
            current, file_format = folder / f"prepared.{ooxml_format}", ooxml_format
            _prepare(ooxml, current, fit_sheets=file_format is FileFormat.XLSX)
        if file_format is FileFormat.XLSX:
            current = steps.convert(current, file_format, FileFormat.ODS)
            file_format = FileFormat.ODS
        return steps.convert(current, file_format, FileFormat.PDF), ooxml, ooxml_format


def _prepare(source: Path, target: Path, *, fit_sheets: bool) -> None:
    """Writes a copy that is safe for LibreOffice, see `archive.conversion.ooxml_preparation`."""
    with source.open("rb") as file:
        try:
            _, copy = isolation.run_function(
                "prepare", [file.fileno()], limits=_PREPARE_LIMITS, fit_sheets=fit_sheets
            )
        except isolation.IsolationError:
            raise ConversionFailed("Документ слишком сложный: упростите файл") from None
    target.write_bytes(copy)


class _ConversionSteps:
    """The LibreOffice runs for one file. They share a folder and a time limit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._deadline = time.monotonic() + settings.CONVERSION_SECONDS

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
            raise ConversionFailed(
                "Преобразование длится слишком долго: сохраните документ в PDF сами"
            ) from None
        finally:
            _remove_socket(home)
        result = home / "out" / f"{source.stem}.{target}"
        # The exit code is 0 even for files that it could not read, so only the result counts.
        if not result.is_file() or result.stat().st_size == 0:
            log.warning(
                "libreoffice made no file format=%s exit=%s", file_format, process.returncode
            )
            raise ConversionFailed("LibreOffice не смог преобразовать документ: проверьте файл")
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
