"""Addresses that never change: worked out once in a process, not at every page."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=256)
def address(name: str, *args: str) -> str:
    """`django.urls.reverse` for the few names and arguments that every page repeats."""
    return reverse(name, args=args)
