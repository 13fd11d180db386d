"""How often one address may send forms to pages of clients, or open links that do not work.

What a link and a number allow is in `edo.channels.simple.codes`.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from accounts.login.client_address import client_address

WINDOW_SECONDS = 60


def is_limit_exceeded(request: HttpRequest, counter: str) -> bool:
    """Count a request by its address; whether it exceeds SIGNING_PER_MINUTE.

    ``counter`` keeps forms apart from dead links: somebody who tries links must not be able to
    keep others at the same address from signing.
    """
    key = f"client_page:{counter}:{client_address(request)}"
    if cache.add(key, 1, timeout=WINDOW_SECONDS):
        return False
    try:
        return cache.incr(key) > settings.SIGNING_PER_MINUTE
    except ValueError:  # the key has just expired
        return False
