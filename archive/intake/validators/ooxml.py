"""DOCX and XLSX (ECMA-376): the main part tells the kind, every part has to be sound."""

import posixpath
import zipfile
from collections.abc import Callable

from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import images
from archive.intake.validators.xml_parts import ContentSeeker, is_xml, local, parse

Inspector = Callable[[zipfile.ZipFile, FileFormat], None]

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONS = "_rels/.rels"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = {
    f"{_OFFICE}.wordprocessingml.document.main+xml": FileFormat.DOCX,
    f"{_OFFICE}.spreadsheetml.sheet.main+xml": FileFormat.XLSX,
}
_MACRO_WORDS = ("vbaproject", "macrosheets/", "vbadata", "activex/")


def kind_of(archive: zipfile.ZipFile) -> FileFormat:
    """DOCX or XLSX by the type of the main part. Raises IntakeRefused for any other."""
    types = _declared_types(archive)
    if any("macroEnabled" in kind for kind in types.values()):
        raise IntakeRefused(refusals.MACROS)
    main = main_part(archive)
    kind = _MAIN_PARTS.get(types.get(main, ""))
    if kind is None:
        raise IntakeRefused(refusals.UNKNOWN_FORMAT)
    if main not in archive.namelist():
        raise IntakeRefused(refusals.CORRUPT)
    return kind


def main_part(archive: zipfile.ZipFile) -> str:
    """The name of the part that the package's root relation calls the document."""
    targets: list[str] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            targets.append(attributes.get("Target", ""))

    parse(archive, ROOT_RELATIONS, start=start)
    if not targets:
        raise IntakeRefused(refusals.CORRUPT)
    return posixpath.normpath(targets[0].lstrip("/"))


def check(archive: zipfile.ZipFile, kind: FileFormat) -> None:
    """Raises IntakeRefused for macros, damage, and a document that shows nothing."""
    names = archive.namelist()
    if any(word in name.lower() for name in names for word in _MACRO_WORDS):
        raise IntakeRefused(refusals.MACROS)
    shows = False
    for name in names:
        if is_xml(name):
            seeker = _seeker(kind, name)
            parse(archive, name, seeker=seeker)
            shows = shows or (seeker is not None and seeker.found)
        elif "/media/" in name:
            images.refuse_bombs(archive, name)
    if not shows:
        raise IntakeRefused(refusals.NO_CONTENT)


def _seeker(kind: FileFormat, name: str) -> ContentSeeker | None:
    if kind is FileFormat.DOCX and name.startswith("word/") and name.count("/") == 1:
        return ContentSeeker(frozenset({"t"}), frozenset({"drawing", "pict", "object", "sym"}))
    if kind is FileFormat.XLSX and name.startswith("xl/worksheets/"):
        return ContentSeeker(frozenset({"v", "t"}), frozenset({"drawing", "legacyDrawing"}))
    if kind is FileFormat.XLSX and name.startswith("xl/chartsheets/"):
        return ContentSeeker(frozenset(), frozenset({"drawing"}))
    return None


def _declared_types(archive: zipfile.ZipFile) -> dict[str, str]:
    types: dict[str, str] = {}
    defaults: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = {local(key): value for key, value in attributes.items()}
        if tag == "Override":
            types[plain.get("PartName", "").lstrip("/")] = plain.get("ContentType", "")
        elif tag == "Default":
            defaults[plain.get("Extension", "").lower()] = plain.get("ContentType", "")

    parse(archive, CONTENT_TYPES, start=start)
    for name in archive.namelist():
        extension = name.rpartition(".")[2].lower()
        if extension in defaults:
            types.setdefault(name, defaults[extension])
    return types
