"""How many guesses at a password are let through, by login name and by address.

Counted in the cache; the settings LOGIN_ATTEMPTS and LOGIN_WINDOW (seconds) say how many in what
time. Names are hashed, so that the cache holds no list of logins.
"""

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# Many people sit behind one address of an office.
PER_ADDRESS = 10


def is_spent(request: HttpRequest, login: str) -> bool:
    """Whether the name or the address has no guesses left in this window."""
    return any(cache.get(key, 0) >= limit for key, limit in _counters(request, login))


def note_failure(request: HttpRequest, login: str) -> None:
    """Counts one wrong guess; the window begins with the first."""
    for key, _ in _counters(request, login):
        if not cache.add(key, 1, timeout=settings.LOGIN_WINDOW):
            try:
                cache.incr(key)
            except ValueError:  # the window has just ended
                cache.set(key, 1, timeout=settings.LOGIN_WINDOW)


def forget(request: HttpRequest, login: str) -> None:
    """A right password clears the name; the address keeps its count."""
    name_key, _ = next(_counters(request, login))
    cache.delete(name_key)


def client_address(request: HttpRequest) -> str:
    """The address of the person; behind our own proxy it is the last that the proxy added."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _counters(request: HttpRequest, login: str) -> Iterator[tuple[str, int]]:
    attempts = settings.LOGIN_ATTEMPTS
    yield _key("name", login.casefold()), attempts
    yield _key("address", client_address(request)), attempts * PER_ADDRESS


def _key(kind: str, value: str) -> str:
    return f"login:{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
