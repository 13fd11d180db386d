"""The document of the form: uploaded, shown while it is converted, reviewed, detached."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archive import documents
from archive.documents import StoredUpload
from archive.files import previews
from archive.joining.composition import store_uploads
from archive.models import DocumentVersion
from clients.screens.access import current_user
from econtract.platform.common.htmx import is_fragment
from tasks.actions import draft_files, drafts
from tasks.models import Draft
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.files import serve_file
from tasks.screens.common.page_previews import MAX_PREVIEWS, PREVIEW_ERRORS
from tasks.screens.common.requests import parse_key
from tasks.screens.new_task.documents import ATTACH_DOCUMENT, CHOOSE_FILE
from tasks.screens.new_task.form_state import build_form_state
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    find_draft_of_url,
    get_form_kind,
    read_form,
    save_posted_form,
    save_posted_form_and_files,
)
from tasks.screens.new_task.views.responses import (
    form_url,
    render_document_block,
    render_refused_file,
    respond_document_block,
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
    state, posted = save_posted_form_and_files(request, kind)
    if posted.refusal or not posted.accepted:
        return render_refused_file(request, state, posted.refusal or ATTACH_DOCUMENT)
    return respond_document_block(request, state)


@require_POST
@handle_draft_conflicts
def detach(request: HttpRequest, slug: str) -> HttpResponse:
    """«Открепить»."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    drafts.detach(draft=state.draft)
    return respond_document_block(request, state)


@require_POST
@handle_draft_conflicts
def files(request: HttpRequest, slug: str) -> HttpResponse:
    """«Выше», «Ниже», «Убрать» and «Заменить файл» of one file; the page of contents."""
    kind = get_form_kind(request, slug)
    replaced = parse_key(request.POST.get("replace", ""))
    replacement, refusal = _store_replacement(request, replaced) if replaced else (None, "")
    state, posted = save_posted_form_and_files(request, kind)
    if replaced and replacement:
        draft_files.replace_file(draft=state.draft, version_id=replaced, upload=replacement)
    else:
        _change_files(state.draft, request.POST)
    if refusal or posted.refusal:
        return render_refused_file(request, state, refusal or posted.refusal)
    return respond_document_block(request, state)


def _store_replacement(request: HttpRequest, replaced: int) -> tuple[StoredUpload | None, str]:
    """The posted file that takes the place of another, and why there is none."""
    uploads = request.FILES.getlist(f"replacement-{replaced}")[:1]
    accepted, refused = store_uploads(uploads, user=current_user(request))
    if accepted:
        return accepted[0], ""
    return None, refused[0].message if refused else CHOOSE_FILE


def _change_files(draft: Draft, data: QueryDict) -> None:
    """What the pressed button asks for: an aim, not a step, so that a second click is harmless."""
    moved, _, position = data.get("move", "").partition("-")
    moved_id, position_number = parse_key(moved), parse_key(position)
    removed_id = parse_key(data.get("remove", ""))
    if moved_id is not None and position_number is not None:
        draft_files.move_file(draft=draft, version_id=moved_id, position=position_number)
    elif removed_id is not None:
        draft_files.remove_file(draft=draft, version_id=removed_id)
    elif "contents" in data:
        draft_files.show_contents_page(draft=draft, is_shown=data["contents"] == "on")


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
    return respond_document_block(request, state)


def _get_draft(request: HttpRequest, slug: str, version: int) -> Draft:
    """The user's draft with the document ``version``. Http404 for the document of anybody else."""
    task_type = get_form_kind(request, slug).task_type
    draft = drafts.find_draft_with_document(current_user(request), task_type, version)
    if draft is None:
        raise Http404
    return draft


def _get_version(request: HttpRequest, slug: str, pk: int) -> DocumentVersion:
    _get_draft(request, slug, pk)
    return get_object_or_404(DocumentVersion, pk=pk)


@require_safe
def pdf(request: HttpRequest, slug: str, version: int) -> HttpResponseBase:
    """The PDF that will be signed, shown in the browser."""
    document_version = _get_version(request, slug, version)
    if document_version.pdf is None:
        raise Http404
    name = f"{document_version.file_stem}.pdf"
    return serve_file(request, document_version.pdf, name, inline=True)


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
