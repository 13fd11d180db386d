"""Wrong passwords are answered with a growing delay.

Failures are counted for an address, and for a login at an address: nobody can lock a colleague out
from another place. On a device that has logged in before (`known_devices`) the login has a counter
of its own instead, so that it works while others fail at the same address.

The counters are in the cache, under hashed keys, until an hour has passed without a failure. An
address runs into its own limit before it can fill the cache with names.
"""

import hashlib
import math
import secrets
import time
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from accounts.login.client_address import client_address
from accounts.login.known_devices import read_device

# An office has many people behind one address, so an address may fail this many times as often.
ADDRESS_FACTOR = 10
FIRST_DELAY_SECONDS = 30
# The longest delay comes several times before a counter is forgotten.
LIFETIME_FACTOR = 4

Counter = tuple[str, int]


def get_delay(request: HttpRequest, login: str) -> int:
    """The seconds that ``login`` has to wait here before the next attempt; 0 for none."""
    keys = [_delay_key(key) for key, _ in _counters(request, login)]
    until = max(cache.get_many(keys).values(), default=0.0)
    return max(0, math.ceil(until - time.time()))


def count_failure(request: HttpRequest, login: str) -> None:
    """Counts one wrong password; from the limit on, each doubles the delay."""
    for key, limit in _counters(request, login):
        failures = _increment(key)
        if failures < limit:
            continue
        delay = min(FIRST_DELAY_SECONDS * 2 ** min(failures - limit, 16), settings.LOGIN_WINDOW)
        until = time.time() + delay
        cache.set(_delay_key(key), until, timeout=delay)
        cache.set(_limited_key(login), until, timeout=delay)


def reset_login(request: HttpRequest, login: str) -> None:
    """Forgets the failures of ``login`` here after the right password, not those of the address."""
    *_, (key, _limit) = _counters(request, login)
    cache.delete_many([key, _delay_key(key)])


def limited_until(login: str) -> float | None:
    """Until when ``login`` is delayed at some address or device, as a time stamp; None if not."""
    until: float | None = cache.get(_limited_key(login))
    return until


def lift_limit(login: str) -> None:
    """Starts the counters of ``login`` again, and lets it through limited addresses for a while."""
    cache.set(_lifted_key(login), secrets.token_hex(8), timeout=_lifetime())
    cache.delete(_limited_key(login))


def _counters(request: HttpRequest, login: str) -> Iterator[Counter]:
    """Cache keys with their limits; the last one is that of the login itself."""
    limit = settings.LOGIN_ATTEMPTS
    epoch = cache.get(_lifted_key(login), "")
    device = read_device(request)
    if device is not None and device.knows(login):
        yield _key("device", device.id, login, epoch), limit
        return
    address = client_address(request)
    if not epoch:
        yield _key("address", address), limit * ADDRESS_FACTOR
    yield _key("login", address, login, epoch), limit


def _increment(key: str) -> int:
    """The number of failures, this one included; the counter's lifetime begins again."""
    if cache.add(key, 1, timeout=_lifetime()):
        return 1
    try:
        failures = cache.incr(key)
    except ValueError:  # it has been forgotten since
        cache.set(key, 1, timeout=_lifetime())
        return 1
    cache.touch(key, _lifetime())
    return failures


def _lifetime() -> int:
    return int(settings.LOGIN_WINDOW) * LIFETIME_FACTOR


def _delay_key(key: str) -> str:
    return f"{key}:until"


def _limited_key(login: str) -> str:
    return _key("limited", login)


def _lifted_key(login: str) -> str:
    return _key("lifted", login)


def _key(kind: str, *values: str) -> str:
    text = "\n".join(values).casefold()
    return f"login:{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
