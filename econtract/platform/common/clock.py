"""The current time.

Everything that stores a time takes it from here, so that demo data and tests can travel in time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta(0))


def now() -> datetime:
    """The current time, aware, in UTC."""
    return timezone.now() + _offset.get()


@contextmanager
def travel_to(moment: datetime) -> Iterator[None]:
    """Inside the block the clock starts at ``moment`` and runs on from there."""
    token = _offset.set(moment - timezone.now())
    try:
        yield
    finally:
        _offset.reset(token)
