"""The document of the form: taken in, watched while it is converted, looked at, detached."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archive import documents
from archive.documents import StoredUpload
from archive.files import previews, serving
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentVersion
from econtract.platform.common.htmx import is_fragment
from tasks.actions import drafts
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.page_previews import MAX_PREVIEWS
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.screens.new_task.documents import ATTACH
from tasks.screens.new_task.form_state import FormState
from tasks.screens.new_task.views.common import (
    build_context,
    form_url,
    get_form_kind,
    handle_draft_conflicts,
    move_focus,
    read_form,
    read_page_version,
    render_page,
    save_posted_form,
)

FILE = "document"
ONE_ONLY = "Можно вложить только один файл"
UNREADABLE = (IndexError, previews.PreviewUnavailable, StoredFileDamaged, StoredFileWithheld)


def store_posted_file(request: HttpRequest) -> tuple[StoredUpload | None, str]:
    """Takes in the file that came with the form, or says why not; neither when none came."""
    uploads = request.FILES.getlist(FILE)
    if not uploads:
        return None, ""
    if len(uploads) > 1:
        return None, ONE_ONLY
    try:
        return documents.store_upload(uploads[0], user=person_of(request)), ""
    except IntakeRefused as refused:
        return None, refused.refusal.message


def render_refused_file(request: HttpRequest, state: FormState, refusal: str) -> HttpResponse:
    """The form with the refusal at the file's field (422); the rest is kept."""
    more = {"document_error": refusal}
    if is_fragment(request):
        response = _block(request, state, status=UNPROCESSABLE, **more)
        move_focus(response, "#document-block :is(input, button)", lost=True)
        return response
    return render_page(request, state, read_page_version(request), status=UNPROCESSABLE, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@handle_draft_conflicts
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """The block of the document: asked for while it is converted, or sent a file."""
    kind = get_form_kind(request, slug)
    if request.method != "POST":
        draft = drafts.find_draft(person_of(request), kind.task_type)
        state = FormState(kind, person_of(request), draft.fields, draft)
        return _block(request, state) if is_fragment(request) else redirect(form_url(kind))
    file, refusal = store_posted_file(request)
    state = save_posted_form(request, kind, file=file)
    if file is None:
        refusal = refusal or ATTACH
    return render_refused_file(request, state, refusal) if refusal else _answer(request, state)


@require_POST
@handle_draft_conflicts
def detach(request: HttpRequest, slug: str) -> HttpResponse:
    """«Открепить»."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    drafts.detach(draft=state.draft)
    return _answer(request, state)


@require_POST
@handle_draft_conflicts
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """«Страницы просмотрены»."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    version = state.version
    # A button of an older page is about a document that is no longer there.
    if version is not None and request.POST.get("version") == str(version.pk):
        with transaction.atomic():
            documents.record_review(version.pk, user=state.user)
        state = read_form(request, kind)
    return _answer(request, state)


def _answer(request: HttpRequest, state: FormState) -> HttpResponse:
    if not is_fragment(request):
        return redirect(form_url(state.kind, anchor="document-block"))
    response = _block(request, state)
    move_focus(response, "#document-block :is(input, button)", lost=True)
    return response


def _block(
    request: HttpRequest, state: FormState, *, status: int = 200, **more: str
) -> HttpResponse:
    """The block, with the panel and the draft's state beside it."""
    context = build_context(state, read_page_version(request), **more)
    response = render(request, "tasks/new_task/_document_answer.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _own(request: HttpRequest, slug: str, version: int) -> DocumentVersion:
    """The draft's own document. Http404 for any other."""
    draft = drafts.find_draft(person_of(request), get_form_kind(request, slug).task_type)
    found = draft.document_version
    if found is None or found.pk != version:
        raise Http404
    return found


@require_safe
def pdf(request: HttpRequest, slug: str, version: int) -> HttpResponseBase:
    """The PDF that will be signed; opens in the browser."""
    found = _own(request, slug, version)
    if found.pdf is None:
        raise Http404
    name = f"{found.file_name.rpartition('.')[0] or found.file_name}.pdf"
    try:
        return serving.serve(request, found.pdf, file_name=name, inline=True)
    except (StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None


@require_safe
def attachment(request: HttpRequest, slug: str, version: int, index: int) -> HttpResponse:
    """A file inside of the PDF."""
    return serve_attachment_of(_own(request, slug, version), index)


@require_safe
def page(request: HttpRequest, slug: str, version: int, page: int) -> HttpResponse:
    """One page of the PDF as a picture."""
    found = _own(request, slug, version)
    try:
        picture = previews.page_image(found, page)
    except UNREADABLE:
        raise Http404 from None
    response = HttpResponse(picture, content_type="image/webp")
    # A version's page never changes, but whose it is may: only this person's browser keeps it.
    patch_cache_control(response, private=True, max_age=600)
    return response


@require_safe
def text(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """What the PDF says, for those who do not look at its pages."""
    found = _own(request, slug, version)
    pages = []
    for number in range(1, min(found.pages or 0, MAX_PREVIEWS) + 1):
        try:
            pages.append((number, previews.page_text(found, number)))
        except UNREADABLE:
            pages.append((number, "Текст страницы прочитать не удалось"))
    context = {"version": found, "pages": pages, "form_url": form_url(get_form_kind(request, slug))}
    name = "_document_text" if is_fragment(request) else "document_text"
    response = render(request, f"tasks/new_task/{name}.html", context)
    response["Cache-Control"] = "no-store"
    return response
