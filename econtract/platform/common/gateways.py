"""The base class of the HTTP clients of outside systems."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp

# What code that reads a response raises when a part of it is missing or malformed.
PARSING_ERRORS = (AttributeError, KeyError, TypeError, ValueError, ValidationError)


class HttpGateway:
    """Calls one outside system; ``system`` is its name in ``settings.OUTSIDE``.

    Methods of subclasses raise only Unavailable and Refused.
    """

    system: str

    def __init__(self) -> None:
        self.http = OutsideHttp(self.system)

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Inside the block, a missing or malformed part of a response raises Unavailable.

        It is the system's fault, so the same call may succeed later.
        """
        try:
            yield
        except PARSING_ERRORS as error:
            reason = f"malformed response ({type(error).__name__})"
            raise Unavailable(self.system, reason) from error
