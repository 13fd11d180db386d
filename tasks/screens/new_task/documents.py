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

ATTACH = "Вложите документ"
FAILED = "Не удалось преобразовать файл в PDF. Открепите и загрузите снова"
REVIEW = "Просмотрите страницы документа и подтвердите это"
ANCHOR = "#id_document"
State = DocumentVersion.State
# Why a version cannot be signed yet, by its state; the pages of a ready one need a review.
PROBLEMS = {
    State.CHECKING: "Дождитесь антивирусной проверки документа",
    State.CONVERTING: "Дождитесь преобразования документа в PDF",
    State.FAILED: FAILED,
}


@dataclass(frozen=True)
class AttachedDocument:
    """One attached file. ``waiting`` says what is being done with it, "" when nothing is."""

    version: int
    name: str
    about: str
    waiting: str
    failed: str
    review: Review | None
    pdf_url: str
    text_url: str
    pages: tuple[PagePreview, ...]


def build_attached_document(
    kind: FormKind, version: DocumentVersion | None
) -> AttachedDocument | None:
    """What is shown of ``version``, a draft's document."""
    if version is None:
        return None
    ready, failed = version.is_ready, version.state == State.FAILED
    return AttachedDocument(
        version=version.pk,
        name=version.file_name,
        about=_about(version),
        waiting=_waiting(version),
        failed=f"{FAILED}. {version.problem}".rstrip(". ") if failed else "",
        review=build_review(version, _attachment_url(kind, version)),
        pdf_url=_url("pdf", kind, version) if ready else "",
        text_url=_url("text", kind, version) if ready else "",
        pages=_pages(kind, version) if ready else (),
    )


def build_document_item(
    version: DocumentVersion | None, region: Region | None
) -> ChecklistItem | None:
    """The panel's line; None where the document may come later and is not there."""
    if version is None:
        return (
            ChecklistItem("Документ", ANCHOR, (ATTACH,))
            if needs_document_and_service(region)
            else None
        )
    if version.may_be_sent:
        return ChecklistItem("Документ", ANCHOR, ())
    return ChecklistItem("Документ", ANCHOR, (PROBLEMS.get(State(version.state), REVIEW),))


def _waiting(version: DocumentVersion) -> str:
    match version.state:
        case State.CONVERTING:
            return "Преобразуем в PDF…"
        case State.CHECKING:
            return "Ждет антивирусной проверки…"
        case _:
            return ""


def _about(version: DocumentVersion) -> str:
    size = format_file_size(version.source.size)
    if not version.pages:
        return size
    return f"{version.pages} {pluralize(version.pages, 'страница', 'страницы', 'страниц')}, {size}"


def _pages(kind: FormKind, version: DocumentVersion) -> tuple[PagePreview, ...]:
    first_url = reverse("tasks:new_document_page", args=[kind.slug, version.pk, 1])
    return build_page_previews(version, first_url)


def _attachment_url(kind: FormKind, version: DocumentVersion) -> str:
    return reverse("tasks:new_document_attachment", args=[kind.slug, version.pk, 0])


def _url(name: str, kind: FormKind, version: DocumentVersion) -> str:
    return reverse(f"tasks:new_document_{name}", args=[kind.slug, version.pk])
