"""«Документы и услуги»: the file, its versions and pages, its place in the archive."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from archive.models import DocumentVersion, Package
from archive.typesetting.barcodes import code128_svg, qr_svg
from clients.models import ArchiveSystem
from econtract.platform.common.formatting import (
    format_file_size,
    format_with_zone,
    pluralize,
)
from econtract.platform.common.refusals import Refusal
from tasks.actions.document import document_refusals
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.common.page_previews import PagePreview, build_page_previews
from tasks.screens.common.reviews import Review, build_review
from tasks.statuses import Status
from tasks.transitions import Actor

State = DocumentVersion.State

# What each archive calls its code (docs/rules.md#document-archive).
CODE_LABELS = {ArchiveSystem.APD: "Штрих код документа", ArchiveSystem.RIO: "ИД документа"}


@dataclass(frozen=True)
class VersionView:
    """One version of the document, newest first in the list."""

    title: str
    about: str
    sha256: str
    pdf_url: str
    source_url: str
    current: bool


@dataclass(frozen=True)
class ArchiveCodeView:
    """A place in an archive: to be copied, or read off the screen by a scanner."""

    label: str
    value: str
    bars: str


@dataclass(frozen=True)
class DocumentBlock:
    """The whole block. ``refusals`` say why the document cannot be replaced, if it cannot."""

    name: str
    about: str
    state: str
    problem: str
    review: Review | None
    review_url: str
    version: int | None
    pdf_url: str
    source_url: str
    icon: str
    code: ArchiveCodeView | None
    package: ArchiveCodeView | None
    package_url: str
    package_name: str
    package_about: str
    verification_url: str
    verification_code: str
    pages: tuple[PagePreview, ...]
    versions: tuple[VersionView, ...]
    can_retry: bool
    can_remove: bool
    can_attach: bool
    refusals: tuple[Refusal, ...]


def document_block(task: SigningTask, user: User, versions: list[DocumentVersion]) -> DocumentBlock:
    """The block that ``user`` sees for ``task``, whose document has ``versions``, newest first."""
    refusals = document_refusals(task, user)
    is_own = Actor.MANAGER in guards.actors_of(user, task)
    version = task.document_version
    package = task.package if task.status == Status.COMPLETED else None
    replaceable = not refusals
    verification_url = _verification_url(package) if package else ""
    return DocumentBlock(
        name=version.file_name if version else "",
        about=_about(version) if version else "",
        state=_state(version) if version else "",
        problem=version.problem if version else "",
        review=build_review(version, _attachment_url(task, version)) if version else None,
        review_url=_review_url(task, version) if is_own and version else "",
        version=task.document_version_id,
        pdf_url=_url("document_pdf", task, version) if version and version.pdf_id else "",
        source_url=_url("document_source", task, version) if version else "",
        icon="file-type-pdf" if version and version.pdf_id else "file",
        code=_code(version.archive_system, version.archive_code) if version else None,
        package=_code(package.archive_system, package.archive_code) if package else None,
        package_url=reverse("tasks:package", args=[task.number]) if package else "",
        package_name=package.file_name if package else "",
        package_about=format_file_size(package.file.size) if package else "",
        verification_url=verification_url,
        verification_code=qr_svg(verification_url) if package else "",
        pages=_pages(task, version) if version and version.pdf_id else (),
        versions=tuple(_version(task, each) for each in versions),
        can_retry=replaceable and version is not None and version.can_retry,
        can_remove=replaceable and version is not None,
        can_attach=replaceable and version is None,
        refusals=tuple(refusals),
    )


def _about(version: DocumentVersion) -> str:
    parts = [format_file_size(version.source.size), format_with_zone(version.created_at)]
    if version.pages:
        pages = pluralize(version.pages, "страница", "страницы", "страниц")
        parts.insert(0, f"{version.pages} {pages}")
    return ", ".join(parts)


def _history(version: DocumentVersion) -> str:
    """Size, pages, when with the zone, and who."""
    who = f", {version.uploaded_by}" if version.uploaded_by else ""
    return f"{_about(version)}{who}"


def _state(version: DocumentVersion) -> str:
    """What is being done with the file, or what went wrong; empty when it is ready."""
    match version.state:
        case State.READY:
            return "" if version.archive_code else "Передается в электронный архив"
        case State.CONVERTING:
            return "Преобразуем в PDF…"
        case State.CHECKING:
            return "Ждет антивирусной проверки"
        case _:
            return "Не удалось преобразовать файл в PDF. Открепите и загрузите снова"


def _attachment_url(task: SigningTask, version: DocumentVersion) -> str:
    return reverse("tasks:document_attachment", args=[task.number, version.pk, 0])


def _review_url(task: SigningTask, version: DocumentVersion) -> str:
    can_confirm = version.needs_review and not task.is_finished
    return reverse("tasks:document_review", args=[task.number]) if can_confirm else ""


def _code(system: str, code: str) -> ArchiveCodeView | None:
    if not code:
        return None
    return ArchiveCodeView(CODE_LABELS[ArchiveSystem(system)], code, code128_svg(code))


def _verification_url(package: Package) -> str:
    """Where anyone who holds the package can have it checked; its protocol says the same."""
    path = reverse("verification:by_code", args=[package.code])
    return f"{settings.PUBLIC_URL}{path}"


def _version(task: SigningTask, version: DocumentVersion) -> VersionView:
    return VersionView(
        title=f"Версия {version.number}: {version.file_name}",
        about=_history(version),
        sha256=version.source.sha256,
        pdf_url=_url("document_pdf", task, version) if version.pdf_id else "",
        source_url=_url("document_source", task, version),
        current=version.pk == task.document_version_id,
    )


def _pages(task: SigningTask, version: DocumentVersion) -> tuple[PagePreview, ...]:
    first_url = reverse("tasks:document_page", args=[task.number, version.pk, 1])
    return build_page_previews(version, first_url)


def _url(name: str, task: SigningTask, version: DocumentVersion) -> str:
    return reverse(f"tasks:{name}", args=[task.number, version.pk])
