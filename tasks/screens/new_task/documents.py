"""The document of a draft as the form shows it: name, state, pages."""

from dataclasses import dataclass

from django.urls import reverse

from archive.models import DocumentVersion
from clients.models import Region
from tasks.screens.common.document_files import FileView, describe_file, list_files
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.common.page_previews import PagePreview, build_page_previews
from tasks.screens.common.reviews import Review, build_review
from tasks.screens.new_task.checklist import ChecklistItem
from tasks.screens.new_task.forms import needs_document_and_service

ATTACH_DOCUMENT = "Вложите документ"
CHOOSE_FILE = "Выберите файл, который займет место прежнего"
CONVERSION_FAILED = "Не удалось преобразовать файл в PDF. Открепите и загрузите снова"
JOINING_FAILED = "Собрать документ не удалось: замените или уберите файл, который назван"
REVIEW_PAGES = "Просмотрите страницы документа и подтвердите это"
DOCUMENT_ANCHOR = "#id_document"
State = DocumentVersion.State
# Why a version cannot be sent yet, by its state. A version in another state needs a review.
PROBLEMS = {
    State.CHECKING: "Дождитесь антивирусной проверки документа",
    State.CONVERTING: "Дождитесь преобразования документа в PDF",
    State.FAILED: CONVERSION_FAILED,
}
PROGRESS = {
    State.CONVERTING: "Преобразуем в PDF…",
    State.CHECKING: "Ждет антивирусной проверки…",
}
JOINING = "Готовим файлы и объединяем их в один PDF…"


@dataclass(frozen=True)
class AttachedDocument:
    """The attached file.

    ``progress`` says what is being done with it and ``error`` why it cannot be used; both are
    "" for a file that is ready. URLs and ``pages`` are empty until it is ready. ``files`` are
    those that it consists of, if there are several.
    """

    version: int
    name: str
    description: str
    progress: str
    error: str
    review: Review | None
    pdf_url: str
    text_url: str
    pages: tuple[PagePreview, ...]
    files: tuple[FileView, ...]
    has_contents_page: bool


def build_attached_document(
    kind: FormKind, version: DocumentVersion | None
) -> AttachedDocument | None:
    """The view of a draft's document."""
    if version is None:
        return None
    is_ready = version.is_ready

    def pdf_url(file: DocumentVersion) -> str:
        return _url("pdf", kind, file) if file.is_ready else ""

    return AttachedDocument(
        version=version.pk,
        name=version.file_name,
        description=describe_file(version),
        progress=_describe_progress(version),
        error=_build_error(version),
        review=build_review(version, _url("attachment", kind, version, 0)),
        pdf_url=pdf_url(version),
        text_url=_url("text", kind, version) if is_ready else "",
        pages=build_page_previews(version, _url("page", kind, version, 1)) if is_ready else (),
        files=list_files(version, pdf_url),
        has_contents_page=version.has_contents_page,
    )


def build_document_item(
    version: DocumentVersion | None, region: Region | None
) -> ChecklistItem | None:
    """The document's line; None if there is no document and it may come later."""
    if version is not None:
        problem = _describe_problem(version)
    elif needs_document_and_service(region):
        problem = ATTACH_DOCUMENT
    else:
        return None
    return ChecklistItem("Документ", DOCUMENT_ANCHOR, (problem,) if problem else ())


def _describe_progress(version: DocumentVersion) -> str:
    if version.is_joined and version.state == State.CONVERTING:
        return JOINING
    return PROGRESS.get(State(version.state), "")


def _describe_problem(version: DocumentVersion) -> str:
    """Why the version cannot be sent yet; "" if it can."""
    if version.may_be_sent:
        return ""
    if version.is_joined and version.state == State.FAILED:
        return JOINING_FAILED
    return PROBLEMS.get(State(version.state), REVIEW_PAGES)


def _build_error(version: DocumentVersion) -> str:
    if version.state != State.FAILED:
        return ""
    if version.is_joined:
        return version.problem
    return f"{CONVERSION_FAILED}. {version.problem}".rstrip(". ")


def _url(name: str, kind: FormKind, version: DocumentVersion, *numbers: int) -> str:
    return reverse(f"tasks:new_document_{name}", args=[kind.slug, version.pk, *numbers])
