"""LibreOffice: a fresh process and a fresh copy of a prepared profile for every file.

One process for many files would be faster by half a second a file, but then one hostile file
could change what becomes of the next; "warm" is the profile, which is made once.
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
_INIT_SECONDS = 60.0
_PREPARE_LIMITS = isolation.Limits(
    seconds=30, cpu_seconds=25, memory=1536 * isolation.MEBIBYTE, file_size=0
)
_PDF_FILTERS = {True: "calc_pdf_Export", False: "writer_pdf_Export"}
# What it is told to read a file as: without it a text file by the name of .docx becomes a PDF.
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
    """Reads all office kinds."""

    name = "libreoffice"

    def accepts(self, kind: FileFormat) -> bool:
        return kind is not FileFormat.PDF

    def make_pdf(
        self, source: Path, kind: FileFormat, folder: Path
    ) -> tuple[Path, Path, FileFormat]:
        """See `archive.conversion.Converter`.

        Files of the old kinds, and ODF, are also saved as DOCX or XLSX: their text is read from
        that, and a sheet goes on from there, where it can be fitted to a page. A sheet takes one
        more step through ODS: only on reading that are the rows made high enough for their text.
        """
        if not is_installed():
            raise ConversionFailed("Преобразователь LibreOffice не установлен")
        office = _Office(folder)
        work = folder / f"source.{kind}"
        shutil.copyfile(source, work)
        readable, readable_kind = work, kind
        if kind not in (FileFormat.DOCX, FileFormat.XLSX):
            readable_kind = FileFormat.XLSX if kind.is_spreadsheet else FileFormat.DOCX
            readable = office.convert(work, kind, readable_kind)
        if kind is FileFormat.DOCX or kind.is_spreadsheet:
            work, kind = folder / f"prepared.{readable_kind}", readable_kind
            _prepare(readable, work, fit_sheets=kind is FileFormat.XLSX)
        if kind is FileFormat.XLSX:
            work, kind = office.convert(work, kind, FileFormat.ODS), FileFormat.ODS
        return office.convert(work, kind, FileFormat.PDF), readable, readable_kind


def _prepare(source: Path, target: Path, *, fit_sheets: bool) -> None:
    """Writes a copy that LibreOffice may read, see `archive.conversion.ooxml_preparation`."""
    with source.open("rb") as file:
        try:
            _, copy = isolation.run_function(
                "prepare", [file.fileno()], limits=_PREPARE_LIMITS, fit_sheets=fit_sheets
            )
        except isolation.IsolationError:
            raise ConversionFailed("Документ слишком сложный: упростите файл") from None
    target.write_bytes(copy)


class _Office:
    """The steps of one file's conversion, which share one folder and one limit of time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends = time.monotonic() + settings.CONVERSION_SECONDS

    def convert(self, source: Path, kind: FileFormat, target: FileFormat) -> Path:
        """One step, by one process. Raises ConversionFailed."""
        home = Path(tempfile.mkdtemp(dir=self._folder))
        _copy_profile(home / "profile")
        font_config.install_font_config(home)
        work = Path(shutil.copy(source, home))
        command = _command(
            home,
            f"--infilter={_IMPORT_FILTERS[kind]}",
            *("--convert-to", _export(kind, target), "--outdir", str(home / "out"), str(work)),
        )
        left = self._ends - time.monotonic()
        try:
            done = isolation.run_program(command, limits=_limits(max(left, 0.1)), home=home)
        except isolation.LimitExceeded:
            raise ConversionFailed(
                "Преобразование длится слишком долго: сохраните документ в PDF сами"
            ) from None
        finally:
            _remove_socket(home)
        result = home / "out" / f"{source.stem}.{target}"
        # It says «done» (exit code 0) of files that it could not read: believe the file alone.
        if not result.is_file() or result.stat().st_size == 0:
            log.warning("libreoffice made nothing kind=%s exit=%s", kind, done.returncode)
            raise ConversionFailed("LibreOffice не смог преобразовать документ: проверьте файл")
        return result


def _remove_socket(home: Path) -> None:
    """Confined as it was, it could make its socket and not remove it. Its name has a digest of
    the profile's address in it, written without leading zeros."""
    digest = hashlib.md5(_profile(home).encode("utf-16-le"), usedforsecurity=False).digest()
    name = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
    Path(landlock.SOCKETS, name).unlink(missing_ok=True)


def _profile(home: Path) -> str:
    return (home / "profile").as_uri()


def _command(home: Path, *arguments: str) -> list[str]:
    return [
        settings.SOFFICE,
        f"-env:UserInstallation={_profile(home)}",
        *("--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"),
        *arguments,
    ]


def _limits(seconds: float) -> isolation.Limits:
    return isolation.Limits(
        seconds=seconds, cpu_seconds=seconds, memory=_MEMORY, file_size=_FILE_SIZE
    )


def _export(kind: FileFormat, target: FileFormat) -> str:
    if target is FileFormat.PDF:
        return f"pdf:{_PDF_FILTERS[kind.is_spreadsheet]}"
    return f"{target}:{_EXPORT_FILTERS[target]}"


def _copy_profile(profile: Path) -> None:
    """A copy of the prepared profile; only our settings where that could not be made."""
    edition = hashlib.sha256(_PROFILE_SETTINGS.read_bytes()).hexdigest()[:8]
    prepared = settings.DATA_DIR / f"libreoffice-profile-{edition}"
    if not prepared.is_dir():
        _prepare_profile(prepared)
    if prepared.is_dir():
        shutil.copytree(prepared, profile)
    else:
        _new_profile(profile)


def _new_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    shutil.copy(_PROFILE_SETTINGS, profile / "user")


def _prepare_profile(prepared: Path) -> None:
    """Lets LibreOffice fill a profile once, before any stranger's file is near."""
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        home = Path(folder)
        _new_profile(home / "profile")
        command = _command(home, "--terminate_after_init")
        try:
            isolation.run_program(command, limits=_limits(_INIT_SECONDS), home=home)
            _remove_socket(home)
            prepared.parent.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(dir=prepared.parent))
            shutil.copytree(home / "profile", beside, dirs_exist_ok=True)
            os.rename(beside, prepared)
        except (isolation.LimitExceeded, OSError):
            log.warning("no prepared LibreOffice profile; every file will start from a new one")
