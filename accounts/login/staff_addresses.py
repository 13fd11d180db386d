"""Addresses from which users have worked within the last day.

The evidence of a simple signature says whether the client signed from one of them. They are in the
cache, under hashed keys: nothing else needs them, and one that is lost means only that a remark is.
"""

import logging
import time
from functools import lru_cache
from hashlib import sha256

from django.core.cache import cache

LIFETIME_SECONDS = 24 * 60 * 60
log = logging.getLogger(__name__)

# A request costs nothing while its process has remembered the address within this time.
REFRESH_SECONDS = 60 * 60


def remember_address(address: str) -> None:
    """Note that a user has sent a request from ``address``; never fails."""
    try:
        _remember(address, int(time.time()) // REFRESH_SECONDS)
    except Exception:  # whatever the cache raises: the user's page does not need it
        log.warning("address not remembered", exc_info=True)


def is_staff_address(address: str) -> bool:
    """Whether a user has sent a request from ``address`` within a day."""
    # Redis has a clock of its own: a cache whose entries live on is not believed.
    used_at = cache.get(_key(address)) if address else None
    return used_at is not None and time.time() - used_at < LIFETIME_SECONDS


@lru_cache(maxsize=4096)
def _remember(address: str, hour: int) -> None:
    cache.set(_key(address), time.time(), timeout=LIFETIME_SECONDS)


def _key(address: str) -> str:
    return f"staff-address:{sha256(address.encode()).hexdigest()}"
