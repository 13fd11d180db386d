"""Devices on which a user has logged in before: wrong passwords elsewhere do not lock them out.

A signed cookie names them. It does not log anybody in.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "known_device"
SALT = "accounts.login.known_devices"
MAX_AGE_SECONDS = 180 * 24 * 60 * 60
MAX_LOGINS = 10


@dataclass(frozen=True)
class KnownDevice:
    """``id`` is random; ``logins`` are digests of the names that have logged in, newest first."""

    id: str
    logins: list[str]

    def knows(self, login: str) -> bool:
        return _digest(login) in self.logins


def read_device(request: HttpRequest) -> KnownDevice | None:
    """The device of this request; None if nobody has logged in on it."""
    cookie = request.COOKIES.get(COOKIE, "")
    try:
        values: dict[str, Any] = signing.loads(cookie, salt=SALT, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature:
        return None
    return KnownDevice(**values)


def remember_login(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Adds ``login`` to those that this device knows."""
    device = read_device(request) or KnownDevice(secrets.token_hex(16), [])
    digest = _digest(login)
    logins = [digest, *(other for other in device.logins if other != digest)][:MAX_LOGINS]
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": device.id, "logins": logins}, salt=SALT),
        max_age=MAX_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(login: str) -> str:
    return salted_hmac(SALT, login.casefold()).hexdigest()[:32]
