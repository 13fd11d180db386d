"""Which page a request is about, and to which one its user returns."""

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
    if request.method != "POST":
        return own_path
    headers = request.headers
    for url in (headers.get(PAGE_HEADER), headers.get("HX-Current-URL"), headers.get("Referer")):
        if url and url_has_allowed_host_and_scheme(url, {request.get_host()}):
            parts = urlsplit(url)
            if _is_page(parts.path):
                return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return own_path


def get_next_page(request: HttpRequest) -> str:
    """The page in the parameter ``next``, if it is one of ours; else the start page."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()})
    return url if is_ours else resolve_url("home")


def _is_page(path: str) -> bool:
    try:
        return resolve(path).view_name != LOGIN
    except Resolver404:
        return False


def get_view(request: HttpRequest) -> Any:
    return request.resolver_match.func if request.resolver_match else None


def get_view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
