"""What a request says about the client's device, for the evidence."""

import secrets

from django.http import HttpRequest, HttpResponseBase

from accounts.login.client_address import client_address
from accounts.login.known_devices import read_device
from accounts.login.staff_addresses import is_staff_address
from accounts.models import User
from edo.records import ClientDevice

COOKIE = "device"
COOKIE_PATH = "/s/"
COOKIE_AGE = 365 * 24 * 60 * 60
MAX_LENGTH = 300


def build_device(request: HttpRequest) -> ClientDevice:
    """The device of ``request``. Screen and time zone are known if a script has sent them.

    It is an employee's if one has logged in with the same browser, or works from the address.
    """
    address = client_address(request)
    return ClientDevice(
        address=address,
        browser=request.headers.get("User-Agent", "")[:MAX_LENGTH],
        languages=request.headers.get("Accept-Language", "")[:MAX_LENGTH],
        screen=request.POST.get("screen", "")[:40],
        time_zone=request.POST.get("time_zone", "")[:64],
        device=request.COOKIES.get(COOKIE, "")[:64],
        is_address_of_staff=is_staff_address(address),
        is_device_of_staff=isinstance(request.user, User) or read_device(request) is not None,
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
