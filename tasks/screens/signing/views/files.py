"""The document under the address of the link: pictures, text, PDF, and the signed package."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from archive.files import previews
from edo.models import SigningLink
from tasks.screens.common.files import serve_file
from tasks.screens.common.page_previews import PREVIEW_ERRORS
from tasks.screens.signing.page import build_heading
from tasks.screens.signing.visits import Visit, visitor_page

PAGES_OF_TEXT = 10


@require_safe
@visitor_page
def page(request: HttpRequest, visit: Visit, page: int) -> HttpResponseBase:
    """A page of the document as a picture."""
    if not _may_read(visit):
        raise Http404
    try:
        content = previews.page_image(visit.version, page)
    except PREVIEW_ERRORS:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@visitor_page
def text(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The text of the document, ten pages at a time: for screen readers and small screens."""
    if not _may_read(visit):
        return redirect("../")
    pages = visit.version.pages or 0
    number = request.GET.get("from", "")
    first = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    first = min(max(first, 1), pages)
    last = min(first + PAGES_OF_TEXT - 1, pages)
    context = {
        "heading": build_heading(visit),
        "root": "../",
        "sheets": [(sheet, _read_text(visit, sheet)) for sheet in range(first, last + 1)],
        "previous": max(1, first - PAGES_OF_TEXT) if first > 1 else 0,
        "next": last + 1 if last < pages else 0,
    }
    return render(request, "tasks/signing/text.html", context)


@require_safe
@visitor_page
def pdf(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The very PDF that the code signs."""
    if not _may_read(visit) or visit.version.pdf is None:
        raise Http404
    return serve_file(request, visit.version.pdf, f"{build_heading(visit).title}.pdf")


@require_safe
@visitor_page
def package(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The signed package, once it is there."""
    package = visit.task.package
    is_own = visit.task.simple_signing_id == visit.signing.pk
    if visit.link.end != SigningLink.End.USED or package is None or not is_own:
        raise Http404
    return serve_file(request, package.download_file, package.file_name)


def _may_read(visit: Visit) -> bool:
    """Until the link has ended, and after the signature."""
    return visit.is_live or visit.link.end == SigningLink.End.USED


def _read_text(visit: Visit, sheet: int) -> str:
    try:
        return previews.page_text(visit.version, sheet)
    except PREVIEW_ERRORS:
        return ""
