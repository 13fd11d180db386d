"""ODT and ODS (ISO 26300)."""

import zipfile

from archive.intake import refusals
from archive.intake.formats import FileFormat
from archive.intake.refusals import IntakeRefused
from archive.intake.validators import images
from archive.intake.validators.xml_parts import ContentSeeker, is_xml, parse

MIMETYPE = "mimetype"
CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
_KINDS = {kind.content_type.encode(): kind for kind in (FileFormat.ODT, FileFormat.ODS)}
# LibreOffice lists its libraries even when they hold nothing; any other module is a macro.
_LIBRARY_LISTS = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")


def kind_of(archive: zipfile.ZipFile) -> FileFormat:
    """ODT or ODS by the entry «mimetype». Raises IntakeRefused for any other."""
    with archive.open(MIMETYPE) as part:
        kind = _KINDS.get(part.read(200).strip())
    if kind is None:
        raise IntakeRefused(refusals.UNKNOWN_FORMAT)
    return kind


def check(archive: zipfile.ZipFile, _: FileFormat) -> None:
    """Raises IntakeRefused for encryption, macros, damage, and a document that shows nothing."""
    names = archive.namelist()
    _refuse_encrypted(archive)
    if any(_is_macro(name) for name in names):
        raise IntakeRefused(refusals.MACROS)
    seeker = ContentSeeker(frozenset({"p", "h", "span", "a"}), frozenset({"image", "object"}))
    parse(archive, CONTENT, seeker=seeker)
    for name in names:
        if is_xml(name) and name != CONTENT and archive.getinfo(name).file_size:
            parse(archive, name)
        elif name.startswith("Pictures/"):
            images.refuse_bombs(archive, name)
    if not seeker.found:
        raise IntakeRefused(refusals.NO_CONTENT)


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "encryption-data":
            raise IntakeRefused(refusals.ENCRYPTED)

    parse(archive, MANIFEST, start=start)


def _is_macro(name: str) -> bool:
    if name.endswith("/") or name.endswith(_LIBRARY_LISTS):
        return False
    return name.startswith(("Basic/", "Scripts/"))
