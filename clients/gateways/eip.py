"""ЕИП, the operator's personal accounts: does an account belong to a client (manual, 4.2)."""

from typing import Protocol

from clients.gateways.answers import as_agreed
from econtract.platform.common.http import OutsideHttp

SYSTEM = "eip"


class Eip(Protocol):
    """Personal accounts by number and ИНН."""

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        """Whether ``account`` (12 digits) is known to belong to ``inn``.

        An account opened less than 60 minutes ago may not be visible yet. ``timeout`` in
        seconds is for pages. Raises Unavailable; Refused when a number is malformed.
        """
        ...


class HttpEip:
    """ЕИП over HTTP."""

    def __init__(self) -> None:
        self.http = OutsideHttp(SYSTEM)

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        answer = self.http.get(
            "/v1/accounts/{account}",
            args={"account": account},
            params={"inn": inn},
            timeout=timeout,
        )
        with as_agreed(SYSTEM):
            # Only a plain "true" opens the way to signing.
            return answer["found"] is True


def eip() -> Eip:
    """The accounts system that ``settings.OUTSIDE`` names."""
    return HttpEip()
