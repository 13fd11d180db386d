"""Downloads of a task: the document, its pages, authority documents, the signed package."""

from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from archive.files import previews, zip_stream
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion
from tasks.actions import downloads
from tasks.models import SigningTask
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.files import serve_file
from tasks.screens.common.requests import get_visible_task
from tasks.statuses import Status


@require_safe
def pdf(request: HttpRequest, number: int, version: int) -> HttpResponseBase:
    """The PDF for signing; the browser shows it."""
    document_version = _get_version(get_visible_task(request, number), version)
    if document_version.pdf is None:
        raise Http404
    name = f"{document_version.file_stem}.pdf"
    return serve_file(request, document_version.pdf, name, inline=True)


@require_safe
def source(request: HttpRequest, number: int, version: int) -> HttpResponseBase:
    """The file as it was uploaded."""
    document_version = _get_version(get_visible_task(request, number), version)
    if document_version.source is None:
        raise Http404  # it consists of several files
    return serve_file(request, document_version.source, document_version.file_name)


@require_safe
def page(request: HttpRequest, number: int, version: int, page: int) -> HttpResponseBase:
    """One page of the PDF as an image."""
    document_version = _get_version(get_visible_task(request, number), version)
    if document_version.pdf is None:
        raise Http404
    etag = f'"{document_version.pdf.sha256}-{page}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_render_page(document_version, page), content_type="image/webp")
    response["ETag"] = etag
    # The browser revalidates each time, because the user can lose access at any moment.
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def attachment(request: HttpRequest, number: int, version: int, index: int) -> HttpResponse:
    """A file that is attached to the PDF."""
    document_version = _get_version(get_visible_task(request, number), version)
    return serve_attachment_of(document_version, index)


def _render_page(version: DocumentVersion, page: int) -> bytes:
    try:
        return previews.page_image(version, page)
    except (IndexError, previews.PreviewUnavailable, StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None


@require_safe
def authority(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """A document that the client sent to confirm their authority."""
    documents = get_visible_task(request, number).authority_documents.select_related("file")
    document = get_object_or_404(documents, pk=pk)
    return serve_file(request, document.file, document.file_name)


@require_safe
def package(request: HttpRequest, number: int) -> HttpResponseBase:
    """The signed package (ZIP) of a finished task."""
    task = get_visible_task(request, number)
    if task.package is None or task.status != Status.COMPLETED:
        raise Http404
    return serve_file(request, task.package.download_file, task.package.file_name)


@require_safe
def all_files(request: HttpRequest, number: int) -> HttpResponseBase:
    """«Скачать все»: a ZIP that is streamed while it is written."""
    task = get_visible_task(request, number)
    content = zip_stream.stream_zip(downloads.list_files(task), notes_name="Не вошло.txt")
    response = StreamingHttpResponse(content, content_type="application/zip")
    name = content_disposition_header(as_attachment=True, filename=f"Задание {number}.zip")
    response["Content-Disposition"] = name or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _get_version(task: SigningTask, pk: int) -> DocumentVersion:
    """A version of the task's document, or one of the files that it consists of."""
    versions = DocumentVersion.objects.select_related("pdf", "source")
    own = Q(document=task.document_id) | Q(part_of__joined__document=task.document_id)
    return get_object_or_404(versions.filter(own).distinct(), pk=pk)
