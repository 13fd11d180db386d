"""Reading what an outside system answered without trusting it to keep its word."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError

from econtract.platform.common.errors import Unavailable

BROKEN = (AttributeError, KeyError, TypeError, ValueError, ValidationError)


@contextmanager
def as_agreed(system: str) -> Iterator[None]:
    """Within the block a missing or malformed part of an answer raises Unavailable.

    An answer that breaks the protocol is a fault of the other side: it may be better later.
    """
    try:
        yield
    except BROKEN as error:
        reason = f"the answer is not as agreed ({type(error).__name__})"
        raise Unavailable(system, reason) from error
