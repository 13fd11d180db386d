"""How often one address may verify documents."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from accounts.login.client_address import client_address

WINDOW_SECONDS = 60


def is_limit_exceeded(request: HttpRequest) -> bool:
    """Counts one verification by the request's address; whether it exceeds VERIFY_PER_MINUTE."""
    key = f"verify:{client_address(request)}"
    if cache.add(key, 1, timeout=WINDOW_SECONDS):
        return False
    try:
        return cache.incr(key) > settings.VERIFY_PER_MINUTE
    except ValueError:  # the key has just expired
        return False
