"""Making the one PDF of a document that consists of several files."""

import io
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.conf import settings

from archive import isolation
from archive.conversion.results import ConversionFailed
from archive.files import storage
from archive.findings import Finding
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused
from archive.intake.sizes import PDF_LIMIT
from archive.joining.contents import typeset_contents
from archive.joining.protocol import LAYERS, SIGNATURES
from archive.models import DocumentPart
from econtract.platform.common.formatting import format_file_size, pluralize

LIMITS = isolation.Limits(seconds=60, cpu_seconds=40, memory=1024 * isolation.MEBIBYTE, file_size=0)
# A finding of the intake: files inside of a PDF belong to the file, not to its pages.
ATTACHMENTS = "pdf_attachments"
LOSSES = {
    SIGNATURES: Finding(
        "joined_signatures",
        "Подписи внутри этого файла останутся только в нем: в общем документе их не будет",
    ),
    LAYERS: Finding(
        "joined_layers",
        "Слои этого файла стали обычными страницами: в общем документе только то, что видно на"
        " экране",
    ),
}


@dataclass(frozen=True)
class JoinedPdf:
    """The PDF of all parts, its number of pages, and what the user must check in it."""

    content: bytes
    pages: int
    findings: tuple[Finding, ...]


def join_parts(parts: Sequence[DocumentPart], *, has_contents: bool) -> JoinedPdf:
    """Joins the PDFs of ``parts``, which are ready; the same parts give the same bytes.

    The result has passed the inspection of an upload. Findings name their part. Raises
    ConversionFailed, whose sentence names the part to change.
    """
    _refuse_attachments(parts)
    titles, pages = [part.title for part in parts], [part.version.pages or 0 for part in parts]
    contents, own_pages = typeset_contents(titles, pages) if has_contents else (b"", 0)
    if sum(pages) + own_pages > settings.DOCUMENT_MAX_PAGES:
        raise ConversionFailed(_describe_too_many_pages(parts, sum(pages) + own_pages))
    content, losses = _join(parts, titles, contents)
    try:
        inspected = inspect_file(io.BytesIO(content), name="")
    except IntakeRefused as refused:
        text = f"Общий документ собрать не удалось. {refused.refusal.message}."
        raise ConversionFailed(f"{text} {_advise_on_largest(parts)}") from None
    findings = _collect_findings(parts, losses)
    known = {finding.code for finding in findings}
    findings += [finding for finding in inspected.findings if finding.code not in known]
    return JoinedPdf(content, inspected.pages or 0, tuple(findings))


def _join(
    parts: Sequence[DocumentPart], titles: list[str], contents: bytes
) -> tuple[bytes, list[list[str]]]:
    """The PDF, and for each part what it has lost."""
    with ExitStack() as stack:
        files = [stack.enter_context(storage.open_file(part.pdf)) for part in parts]
        opened = [io.BytesIO(contents), *files] if contents else files
        descriptors = [stack.enter_context(isolation.open_descriptor(file)) for file in opened]
        try:
            head, content = isolation.run_function(
                "join", descriptors, limits=LIMITS, titles=titles, max_size=PDF_LIMIT
            )
        except isolation.IsolationError:
            text = "Файлы слишком сложны, чтобы объединить их."
            raise ConversionFailed(f"{text} {_advise_on_largest(parts)}") from None
    if "too_large" in head:
        text = "Общий документ больше 30 МБ."
        raise ConversionFailed(f"{text} {_advise_on_largest(parts)}")
    return content, head["losses"]


def _refuse_attachments(parts: Sequence[DocumentPart]) -> None:
    for part in parts:
        if any(finding["code"] == ATTACHMENTS for finding in part.version.findings):
            raise ConversionFailed(
                f"{part}: внутри PDF есть вложенные файлы, в общем документе их не будет."
                " Удалите их из PDF или приложите отдельными файлами"
            )


def _describe_too_many_pages(parts: Sequence[DocumentPart], pages: int) -> str:
    longest = max(parts, key=lambda part: part.version.pages or 0)
    return (
        f"Вместе {_format_pages(pages)}, а можно не больше {settings.DOCUMENT_MAX_PAGES}."
        f" {longest} самый длинный, {_format_pages(longest.version.pages or 0)}:"
        " сократите или замените его"
    )


def _format_pages(number: int) -> str:
    return f"{number} {pluralize(number, 'страница', 'страницы', 'страниц')}"


def _advise_on_largest(parts: Sequence[DocumentPart]) -> str:
    largest = max(parts, key=lambda part: part.pdf.size)
    size = format_file_size(largest.pdf.size)
    return f"{largest} самый большой, {size}: уменьшите или замените его"


def _collect_findings(
    parts: Sequence[DocumentPart], losses: Sequence[Sequence[str]]
) -> list[Finding]:
    """The findings of all parts, each with the name of its part."""
    findings: list[Finding] = []
    for part, lost in zip(parts, losses, strict=True):
        own = [Finding.from_json(item) for item in part.version.findings]
        own += [LOSSES[code] for code in lost]
        findings += [Finding(finding.code, f"{part}: {finding.text}") for finding in own]
    return findings
