"""Error pages."""

from urllib.parse import quote

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.session_end.middleware import answer_stale_page
from accounts.session_end.pages import find_page, nearest_page
from econtract.platform.common.errors import NotVisibleAnymore
from econtract.platform.common.request_id import current_request_id


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of another session: the user gets it back if it is known whose it was; else 403."""
    return answer_stale_page(request) or _page(
        request, "403_csrf.html", 403, page=find_page(request)
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for more data than we take."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "413.html", 413)
    return _page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, «Недостаточно прав», with the message of the exception."""
    return _page(request, "403.html", 403, exception=str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, also for objects that the user cannot see; scripts show the text of ``X-Message``."""
    if not isinstance(exception, NotVisibleAnymore):
        return _page(request, "404.html", 404)
    response = _page(request, "404.html", 404, title=exception.title, text=exception.text)
    response["X-Message"] = quote(exception.text)
    return response


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405 for an address that is only posted to, with a link to the nearest page."""
    return _page(request, "405.html", 405, page=nearest_page(request.path))


def uri_too_long(request: HttpRequest) -> HttpResponse:
    """414."""
    return _page(request, "414.html", 414)


def range_not_satisfiable(request: HttpRequest) -> HttpResponse:
    """416 for a part of a file that it does not have."""
    return _page(request, "416.html", 416)


def _page(request: HttpRequest, template: str, status: int, **variables: str) -> HttpResponse:
    context = {"request_id": current_request_id(), **variables}
    return render(request, template, context, status=status)
