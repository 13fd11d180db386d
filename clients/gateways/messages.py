"""SMS and e-mail to clients (docs/protocols.md, 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from econtract.platform.common.errors import Refused
from econtract.platform.common.gateways import HttpGateway
from econtract.platform.outbox.registry import IncomingEvent


@dataclass(frozen=True)
class MessageStatus:
    """How far the provider has come. ``state`` may be one that only a newer provider knows.

    ``reason`` is the provider's code of a failure, else "".
    """

    ref: str
    state: str
    reason: str


class Messages(Protocol):
    """The messaging service. Every method raises Unavailable or Refused.

    No provider has idempotency keys: a second call with the same ``key`` sends a second message.
    After an answer that was lost, `get` says whether the message has been accepted.
    """

    def send_sms(
        self, *, key: UUID, to: str, text: str, sender: str, template: str, reference: str
    ) -> MessageStatus: ...

    def send_email(
        self, *, key: UUID, to: str, subject: str, text: str, template: str, reference: str
    ) -> MessageStatus: ...

    def get(self, key: UUID) -> MessageStatus | None:
        """The message that has our number ``key``, None if the provider has not accepted it."""
        ...

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        """Delivery reports since the cursor ``after`` ("": from the beginning), and the next one.

        The payload has ``key``, ``ref``, ``state`` and ``reason``. A report may come twice, late
        or not at all.
        """
        ...


class HttpMessages(HttpGateway):
    """The messaging service over HTTP."""

    system = "messages"

    def send_sms(
        self, *, key: UUID, to: str, text: str, sender: str, template: str, reference: str
    ) -> MessageStatus:
        body = {"to": to, "text": text, "sender": sender}
        return self._send("/v1/sms", key, body, template, reference)

    def send_email(
        self, *, key: UUID, to: str, subject: str, text: str, template: str, reference: str
    ) -> MessageStatus:
        body = {"to": to, "subject": subject, "text": text}
        return self._send("/v1/email", key, body, template, reference)

    def get(self, key: UUID) -> MessageStatus | None:
        try:
            response = self.http.get("/v1/messages/{id}", args={"id": str(key)})
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise
        with self.parsing():
            return _parse_status(response)

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        response = self.http.get("/v1/events", params={"after": after or None, "limit": 100})
        with self.parsing():
            return [_parse_event(event) for event in response["events"]], str(response["cursor"])

    def _send(
        self, path: str, key: UUID, body: dict[str, str], template: str, reference: str
    ) -> MessageStatus:
        # Without an idempotency key the call is never repeated by itself.
        body = {"id": str(key), **body, "template": template, "reference": reference}
        response = self.http.request("POST", path, json=body).json()
        with self.parsing():
            return _parse_status(response)


def messages() -> Messages:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpMessages()


def _parse_status(response: Mapping[str, Any]) -> MessageStatus:
    return MessageStatus(
        ref=str(response["ref"]),
        state=str(response["state"]),
        reason=str(response.get("reason") or ""),
    )


def _parse_event(event: Mapping[str, Any]) -> IncomingEvent:
    payload = {
        "key": str(event["message_id"]),
        "ref": str(event["ref"]),
        "state": str(event["type"]),
        "reason": str(event.get("reason") or ""),
    }
    return IncomingEvent(external_id=str(event["id"]), payload=payload)
