"""Judging a file by its bytes. Runs in a confined process: no Django, no database here."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from archive.intake import refusals
from archive.intake.formats import (
    HEAD_SIZE,
    OLE_SIGNATURE,
    PDF_SIGNATURE,
    RTF_SIGNATURE,
    ZIP_SIGNATURE,
    FileFormat,
)
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import check_size
from archive.intake.validators import ole, pdf, rtf, zip_container

OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


@dataclass(frozen=True)
class Finding:
    """A file that may come in: its kind and, of a PDF, the number of pages."""

    kind: FileFormat
    pages: int | None = None


def examine(file: BinaryIO, *, max_pages: int) -> Finding:
    """Judges ``file`` (seekable) by content. Raises IntakeRefused, and nothing else knowingly."""
    file.seek(0)
    head = file.read(HEAD_SIZE)
    check_size(file.seek(0, os.SEEK_END), head)
    file.seek(0)
    if head.startswith(PDF_SIGNATURE):
        return Finding(FileFormat.PDF, pdf.check(file, max_pages=max_pages))
    if PDF_SIGNATURE in head:
        # Readers look for a PDF in the first kilobyte, so this is two documents in one.
        raise IntakeRefused(refusals.POLYGLOT)
    if head.startswith(ZIP_SIGNATURE):
        return Finding(zip_container.check(file))
    if head.startswith(OLE_SIGNATURE):
        return Finding(ole.check(file))
    if head.startswith(RTF_SIGNATURE):
        rtf.check(file)
        return Finding(FileFormat.RTF)
    empty_zip = head.startswith(b"PK\x05\x06")
    if empty_zip or head.startswith(OTHER_ARCHIVES):
        raise IntakeRefused(refusals.ZIP_ARCHIVE if empty_zip else refusals.OTHER_ARCHIVE)
    raise IntakeRefused(refusals.UNKNOWN_FORMAT)


def inspect_in_child(descriptor: int, *, max_pages: int) -> tuple[dict[str, Any], bytes]:
    """The work "inspect" of the confined process: {"kind", "pages", "sha256"} or {"refused"}."""
    with os.fdopen(descriptor, "rb") as file:
        try:
            found = examine(file, max_pages=max_pages)
        except IntakeRefused as refused:
            return {"refused": refused.refusal.code}, b""
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"kind": found.kind, "pages": found.pages, "sha256": digest}, b""
