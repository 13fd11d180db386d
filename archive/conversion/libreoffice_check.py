"""Whether LibreOffice can convert what it must: text, a formula and a spreadsheet.

A command that is present may belong to an interrupted installation, or to one without Writer, Calc
or Math, which then loses text or makes nothing. So a test file is converted, once for each state
of the installation.
"""

import hashlib
import io
import json
import logging
import shutil
import tempfile
import time
import zipfile
from pathlib import Path

import pypdfium2
from django.conf import settings

from archive.conversion import libreoffice
from archive.conversion.pdf_text import extract_text
from archive.conversion.results import ConversionFailed
from archive.intake.formats import FileFormat

log = logging.getLogger(__name__)

# A failure may come from a busy machine or an installation under way: it is tried again.
_REPEAT_AFTER_SECONDS = 300
_CHECK_SECONDS = 60.0
_TEXT, _FORMULA, _CELL = "Проверка", "41972", "Таблица"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN_TYPES = {
    "word/document.xml": f"{_OFFICE}.wordprocessingml.document.main+xml",
    "xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
}
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def is_usable() -> bool:
    """Whether LibreOffice succeeds in a test conversion. The result is kept in DATA_DIR."""
    program = shutil.which(settings.SOFFICE)
    if program is None:
        return False
    usable = last_result()
    if usable is None:
        usable = _convert_test_files()
        _save(_result_file(program), usable)
    return usable


def last_result() -> bool | None:
    """The result for the present state of the installation; None when it must be tested."""
    program = shutil.which(settings.SOFFICE)
    if program is None:
        return False
    try:
        result = json.loads(_result_file(program).read_text())
        is_current = result["usable"] or time.time() - result["time"] < _REPEAT_AFTER_SECONDS
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return bool(result["usable"]) if is_current else None


def _result_file(program: str) -> Path:
    name = f"libreoffice-check-{_installation_digest(Path(program))}.json"
    return Path(settings.DATA_DIR, name)


def _save(file: Path, usable: bool) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        copy = file.with_name(f"{file.name}.{time.time_ns()}")
        copy.write_text(json.dumps({"usable": usable, "time": time.time()}))
        copy.replace(file)
    except OSError:
        log.warning("could not keep the result of the LibreOffice check")


def _installation_digest(program: Path) -> str:
    """Changes when components are installed, removed or updated."""
    folder = program.resolve().parent
    digest = hashlib.sha256(str(folder).encode())
    for place in (folder, folder.parent / "share" / "registry"):
        if place.is_dir():
            for file in sorted(place.iterdir()):
                status = file.lstat()
                digest.update(f"{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def _convert_test_files() -> bool:
    with tempfile.TemporaryDirectory(prefix="libreoffice-check-") as name:
        folder = Path(name)
        steps = libreoffice.ConversionSteps(folder, time.monotonic() + _CHECK_SECONDS)
        (folder / "text.docx").write_bytes(_text_document())
        (folder / "sheet.xlsx").write_bytes(_spreadsheet())
        try:
            text = _read(steps.convert(folder / "text.docx", FileFormat.DOCX, FileFormat.PDF))
            sheet = steps.convert(folder / "sheet.xlsx", FileFormat.XLSX, FileFormat.ODS)
            cells = _read(steps.convert(sheet, FileFormat.ODS, FileFormat.PDF))
        except ConversionFailed:
            log.warning("LibreOffice failed the test conversion")
            return False
    return _TEXT in text and _FORMULA in text and _CELL in cells


def _read(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return extract_text(document)


def _text_document() -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    return _package(
        "word/document.xml",
        f'<w:document xmlns:w="{word}" xmlns:m="{math}"><w:body><w:p><w:r><w:t>{_TEXT}</w:t></w:r>'
        f"</w:p><w:p><m:oMath><m:r><m:t>{_FORMULA}</m:t></m:r></m:oMath></w:p></w:body>"
        "</w:document>",
    )


def _spreadsheet() -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return _package(
        "xl/workbook.xml",
        f'<workbook xmlns="{main}" xmlns:r="{_RELATIONSHIPS}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        {
            "xl/_rels/workbook.xml.rels": _relationship("worksheet", "sheet.xml"),
            "xl/sheet.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" '
            f't="inlineStr"><is><t>{_CELL}</t></is></c></row></sheetData></worksheet>',
        },
    )


def _relationship(kind: str, target: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONSHIPS}/{kind}" Target="{target}"/></Relationships>'
    )


def _package(main: str, content: str, parts: dict[str, str] | None = None) -> bytes:
    """The smallest OOXML package with this main part."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{_MAIN_TYPES[main]}"/>'
        f'<Override PartName="/xl/sheet.xml" ContentType="{_OFFICE}.spreadsheetml.worksheet+xml"/>'
        "</Types>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", _relationship("officeDocument", main))
        for name, text in {main: content, **(parts or {})}.items():
            archive.writestr(name, text)
    return file.getvalue()
