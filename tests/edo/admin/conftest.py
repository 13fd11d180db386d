"""The messaging service of these tests, and counters that begin at zero."""

import pytest
from django.core.cache import cache

from tests.support.signing.simple_signings import sms

__all__ = ["sms"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Requests are counted by address, and all tests have the same."""
    cache.clear()
