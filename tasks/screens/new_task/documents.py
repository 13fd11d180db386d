"""The document of a draft as the form shows it: name, state, pages."""

from dataclasses import dataclass

from django.urls import reverse

from archive.models import DocumentVersion
from clients.models import Region
from econtract.platform.common.formatting import format_file_size, pluralize
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.common.page_previews import PagePreview, build_page_previews
from tasks.screens.common.reviews import Review, build_review
from tasks.screens.new_task.checklist import ChecklistItem
from tasks.screens.new_task.forms import needs_document_and_service

ATTACH_DOCUMENT = "Вложите документ"
CONVERSION_FAILED = "Не удалось преобразовать файл в PDF. Открепите и загрузите снова"
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


@dataclass(frozen=True)
class AttachedDocument:
    """The attached file.

    ``progress`` says what is being done with it and ``error`` why it cannot be used; both are
    "" for a file that is ready. URLs and ``pages`` are empty until it is ready.
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


def build_attached_document(
    kind: FormKind, version: DocumentVersion | None
) -> AttachedDocument | None:
    """The view of a draft's document."""
    if version is None:
        return None
    is_ready = version.is_ready
    return AttachedDocument(
        version=version.pk,
        name=version.file_name,
        description=_describe(version),
        progress=PROGRESS.get(State(version.state), ""),
        error=_build_error(version),
        review=build_review(version, _url("attachment", kind, version, 0)),
        pdf_url=_url("pdf", kind, version) if is_ready else "",
        text_url=_url("text", kind, version) if is_ready else "",
        pages=build_page_previews(version, _url("page", kind, version, 1)) if is_ready else (),
    )


def build_document_item(
    version: DocumentVersion | None, region: Region | None
) -> ChecklistItem | None:
    """The document's line; None if there is no document and it may come later."""
    if version is not None:
        problem = "" if version.may_be_sent else PROBLEMS.get(State(version.state), REVIEW_PAGES)
    elif needs_document_and_service(region):
        problem = ATTACH_DOCUMENT
    else:
        return None
    return ChecklistItem("Документ", DOCUMENT_ANCHOR, (problem,) if problem else ())


def _build_error(version: DocumentVersion) -> str:
    if version.state != State.FAILED:
        return ""
    return f"{CONVERSION_FAILED}. {version.problem}".rstrip(". ")


def _describe(version: DocumentVersion) -> str:
    size = format_file_size(version.source.size)
    if not version.pages:
        return size
    return f"{version.pages} {pluralize(version.pages, 'страница', 'страницы', 'страниц')}, {size}"


def _url(name: str, kind: FormKind, version: DocumentVersion, *numbers: int) -> str:
    return reverse(f"tasks:new_document_{name}", args=[kind.slug, version.pk, *numbers])
