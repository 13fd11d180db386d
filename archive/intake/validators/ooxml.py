"""DOCX and XLSX (ECMA-376): identified by the main part; every part must be valid."""

import posixpath
import zipfile
from collections.abc import Callable

from archive.findings import Finding
from archive.intake import office_findings, refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import images
from archive.intake.validators.xml_parts import (
    ContentDetector,
    ElementSearch,
    is_xml,
    local_name,
    parse,
)

Validator = Callable[[zipfile.ZipFile, FileFormat], set[Finding]]

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = {
    f"{_OFFICE}.wordprocessingml.document.main+xml": FileFormat.DOCX,
    f"{_OFFICE}.spreadsheetml.sheet.main+xml": FileFormat.XLSX,
}
# The text that is inserted, deleted or moved, and rows and cells likewise (17.13.5).
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")
_MACRO_PARTS = ("vbaproject", "macrosheets/", "vbadata", "activex/")


def identify(archive: zipfile.ZipFile) -> FileFormat:
    """DOCX or XLSX, by the content type of the main part. Raises IntakeRefused for any other."""
    types = _content_types(archive)
    if any("macroEnabled" in content_type for content_type in types.values()):
        raise IntakeRefused(refusals.MACROS)
    main = _find_main_part(archive)
    file_format = _MAIN_PARTS.get(types.get(main, ""))
    if file_format is None:
        raise IntakeRefused(refusals.UNKNOWN_FORMAT)
    if main not in archive.namelist():
        raise IntakeRefused(refusals.CORRUPT)
    return file_format


def _find_main_part(archive: zipfile.ZipFile) -> str:
    """The part that the package's root relationship of type «officeDocument» points at."""
    targets: list[str] = []

    def on_element(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            targets.append(attributes.get("Target", ""))

    parse(archive, ROOT_RELATIONSHIPS, on_element=on_element)
    if not targets:
        raise IntakeRefused(refusals.CORRUPT)
    return posixpath.normpath(targets[0].lstrip("/"))


def validate(archive: zipfile.ZipFile, file_format: FileFormat) -> set[Finding]:
    """What a person must check. Raises IntakeRefused for macros, damage, and no content."""
    names = archive.namelist()
    if any(part in name.lower() for name in names for part in _MACRO_PARTS):
        raise IntakeRefused(refusals.MACROS)
    has_content = False
    changes, comments = ElementSearch(*_CHANGES), ElementSearch("comment", "threadedComment")
    for name in names:
        if is_xml(name):
            detector = _content_detector(file_format, name)
            parse(archive, name, detector=detector, on_chunk=_search(name, changes, comments))
            has_content = has_content or (detector is not None and detector.has_content)
        elif "/media/" in name:
            images.validate(archive, name)
    if not has_content:
        raise IntakeRefused(refusals.NO_CONTENT)
    searches = {office_findings.TRACKED_CHANGES: changes, office_findings.COMMENTS: comments}
    return {finding for finding, search in searches.items() if search.has_match}


def _search(
    name: str, changes: ElementSearch, comments: ElementSearch
) -> Callable[[bytes], None] | None:
    """What to search for in the part ``name``."""
    folder, _, file = name.rpartition("/")
    if file.startswith("comments") or "threadedComments" in folder:
        return comments.on_chunk
    return changes.on_chunk if folder == "word" else None


_DRAWN = frozenset({"altChunk", "drawing", "object", "pict", "sym"})


def _content_detector(file_format: FileFormat, name: str) -> ContentDetector | None:
    if file_format is FileFormat.DOCX and name.startswith("word/") and name.count("/") == 1:
        if name.startswith("word/comments"):  # not printed
            return None
        return ContentDetector(frozenset({"t"}), _DRAWN)
    if file_format is FileFormat.XLSX and name.startswith("xl/worksheets/"):
        return ContentDetector(frozenset({"v", "t"}), frozenset({"drawing", "legacyDrawing"}))
    if file_format is FileFormat.XLSX and name.startswith("xl/chartsheets/"):
        return ContentDetector(frozenset(), frozenset({"drawing"}))
    return None


def _content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """The content type of every part, by its name."""
    types: dict[str, str] = {}
    defaults: dict[str, str] = {}

    def on_element(tag: str, attributes: dict[str, str]) -> None:
        by_name = {local_name(key): value for key, value in attributes.items()}
        if tag == "Override":
            types[by_name.get("PartName", "").lstrip("/")] = by_name.get("ContentType", "")
        elif tag == "Default":
            defaults[by_name.get("Extension", "").lower()] = by_name.get("ContentType", "")

    parse(archive, CONTENT_TYPES, on_element=on_element)
    for name in archive.namelist():
        extension = name.rpartition(".")[2].lower()
        if extension in defaults:
            types.setdefault(name, defaults[extension])
    return types
