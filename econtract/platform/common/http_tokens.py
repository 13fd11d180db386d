"""The tokens of outside systems."""

from typing import Protocol

from django.conf import settings

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http_responses import UNAUTHORIZED


class TokenSource(Protocol):
    """Where `OutsideHttp` gets the token for the header Authorization."""

    def get(self) -> str:
        """The current token. Raises Unavailable when there is none."""

    def renew(self, rejected: str) -> str:
        """A token other than ``rejected``, which the system answered with 401.

        Raises Unavailable when there is no other.
        """


class StaticToken:
    """The token of ``settings.OUTSIDE``. An administrator has to renew it."""

    def __init__(self, system: str) -> None:
        self._system = system

    def get(self) -> str:
        return settings.OUTSIDE[self._system]["token"]

    def renew(self, rejected: str) -> str:
        text = f"the token was rejected: renew {self._system.upper()}_TOKEN"
        raise Unavailable(self._system, text, code=UNAUTHORIZED)
