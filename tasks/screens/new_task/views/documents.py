"""The document of the form: uploaded, shown while it is converted, reviewed, detached."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archive import documents
from archive.files import previews, serving
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion
from clients.screens.access import current_user
from econtract.platform.common.htmx import is_fragment
from tasks.actions import drafts
from tasks.models import Draft
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.page_previews import MAX_PREVIEWS
from tasks.screens.new_task.documents import ATTACH_DOCUMENT
from tasks.screens.new_task.form_state import FormState, build_form_state
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    find_draft_of_url,
    get_form_kind,
    read_form,
    save_posted_form,
    store_posted_file,
)
from tasks.screens.new_task.views.responses import (
    focus_document_block,
    form_url,
    render_document_block,
    render_refused_file,
)

PREVIEW_ERRORS = (
    IndexError,
    previews.PreviewUnavailable,
    StoredFileDamaged,
    StoredFileWithheld,
)


@require_http_methods(["GET", "HEAD", "POST"])
@handle_draft_conflicts
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """The document block: polled while the document is converted, or an upload."""
    kind = get_form_kind(request, slug)
    if request.method != "POST":
        if not is_fragment(request):
            return redirect(form_url(kind))
        draft = find_draft_of_url(request, kind)
        state = build_form_state(kind, current_user(request), draft.fields, draft)
        return render_document_block(request, state)
    file, refusal = store_posted_file(request)
    state = save_posted_form(request, kind, file=file)
    if file is None:
        return render_refused_file(request, state, refusal or ATTACH_DOCUMENT)
    return _respond(request, state)


@require_POST
@handle_draft_conflicts
def detach(request: HttpRequest, slug: str) -> HttpResponse:
    """«Открепить»."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    drafts.detach(draft=state.draft)
    return _respond(request, state)


@require_POST
@handle_draft_conflicts
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """«Страницы просмотрены»."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    version = state.draft.document_version
    # An older page may have the button of a document that has been replaced since.
    if version is not None and request.POST.get("version") == str(version.pk):
        with transaction.atomic():
            documents.record_review(version.pk, user=state.user)
        state = read_form(request, kind)
    return _respond(request, state)


def _respond(request: HttpRequest, state: FormState) -> HttpResponse:
    if not is_fragment(request):
        return redirect(form_url(state.kind, state.draft, anchor="document-block"))
    response = render_document_block(request, state)
    focus_document_block(response)
    return response


def _get_draft(request: HttpRequest, slug: str, version: int) -> Draft:
    """The user's draft with the document ``version``. Http404 for the document of anybody else."""
    task_type = get_form_kind(request, slug).task_type
    draft = drafts.find_draft_with_document(current_user(request), task_type, version)
    if draft is None:
        raise Http404
    return draft


def _get_version(request: HttpRequest, slug: str, pk: int) -> DocumentVersion:
    return get_object_or_404(DocumentVersion, pk=_get_draft(request, slug, pk).document_version_id)


@require_safe
def pdf(request: HttpRequest, slug: str, version: int) -> HttpResponseBase:
    """The PDF that will be signed, shown in the browser."""
    document_version = _get_version(request, slug, version)
    if document_version.pdf is None:
        raise Http404
    stem = document_version.file_name.rpartition(".")[0] or document_version.file_name
    try:
        return serving.serve(request, document_version.pdf, file_name=f"{stem}.pdf", inline=True)
    except (StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None


@require_safe
def attachment(request: HttpRequest, slug: str, version: int, index: int) -> HttpResponse:
    """A file inside of the PDF."""
    return serve_attachment_of(_get_version(request, slug, version), index)


@require_safe
def page(request: HttpRequest, slug: str, version: int, page: int) -> HttpResponse:
    """One page of the PDF as an image."""
    document_version = _get_version(request, slug, version)
    try:
        image = previews.page_image(document_version, page)
    except PREVIEW_ERRORS:
        raise Http404 from None
    response = HttpResponse(image, content_type="image/webp")
    # The page of a version never changes, but only this user may see it.
    patch_cache_control(response, private=True, max_age=600)
    return response


@require_safe
def text(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The text of the PDF, for users who cannot look at its pages."""
    kind, document_version = get_form_kind(request, slug), _get_version(request, slug, version)
    pages = []
    for number in range(1, min(document_version.pages or 0, MAX_PREVIEWS) + 1):
        try:
            pages.append((number, previews.page_text(document_version, number)))
        except PREVIEW_ERRORS:
            pages.append((number, "Текст страницы прочитать не удалось"))
    context = {
        "version": document_version,
        "pages": pages,
        "form_url": form_url(kind, _get_draft(request, slug, version)),
    }
    name = "_document_text" if is_fragment(request) else "document_text"
    response = render(request, f"tasks/new_task/{name}.html", context)
    response["Cache-Control"] = "no-store"
    return response
