"""ЕИП: the operator's billing accounts (docs/rules.md#account-check, docs/protocols.md, 3)."""

from typing import Protocol

from econtract.platform.common.gateways import HttpGateway


class Eip(Protocol):
    """Billing accounts by account number and ИНН."""

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        """Whether ``account`` (12 digits) belongs to the client with ``inn``.

        An account opened less than 60 minutes ago may not be visible yet. ``timeout`` is in
        seconds. Raises Unavailable, or Refused when a number is malformed.
        """
        ...


class HttpEip(HttpGateway):
    """ЕИП over HTTP."""

    system = "eip"

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        response = self.http.get(
            "/v1/accounts/{account}",
            args={"account": account},
            params={"inn": inn},
            timeout=timeout,
        )
        with self.parsing():
            # Nothing but a plain "true": the result allows signing.
            return response["found"] is True


def eip() -> Eip:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpEip()
