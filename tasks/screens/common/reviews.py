"""What a person must check in a document before it is sent, and who has done so."""

from dataclasses import dataclass

from archive.findings import Finding
from archive.models import DocumentVersion
from econtract.platform.common.formatting import format_with_zone


@dataclass(frozen=True)
class Review:
    """What was found in a document. ``done`` says who has looked at the pages, and when; "" when
    nobody has."""

    findings: tuple[Finding, ...]
    done: str


def build_review(version: DocumentVersion) -> Review | None:
    """None for a document in which nothing was found, and for one without a PDF."""
    if not version.is_ready or not version.findings:
        return None
    findings = tuple(Finding.from_json(finding) for finding in version.findings)
    return Review(findings, _done(version))


def _done(version: DocumentVersion) -> str:
    if version.reviewed_at is None:
        return ""
    at = format_with_zone(version.reviewed_at)
    return f"{version.reviewed_by}, {at}" if version.reviewed_by else at
