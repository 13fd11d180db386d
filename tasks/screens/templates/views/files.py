"""The files of a version: the template itself, and the sample with its pages."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from archive.files import previews
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.models import DocumentVersion
from tasks.screens.common.attachments import serve_attachment_of
from tasks.screens.common.files import serve_file
from tasks.screens.templates.views.versions import get_sample, get_version


@require_safe
def source(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The DOCX file as it was uploaded."""
    version = get_version(pk, number)
    return serve_file(request, version.source, version.file_name)


@require_safe
def sample(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The PDF of the sample; the browser shows it."""
    document = _get_ready_sample(pk, number)
    if document.pdf is None:
        raise Http404
    return serve_file(request, document.pdf, "Образец.pdf", inline=True)


@require_safe
def sample_page(request: HttpRequest, pk: int, number: int, page: int) -> HttpResponse:
    """One page of the sample as an image."""
    try:
        image = previews.page_image(_get_ready_sample(pk, number), page)
    except (IndexError, previews.PreviewUnavailable, StoredFileDamaged, StoredFileWithheld):
        raise Http404 from None
    response = HttpResponse(image, content_type="image/webp")
    # A sample is filled again when a binding changes, at the same address.
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def attachment(request: HttpRequest, pk: int, number: int, index: int) -> HttpResponse:
    """A file inside of the sample."""
    return serve_attachment_of(_get_ready_sample(pk, number), index)


def _get_ready_sample(pk: int, number: int) -> DocumentVersion:
    document = get_sample(get_version(pk, number))
    if document is None or not document.is_ready:
        raise Http404
    return document
