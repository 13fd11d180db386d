"""What a user must check in a document before it is sent, and who has done so."""

from dataclasses import dataclass

from archive.findings import Finding
from archive.models import DocumentVersion
from econtract.platform.common.formatting import format_file_size, format_with_zone


@dataclass(frozen=True)
class AttachmentLink:
    """A file that is attached to the document. The browser downloads it and never shows it."""

    name: str
    size: str
    url: str


@dataclass(frozen=True)
class FindingView:
    """One finding, with the files that it is about."""

    text: str
    files: tuple[AttachmentLink, ...]


@dataclass(frozen=True)
class Review:
    """The findings of a document; ``reviewed_by`` says who has reviewed the pages and when."""

    findings: tuple[FindingView, ...]
    reviewed_by: str


def build_review(version: DocumentVersion, first_attachment_url: str) -> Review | None:
    """None if the document has no findings or no PDF.

    ``first_attachment_url`` is the URL of the document's first attachment, «…/0/».
    """
    if not version.is_ready or not version.findings:
        return None
    base_url = first_attachment_url.removesuffix("0/")
    findings = (Finding.from_json(finding) for finding in version.findings)
    return Review(
        findings=tuple(
            FindingView(
                finding.text,
                tuple(
                    AttachmentLink(file.name, format_file_size(file.size), f"{base_url}{index}/")
                    for index, file in enumerate(finding.files)
                ),
            )
            for finding in findings
        ),
        reviewed_by=_describe_reviewer(version),
    )


def _describe_reviewer(version: DocumentVersion) -> str:
    if version.reviewed_at is None:
        return ""
    at = format_with_zone(version.reviewed_at)
    return f"{version.reviewed_by}, {at}" if version.reviewed_by else at
