"""Inspecting a file's content. Runs in a confined process: no Django, no database."""

import hashlib
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from archive.findings import Finding
from archive.intake import office_markup, refusals
from archive.intake.formats import (
    HEAD_SIZE,
    OLE_SIGNATURE,
    PDF_SIGNATURE,
    RTF_SIGNATURE,
    ZIP_SIGNATURE,
    FileFormat,
    is_pdf,
)
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import check_size
from archive.intake.validators import ole, pdf, rtf, zip_container

EMPTY_ZIP_SIGNATURE = b"PK\x05\x06"
OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


@dataclass(frozen=True)
class InspectedContent:
    """Valid content: its format, for a PDF the number of pages, and what the user must check."""

    file_format: FileFormat
    pages: int | None = None
    findings: tuple[Finding, ...] = ()


def inspect_content(file: BinaryIO, *, max_pages: int) -> InspectedContent:
    """Identifies and validates ``file`` (seekable). Raises IntakeRefused."""
    file.seek(0)
    head = file.read(HEAD_SIZE)
    check_size(file.seek(0, os.SEEK_END), head)
    file.seek(0)
    if is_pdf(head):
        pages, findings = pdf.validate(file, max_pages=max_pages)
        return InspectedContent(FileFormat.PDF, pages, findings)
    if PDF_SIGNATURE in head:
        # Readers accept the signature anywhere in the first kilobyte, so this file is also a PDF.
        raise IntakeRefused(refusals.POLYGLOT)
    if head.startswith(ZIP_SIGNATURE):
        file_format, notes = zip_container.validate(file)
        return InspectedContent(file_format, findings=_sort(notes))
    if head.startswith(OLE_SIGNATURE):
        return InspectedContent(ole.validate(file))
    if head.startswith(RTF_SIGNATURE):
        return InspectedContent(FileFormat.RTF, findings=_sort(rtf.validate(file)))
    if head.startswith(EMPTY_ZIP_SIGNATURE):
        raise IntakeRefused(refusals.ZIP_ARCHIVE)
    if head.startswith(OTHER_ARCHIVES):
        raise IntakeRefused(refusals.OTHER_ARCHIVE)
    raise IntakeRefused(office_markup.find_refusal(head) or refusals.UNKNOWN_FORMAT)


def _sort(findings: set[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.code))


def inspect_in_child(descriptor: int, *, max_pages: int) -> tuple[dict[str, Any], bytes]:
    """The function "inspect": {"format", "pages", "findings", "sha256"}, or {"refused": code}."""
    with os.fdopen(descriptor, "rb") as file:
        try:
            content = inspect_content(file, max_pages=max_pages)
        except IntakeRefused as refused:
            return {"refused": refused.refusal.code}, b""
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    result = {
        "format": content.file_format,
        "pages": content.pages,
        "findings": [finding.to_json() for finding in content.findings],
        "sha256": digest,
    }
    return result, b""
