"""URLs that never change, resolved once in a process."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=256)
def cached_reverse(name: str, *args: str) -> str:
    """`django.urls.reverse` for the few names and arguments that every page repeats."""
    return reverse(name, args=args)
