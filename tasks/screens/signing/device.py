"""What a request says about the client's device, for the evidence."""

import secrets

from django.http import HttpRequest, HttpResponseBase

from accounts.login.client_address import client_address
from accounts.models import User
from edo.records import ClientDevice

COOKIE = "device"
COOKIE_PATH = "/s/"
COOKIE_AGE = 365 * 24 * 60 * 60
MAX_LENGTH = 300


def build_device(request: HttpRequest) -> ClientDevice:
    """The device of ``request``. Screen and time zone are known if a script has sent them."""
    return ClientDevice(
        address=client_address(request),
        browser=request.headers.get("User-Agent", "")[:MAX_LENGTH],
        languages=request.headers.get("Accept-Language", "")[:MAX_LENGTH],
        screen=request.POST.get("screen", "")[:40],
        time_zone=request.POST.get("time_zone", "")[:64],
        device=request.COOKIES.get(COOKIE, "")[:64],
        is_device_of_staff=isinstance(request.user, User),
    )


def set_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Name the browser by a random number, unless it has one."""
    if COOKIE not in request.COOKIES:
        response.set_cookie(
            COOKIE,
            secrets.token_urlsafe(16),
            max_age=COOKIE_AGE,
            path=COOKIE_PATH,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
