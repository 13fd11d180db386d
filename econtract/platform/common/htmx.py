"""Pages that are sent whole, or in part when htmx requests them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx requests a part of the page. To restore its history it requests the whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


def render_page(
    request: HttpRequest,
    page: str,
    partial: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Renders ``partial`` for htmx, otherwise ``page``, which includes the same partial."""
    template = partial if is_fragment(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response


def redirect_browser(request: HttpRequest, url: str) -> HttpResponse:
    """Redirects the whole page to ``url``, also when a form in a dialog was submitted.

    htmx would follow an ordinary redirect in the background, and use up the messages that the
    next page should show.
    """
    return HttpResponseClientRedirect(url) if is_fragment(request) else redirect(url)
