"""The product's only source of "now".

Demo data and tests live in other times; everything that stamps a row asks here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta(0))


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return timezone.now() + _offset.get()


@contextmanager
def travelled_to(moment: datetime) -> Iterator[None]:
    """Within the block the clock starts at ``moment`` and runs on from there."""
    token = _offset.set(moment - timezone.now())
    try:
        yield
    finally:
        _offset.reset(token)
