"""ODT and ODS (ISO 26300)."""

import zipfile
from collections.abc import Callable

from archive.findings import Finding
from archive.intake import office_findings, refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import images
from archive.intake.validators.xml_parts import ContentDetector, ElementSearch, is_xml, parse

MIMETYPE = "mimetype"
CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
_FORMATS = {
    file_format.content_type.encode(): file_format
    for file_format in (FileFormat.ODT, FileFormat.ODS)
}
# LibreOffice writes these lists even when there are no macros; any other module is a macro.
_LIBRARY_LISTS = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")


def identify(archive: zipfile.ZipFile) -> FileFormat:
    """ODT or ODS, by the entry «mimetype». Raises IntakeRefused for any other."""
    with archive.open(MIMETYPE) as part:
        file_format = _FORMATS.get(part.read(200).strip())
    if file_format is None:
        raise IntakeRefused(refusals.UNKNOWN_FORMAT)
    return file_format


def validate(archive: zipfile.ZipFile, _: FileFormat) -> set[Finding]:
    """What a person must check. Raises IntakeRefused for encryption, macros, damage, and a
    document without content."""
    names = archive.namelist()
    _refuse_encrypted(archive)
    if any(_is_macro(name) for name in names):
        raise IntakeRefused(refusals.MACROS)
    detector = ContentDetector(frozenset({"p", "h", "span", "a"}), frozenset({"image", "object"}))
    changes, comments = ElementSearch("changed-region"), ElementSearch("annotation")
    parse(archive, CONTENT, detector=detector, on_chunk=_both(changes, comments))
    for name in names:
        if is_xml(name) and name != CONTENT and archive.getinfo(name).file_size:
            parse(archive, name)
        elif name.startswith("Pictures/"):
            images.validate(archive, name)
    if not detector.has_content:
        raise IntakeRefused(refusals.NO_CONTENT)
    searches = {office_findings.TRACKED_CHANGES: changes, office_findings.COMMENTS: comments}
    return {finding for finding, search in searches.items() if search.has_match}


def _both(*searches: ElementSearch) -> Callable[[bytes], None]:
    def on_chunk(chunk: bytes) -> None:
        for search in searches:
            search.on_chunk(chunk)

    return on_chunk


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    def on_element(tag: str, _: dict[str, str]) -> None:
        if tag == "encryption-data":
            raise IntakeRefused(refusals.ENCRYPTED)

    parse(archive, MANIFEST, on_element=on_element)


def _is_macro(name: str) -> bool:
    if name.endswith("/") or name.endswith(_LIBRARY_LISTS):
        return False
    return name.startswith(("Basic/", "Scripts/"))
