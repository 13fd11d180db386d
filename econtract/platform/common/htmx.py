"""One page, two sizes: the whole of it, or the part that htmx asked for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part (a history restore wants the whole page)."""
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
    """``partial`` to htmx, ``page`` (which includes that very partial) to everybody else."""
    template = partial if is_fragment(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response


def leave_for(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, from a page as from a dialog over one.

    A dialog is told to go there itself: the redirect that htmx would follow behind the scenes
    would swallow the message that the next page is to show.
    """
    return HttpResponseClientRedirect(address) if is_fragment(request) else redirect(address)
