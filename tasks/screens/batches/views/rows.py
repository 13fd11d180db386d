"""One row of a batch: what is wrong with it, and its filled document as pages."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from archive.files import previews
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.batches import actions
from tasks.models import BatchRow
from tasks.screens.batches.page import build_controls, build_row_line
from tasks.screens.batches.views.batches import get_visible_batch
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.page_previews import build_page_previews
from tasks.screens.common.reviews import build_review

UNSETTLED = (DocumentVersion.State.CHECKING, DocumentVersion.State.CONVERTING)


def _get_row(request: HttpRequest, pk: int, number: int) -> BatchRow:
    """Raises Http404 for a row of a batch that the user does not see."""
    rows = get_visible_batch(request, pk).rows.select_related("batch", "client", "task")
    row = rows.select_related("document_version").filter(number=number).first()
    if row is None:
        raise Http404
    return row


def _get_version(request: HttpRequest, pk: int, number: int) -> DocumentVersion:
    version = _get_row(request, pk, number).document_version
    if version is None or version.pdf is None:
        raise Http404
    return version


@require_safe
def row(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The values of the row; its document, or the button that has it filled."""
    line = _get_row(request, pk, number)
    version, is_own = line.document_version, line.batch.manager_id == current_user(request).pk
    is_ready = version is not None and version.is_ready
    args = [pk, number]
    context = {
        "row": line,
        "line": build_row_line(line),
        "values": [
            {"label": heading, "value": value} for heading, value in line.values.items() if value
        ],
        "version": version,
        "is_converting": version is not None and version.state in UNSETTLED,
        "pages": build_page_previews(version, reverse("batches:row_page", args=[*args, 1]))
        if version and is_ready
        else (),
        "review": build_review(version, reverse("batches:row_attachment", args=[*args, 0]))
        if version
        else None,
        "review_url": reverse("batches:row_review", args=args)
        if is_own and line.state == BatchRow.State.REVIEW
        else "",
        "can_preview": is_own and version is None and line.state == BatchRow.State.READY,
        "controls": build_controls(line.batch, current_user(request)),
    }
    return render(request, "tasks/batches/row.html", context)


@require_POST
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Has the document of the row filled, without starting anything."""
    line = _get_row(request, pk, number)
    try:
        actions.enqueue_preview(row=line, actor=current_user(request))
    except ActionRefused as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("batches:row", pk, number)


@require_POST
def review(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """«Страницы просмотрены»: the row goes on."""
    line = _get_row(request, pk, number)
    try:
        actions.accept_document(row=line, actor=current_user(request))
    except ActionRefused as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("batches:row", pk, number)
    return redirect(line.batch)


@require_safe
def document_page(request: HttpRequest, pk: int, number: int, page: int) -> HttpResponse:
    """A page of the document as an image."""
    version = _get_version(request, pk, number)
    try:
        image = previews.page_image(version, page)
    except (IndexError, previews.PreviewUnavailable, StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None
    response = HttpResponse(image, content_type="image/webp")
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def attachment(request: HttpRequest, pk: int, number: int, index: int) -> HttpResponse:
    """A file that is attached to the PDF."""
    return serve_attachment_of(_get_version(request, pk, number), index)
