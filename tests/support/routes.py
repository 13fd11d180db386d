"""Walks a URLconf."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class NamedUrl(NamedTuple):
    """``name`` has its namespace, ``route`` the routes of the including URLconfs."""

    name: str
    route: str
    pattern: URLPattern


def walk_urls(urlconf: object = None) -> Iterator[NamedUrl]:
    """All URLs of ``urlconf``, by default of the product."""
    yield from _walk(get_resolver(urlconf), "", "/")


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[NamedUrl]:
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, route)
        else:
            yield NamedUrl(f"{namespace}{entry.name or ''}", route, entry)
