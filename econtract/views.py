"""Pages that belong to no room: what a person reads when something is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from econtract.platform.common.request_id import current_request_id


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long; what was typed is in the draft."""
    return _page(request, "403_csrf.html", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request could not be read."""
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """«Недостаточно прав», with the role that is wanted when the refusal names one."""
    return _page(request, "403.html", 403, exception=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing that this person may see: the two look the same."""
    return _page(request, "404.html", 404)


def _page(request: HttpRequest, template: str, status: int, **words: str) -> HttpResponse:
    context = {"request_id": current_request_id(), **words}
    return render(request, template, context, status=status)
