"""Relationships that point outside of the file, or at parts that are not in it."""

import posixpath
from collections.abc import Container

from archive.conversion.preparation.xml import parse, serialise
from archive.findings import Finding
from archive.intake import office_findings

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_LINKED_TEXT = ("/subDocument", "/aFChunk", "/frame")


def repair(
    name: str, data: bytes, source: bytes, parts: Container[str]
) -> tuple[bytes, set[Finding]]:
    """The relationships ``data`` (the part ``name``) of ``source``, without dangling ones.

    External targets (linked pictures, templates and the like) become «about:blank», so that
    nothing is fetched; hyperlinks stay. The findings tell what the pages lack.
    """
    root = parse(data)
    findings: set[Finding] = set()
    for relationship in list(root.iter(_RELATIONSHIP)):
        kind, target = relationship.get("Type", ""), relationship.get("Target", "")
        is_used = f'"{relationship.get("Id")}"'.encode() in source
        if relationship.get("TargetMode") == "External":
            if kind.endswith("/hyperlink"):
                continue
            relationship.set("Target", "about:blank")
        elif resolve(name, target) in parts:
            continue
        else:
            root.remove(relationship)
        if is_used and kind.endswith("/image"):
            findings.add(office_findings.LINKED_PICTURES)
        elif is_used and kind.endswith(_LINKED_TEXT):
            findings.add(office_findings.LINKED_CONTENT)
    return serialise(root), findings


def resolve(name: str, target: str) -> str:
    """The name of the part at which ``target`` in the relationships part ``name`` points."""
    folder = posixpath.dirname(posixpath.dirname(name))
    path = target.partition("#")[0]
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def source_name(name: str) -> str:
    """The part that the relationships part ``name`` belongs to."""
    folder, _, file = name.rpartition("_rels/")
    return folder + file.removesuffix(".rels")
