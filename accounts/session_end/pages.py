"""Which page a request is about, and to which one its user returns."""

import inspect
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

# The page with the form: the page of an open dialog has a path of its own.
PAGE_HEADER = "X-Page"
LOGIN, LOGOUT = "accounts:login", "accounts:logout"


def find_page(request: HttpRequest) -> str:
    """The page from which the request came, as a path with its query; else its own path."""
    own_path = request.get_full_path()
    if request.method != "POST" or get_view_name(request) == LOGIN:
        return own_path
    headers = request.headers
    for url in (headers.get(PAGE_HEADER), headers.get("HX-Current-URL"), headers.get("Referer")):
        if url and url_has_allowed_host_and_scheme(url, {request.get_host()}):
            parts = urlsplit(url)
            if is_page(parts.path):
                return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return nearest_page(request.path)


def nearest_page(path: str) -> str:
    """``path`` if it can be opened, else the nearest page above it: the card above «comment/»."""
    while path != "/" and not is_page(path):
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return path


def get_next_page(request: HttpRequest) -> str:
    """The page in the parameter ``next``, if it is one of ours; else the start page."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()})
    return url if is_ours else resolve_url("home")


def is_page(path: str) -> bool:
    """Whether there is a page at ``path``, so that it can be opened and not only be posted to."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.view_name != LOGIN and _accepts_get(match.func)


def _accepts_get(view: Any) -> bool:
    """Reads it off Django's decorators and class-based views, which do not say it themselves."""
    methods = getattr(getattr(view, "view_class", None), "http_method_names", None)
    while methods is None and view is not None:
        if inspect.isfunction(view):
            methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        view = getattr(view, "__wrapped__", None)
    return methods is None or "GET" in {method.upper() for method in methods}


def get_view(request: HttpRequest) -> Any:
    return request.resolver_match.func if request.resolver_match else None


def get_view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
