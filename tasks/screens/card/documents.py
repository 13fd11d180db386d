"""«Документы и услуги»: the document, its versions and pages, its code in the archive."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from archive.models import DocumentVersion, Package
from archive.typesetting.barcodes import code128_svg, qr_svg
from clients.models import ArchiveSystem
from econtract.platform.common.formatting import format_file_size, format_with_zone
from econtract.platform.common.refusals import Refusal
from tasks.actions.document import document_refusals, find_parked_submission
from tasks.actions.same_documents import SameDocument, find_same_documents
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.card.flags import CardFlags
from tasks.screens.common.document_files import FileView, describe_file, list_files
from tasks.screens.common.page_previews import PagePreview, build_page_previews
from tasks.screens.common.reviews import Review, build_review
from tasks.statuses import Status
from tasks.transitions import Actor

State = DocumentVersion.State

# What each archive calls its code (docs/rules.md#document-archive).
CODE_LABELS = {ArchiveSystem.APD: "Штрих код документа", ArchiveSystem.RIO: "ИД документа"}
# The field of the archive's own page in which the code is searched for, top left.
SEARCH_FIELDS = {ArchiveSystem.APD: "Поиск по Штрих коду", ArchiveSystem.RIO: "ИД документа"}


@dataclass(frozen=True)
class VersionView:
    """One version of the document."""

    title: str
    details: str
    sha256: str
    pdf_url: str
    source_url: str
    files: tuple[FileView, ...]


@dataclass(frozen=True)
class ArchiveCodeView:
    """A document's code in an archive, as text and as a barcode for scanners.

    ``search_url`` leads to the document in the archive, "" where the installation has no such link.
    """

    label: str
    value: str
    barcode: str
    archive: str
    search_field: str
    search_url: str


@dataclass(frozen=True)
class DocumentBlock:
    """The block «Документы и услуги».

    ``refusals`` say why the document cannot be replaced; ``versions`` are newest first. ``files``
    are those that the document consists of, if there are several; ``files_url`` is the page that
    changes them, "" when they cannot be changed.
    """

    file_name: str
    details: str
    state: str
    problem: str
    review: Review | None
    review_url: str
    version: int | None
    pdf_url: str
    source_url: str
    icon: str
    files: tuple[FileView, ...]
    files_url: str
    document_code: ArchiveCodeView | None
    package_code: ArchiveCodeView | None
    package_url: str
    package_name: str
    package_size: str
    verification_url: str
    verification_qr: str
    pages: tuple[PagePreview, ...]
    versions: tuple[VersionView, ...]
    can_retry: bool
    can_resubmit: bool
    can_remove: bool
    can_attach: bool
    refusals: tuple[Refusal, ...]
    same_documents: tuple[SameDocument, ...]


def build_document_block(
    task: SigningTask, user: User, flags: CardFlags, versions: list[DocumentVersion]
) -> DocumentBlock:
    """The block for ``user``; ``versions`` are those of the task's document, newest first."""
    refusals = document_refusals(task, user)
    is_manager = Actor.MANAGER in guards.actors_of(user, task)
    current = task.document_version
    package = task.package if task.status == Status.COMPLETED else None
    can_replace = not refusals
    verification_url = _verification_url(package) if package else ""
    return DocumentBlock(
        file_name=current.file_name if current else "",
        details=_describe_file(current) if current else "",
        state=_describe_state(current) if current else "",
        problem=current.problem if current else "",
        review=build_review(current, _attachment_url(task, current)) if current else None,
        review_url=_review_url(task, current) if is_manager and current else "",
        version=task.document_version_id,
        pdf_url=_version_url("document_pdf", task, current) if current and current.pdf_id else "",
        source_url=_source_url(task, current) if current else "",
        files=_list_files(task, current) if current else (),
        files_url=reverse("tasks:document_files", args=[task.number]) if can_replace else "",
        icon="file-type-pdf" if current and current.pdf_id else "file",
        document_code=_build_code(current.archive_system, current.archive_code)
        if current
        else None,
        package_code=_build_code(package.archive_system, package.archive_code) if package else None,
        package_url=reverse("tasks:package", args=[task.number]) if package else "",
        package_name=package.file_name if package else "",
        package_size=format_file_size(package.download_file.size) if package else "",
        verification_url=verification_url,
        verification_qr=qr_svg(verification_url) if package else "",
        pages=_build_previews(task, current) if current and current.pdf_id else (),
        versions=tuple(_build_version(task, version) for version in versions),
        can_retry=can_replace and current is not None and current.can_retry,
        can_resubmit=can_replace
        and flags.parked_submission
        and find_parked_submission(task) is not None,
        can_remove=can_replace and current is not None,
        can_attach=can_replace and current is None,
        refusals=tuple(refusals),
        same_documents=()
        if task.is_finished or not flags.same_documents
        else find_same_documents(
            user,
            current,
            inn=task.client.inn,
            kpp=task.client.kpp,
            document_number=task.document_number,
            task=task,
        ),
    )


def _describe_file(version: DocumentVersion) -> str:
    parts = [describe_file(version), format_with_zone(version.created_at)]
    return ", ".join(filter(None, parts))


def _describe_version(version: DocumentVersion) -> str:
    """The file, and who uploaded it."""
    user = f", {version.uploaded_by}" if version.uploaded_by else ""
    return f"{_describe_file(version)}{user}"


def _describe_state(version: DocumentVersion) -> str:
    """What is happening to the file or what went wrong; "" when it is ready."""
    match version.state:
        case State.READY:
            return "" if version.archive_code else "Передается в электронный архив"
        case State.CONVERTING:
            return "Объединяем файлы в PDF…" if version.is_joined else "Преобразуем в PDF…"
        case State.CHECKING:
            return "Ждет антивирусной проверки"
        case _ if version.is_joined:
            return "Собрать документ не удалось. Замените файл: «Файлы и порядок»"
        case _:
            return "Не удалось преобразовать файл в PDF. Открепите и загрузите снова"


def _attachment_url(task: SigningTask, version: DocumentVersion) -> str:
    return reverse("tasks:document_attachment", args=[task.number, version.pk, 0])


def _review_url(task: SigningTask, version: DocumentVersion) -> str:
    can_confirm = version.needs_review and not task.is_finished
    return reverse("tasks:document_review", args=[task.number]) if can_confirm else ""


def _build_code(system: str, code: str) -> ArchiveCodeView | None:
    if not code:
        return None
    archive = ArchiveSystem(system)
    return ArchiveCodeView(
        label=CODE_LABELS[archive],
        value=code,
        barcode=code128_svg(code),
        archive=str(archive.label),
        search_field=SEARCH_FIELDS[archive],
        search_url=settings.ARCHIVE_SEARCH_URLS[archive].replace("{code}", quote(code, safe="")),
    )


def _verification_url(package: Package) -> str:
    """The page where anyone can check the package; the package's protocol has it too."""
    path = reverse("verification:by_code", args=[package.code])
    return f"{settings.PUBLIC_URL}{path}"


def _build_version(task: SigningTask, version: DocumentVersion) -> VersionView:
    return VersionView(
        title=f"Версия {version.number}: {version.file_name}",
        details=_describe_version(version),
        sha256=file.sha256 if (file := version.source or version.pdf) else "",
        pdf_url=_version_url("document_pdf", task, version) if version.pdf_id else "",
        source_url=_source_url(task, version),
        files=_list_files(task, version),
    )


def _source_url(task: SigningTask, version: DocumentVersion) -> str:
    return "" if version.is_joined else _version_url("document_source", task, version)


def _list_files(task: SigningTask, version: DocumentVersion) -> tuple[FileView, ...]:
    """The files of a joined version, each with the address of its original."""
    return list_files(version, lambda file: _version_url("document_source", task, file))


def _build_previews(task: SigningTask, version: DocumentVersion) -> tuple[PagePreview, ...]:
    first_url = reverse("tasks:document_page", args=[task.number, version.pk, 1])
    return build_page_previews(version, first_url)


def _version_url(name: str, task: SigningTask, version: DocumentVersion) -> str:
    return reverse(f"tasks:{name}", args=[task.number, version.pk])
