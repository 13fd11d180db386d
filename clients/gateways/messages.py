"""SMS and e-mail to clients (docs/protocols.md, 8)."""

from typing import Protocol
from uuid import UUID

from econtract.platform.common.gateways import HttpGateway


class Messages(Protocol):
    """The messaging service. Both methods return its reference of the message.

    They raise Unavailable, or Refused with ``bad_address`` or ``bad_request``.
    """

    def send_sms(
        self, to: str, text: str, *, reference: str, idempotency_key: UUID | str
    ) -> str: ...

    def send_email(
        self, to: str, subject: str, text: str, *, reference: str, idempotency_key: UUID | str
    ) -> str: ...


class HttpMessages(HttpGateway):
    """The messaging service over HTTP."""

    system = "messages"

    def send_sms(self, to: str, text: str, *, reference: str, idempotency_key: UUID | str) -> str:
        body = {"to": to, "text": text, "reference": reference}
        return self._send("/v1/sms", body, idempotency_key)

    def send_email(
        self, to: str, subject: str, text: str, *, reference: str, idempotency_key: UUID | str
    ) -> str:
        body = {"to": to, "subject": subject, "text": text, "reference": reference}
        return self._send("/v1/email", body, idempotency_key)

    def _send(self, path: str, body: dict[str, str], key: UUID | str) -> str:
        response = self.http.post(path, json=body, idempotency_key=key)
        with self.parsing():
            return str(response["ref"])


def messages() -> Messages:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpMessages()
