"""Limits wrong passwords per login and per client address.

The counts are in the cache. LOGIN_ATTEMPTS failures are allowed in LOGIN_WINDOW seconds. Cache
keys are hashed, so that the cache does not hold a list of logins.
"""

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# An office has many people behind one address, so an address may fail this many times as often.
ADDRESS_FACTOR = 10


def is_blocked(request: HttpRequest, login: str) -> bool:
    """Whether the login or the client's address has no attempts left in this window."""
    return any(cache.get(key, 0) >= limit for key, limit in _counters(request, login))


def count_failure(request: HttpRequest, login: str) -> None:
    """Counts one wrong password. The first failure starts the window."""
    for key, _ in _counters(request, login):
        if not cache.add(key, 1, timeout=settings.LOGIN_WINDOW):
            try:
                cache.incr(key)
            except ValueError:  # the window has ended since
                cache.set(key, 1, timeout=settings.LOGIN_WINDOW)


def reset_login(request: HttpRequest, login: str) -> None:
    """Clears the login's count after a successful log-in; the address keeps its own."""
    login_key, _ = next(_counters(request, login))
    cache.delete(login_key)


def client_address(request: HttpRequest) -> str:
    """The client's IP address. Behind our proxy it is the last one in X-Forwarded-For."""
    addresses = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and addresses:
        return addresses.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _counters(request: HttpRequest, login: str) -> Iterator[tuple[str, int]]:
    """Cache keys with their limits."""
    attempts = settings.LOGIN_ATTEMPTS
    yield _key("name", login.casefold()), attempts
    yield _key("address", client_address(request)), attempts * ADDRESS_FACTOR


def _key(prefix: str, value: str) -> str:
    return f"login:{prefix}:{hashlib.sha256(value.encode()).hexdigest()}"
