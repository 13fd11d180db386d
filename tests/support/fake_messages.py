"""A provider of SMS and e-mail in memory, which loses answers and refuses as a test wants."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from clients.gateways.messages import MessageStatus
from clients.messages import reports, sending
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.outbox.registry import IncomingEvent


@dataclass
class FakeProvider:
    """``sent`` has the texts that left, by our number of the message.

    The next calls fail as ``lost_requests`` (nothing happened) and ``lost_answers`` (the message
    has left) say; with ``refusal`` every message is refused.
    """

    sent: dict[UUID, list[str]] = field(default_factory=dict)
    questions: list[UUID] = field(default_factory=list)
    lost_requests: int = 0
    lost_answers: int = 0
    refusal: str = ""
    state: str = "accepted"
    reason: str = ""
    events_to_come: list[IncomingEvent] = field(default_factory=list)

    def send_sms(
        self, *, key: UUID, to: str, text: str, sender: str, template: str, reference: str
    ) -> MessageStatus:
        return self._send(key, text)

    def send_email(
        self, *, key: UUID, to: str, subject: str, text: str, template: str, reference: str
    ) -> MessageStatus:
        return self._send(key, text)

    def get(self, key: UUID) -> MessageStatus | None:
        self.questions.append(key)
        return MessageStatus(f"p-{key}", self.state, self.reason) if key in self.sent else None

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        events, self.events_to_come = self.events_to_come, []
        return events, str(int(after or 0) + len(events))

    def _send(self, key: UUID, text: str) -> MessageStatus:
        if self.lost_requests:
            self.lost_requests -= 1
            raise Unavailable("messages", "no answer in time")
        if self.refusal:
            raise Refused("messages", self.refusal, status=422)
        self.sent.setdefault(key, []).append(text)
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unavailable("messages", "no answer in time")
        return MessageStatus(f"p-{key}", "accepted", "")


def connect_provider(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A new provider, to which every message goes from now on."""
    provider = FakeProvider()
    for module in (sending, reports):
        monkeypatch.setattr(module, "messages", lambda: provider)
    return provider
