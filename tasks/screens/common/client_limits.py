"""How often one address may send forms to pages of clients, or open links that do not work.

What a link and a number allow is in `edo.channels.simple.codes`.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.login.client_address import client_address

WINDOW_SECONDS = 60
TOO_MANY_REQUESTS = 429


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


def refuse_request(request: HttpRequest) -> HttpResponse:
    """The answer to a request that exceeds the limit (429)."""
    response = render(request, "tasks/signing/too_many.html", status=TOO_MANY_REQUESTS)
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response
