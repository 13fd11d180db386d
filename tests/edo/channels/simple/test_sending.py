"""The message with the link: what it says, and when it is not sent."""

import uuid
from typing import Any

import pytest

from edo.channels.protocol import SigningRefused
from edo.channels.simple import links
from edo.channels.simple.link_texts import PART_LENGTH, compose_link_text
from edo.models import SigningLink, SimpleSigning
from tests.support.signing.channel_worlds import SimpleChannelWorld
from tests.support.signing.operator_world import DOCUMENT, OperatorWorld
from tests.support.signing.pki import PDF

ADDRESS = "https://e.example.ru/s/Xw73eFZBYho07rF7_7Bz0g/"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("ПАО «Ростелеком»", "Ростелеком"),
        ("ООО «Торговый дом «Волга»", "Торговый дом «Волга"),
        ('АО "Связь"', "Связь"),
        ("Иванов Иван", "Иванов Иван"),
    ],
)
def test_the_link_names_the_sender_without_the_legal_form(sender: str, name: str) -> None:
    text = compose_link_text(sender, "https://e.ru/s/1")
    assert text == f"{name}: документ на подпись https://e.ru/s/1"


def test_the_link_is_one_part_at_an_ordinary_address() -> None:
    text = compose_link_text("ПАО «Ростелеком»", ADDRESS)
    assert text == f"Ростелеком: подпишите {ADDRESS}"
    assert len(text) <= PART_LENGTH


def test_a_document_that_is_revoked_during_the_sending_gets_no_link(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our signatory has signed, and another process is faster than the link."""
    simple = SimpleChannelWorld(world)
    channel = simple.channel()
    session = channel.open(DOCUMENT, operation_id=uuid.uuid4())
    find_unsent_link = links.find_unsent_link

    def revoke_first(signing: SimpleSigning) -> Any:
        simple.channel(session.id).revoke()
        return find_unsent_link(signing)

    monkeypatch.setattr(links, "find_unsent_link", revoke_first)
    with pytest.raises(SigningRefused, match="withdrawn"):
        channel.send(PDF)
    assert simple.count_sent() == 0
    assert not SigningLink.objects.exists()
