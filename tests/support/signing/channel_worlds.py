"""The signing channels as the tests of their protocol use them: one sender, one client."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from econtract.platform.common import clock
from edo.channels.protocol import SigningChannel
from edo.channels.simple import agreements, client, codes, links
from edo.channels.simple.channel import SimpleChannel
from edo.channels.simple.signer import Identification, IdentificationMethod, Signer
from edo.models import Exchange, Signatory, SigningLink, SimpleSigning
from edo.records import ClientDevice
from tests.support.factories_clients import ContactFactory
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OperatorWorld

DEVICE = ClientDevice(address="203.0.113.7", browser="Safari")


class ChannelWorld(Protocol):
    """A channel, and what its client and its operator do. `system` carries the documents."""

    system: str

    def channel(
        self, session_id: UUID | None = None, signatory: Signatory | None = None
    ) -> SigningChannel: ...

    def sign(self, channel: SigningChannel) -> None:
        """The client signs what was sent."""

    def refuse(self, channel: SigningChannel, reason: str) -> None: ...

    def count_sent(self) -> int:
        """How many times a document, or the link to one, has left."""


@dataclass
class OperatorChannelWorld:
    """Through the simulated operator."""

    world: OperatorWorld
    system: str = "edo"

    def channel(
        self, session_id: UUID | None = None, signatory: Signatory | None = None
    ) -> SigningChannel:
        channel = self.world.channel(exchange=Exchange.objects.filter(pk=session_id).first())
        channel.signatory = signatory or channel.signatory
        return channel

    def sign(self, channel: SigningChannel) -> None:
        self.world.sign_as_client(self._get_exchange(channel))

    def refuse(self, channel: SigningChannel, reason: str) -> None:
        self.world.refuse_as_client(self._get_exchange(channel), reason)

    def count_sent(self) -> int:
        return len(self.world.sandbox.journal("edo", action="sent"))

    def _get_exchange(self, channel: SigningChannel) -> Exchange:
        assert channel.session is not None
        return Exchange.objects.get(pk=channel.session.id)


class SimpleChannelWorld:
    """By SMS, with the simulated messaging service."""

    system = "messages"

    def __init__(self, world: OperatorWorld) -> None:
        self.world = world
        self.sandbox: Sandbox = world.sandbox
        contact = ContactFactory(identified_at=clock.now() - timedelta(hours=1))
        self.version = contact.current
        if not agreements.get_texts_in_force():
            agreements.load_default_texts()

    def channel(
        self, session_id: UUID | None = None, signatory: Signatory | None = None
    ) -> SigningChannel:
        return SimpleChannel(
            box=self.world.box,
            signatory=signatory or self.world.signatory,
            signer=self._build_signer(),
            signing=SimpleSigning.objects.filter(pk=session_id).first(),
        )

    def _build_signer(self) -> Signer:
        at = self.version.contact.identified_at
        return Signer(
            version=self.version,
            client_id=None,
            client_inn="770708389300",
            identified_at=at,
            region="Москва",
            reference="1",
            time_to_sign=timedelta(days=14),
            build_address=lambda token: f"https://e.example/s/{token}/",
            find_identification=lambda: Identification(
                at=at, reference="R-1", method=IdentificationMethod.GOSUSLUGI
            ),
        )

    def sign(self, channel: SigningChannel) -> None:
        link = self._open_link()
        client.record_submission(link, DEVICE, pages=1)
        client.accept_texts(link, agreements.get_texts_in_force(), DEVICE)
        codes.request_code(link, DEVICE)
        code = re.findall(r"\b\d{6}\b", self._read_texts()[-1])[-1]
        assert client.sign(link, code, DEVICE).is_right

    def refuse(self, channel: SigningChannel, reason: str) -> None:
        client.refuse(self._open_link(), reason, DEVICE)

    def count_sent(self) -> int:
        return len([text for text in self._read_texts() if "/s/" in text])

    def _open_link(self) -> SigningLink:
        [token] = re.findall(r"/s/([\w-]{22})/", " ".join(self._read_texts()))
        link = links.find_by_token(token)
        assert link is not None
        return link

    def _read_texts(self) -> list[str]:
        return [message["text"] for message in self.sandbox.messages(self.version.phone)]
