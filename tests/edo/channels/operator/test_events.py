"""The operator's events, and the ids in them."""

import pytest

from econtract.platform.common.errors import Unavailable
from edo.channels.operator import sending
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.events import read_events
from edo.channels.operator.values import OperatorEvent
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

pytestmark = pytest.mark.django_db


def test_events_name_the_exchange_that_they_are_about(world: OperatorWorld) -> None:
    exchange = world.send()
    events, cursor = read_events("", box=world.box)
    assert {event.payload["exchange_id"] for event in events} == {str(exchange.pk)}
    assert {event.payload["message_id"] for event in events} == {exchange.message_id}
    assert read_events(cursor, box=world.box) == ([], cursor)
    world.sign_as_client(exchange)
    assert read_events(cursor, box=world.box)[0]


def test_an_event_of_a_sending_whose_answer_was_lost_is_known(world: OperatorWorld) -> None:
    """A patch names only the operator's message, which nobody has stored."""
    exchange = world.open()
    world.sandbox.fault("edo", "lost_answer", path_contains="PostMessage", times=None)
    with pytest.raises(Unavailable):
        sending.send(exchange=exchange, pdf=PDF)
    _, cursor = read_events("", box=world.box)
    [message_id] = {entry["ref"] for entry in world.sandbox.journal("edo", action="sent")}
    world.sandbox.edo_sign(message_id)
    events, _ = read_events(cursor, box=world.box)
    assert [event.payload["exchange_id"] for event in events] == [str(exchange.pk)]


@pytest.mark.parametrize("kind", ["answer_twice", "reordered"])
def test_no_event_is_missed_when_the_feed_misbehaves(world: OperatorWorld, kind: str) -> None:
    sent = {str(world.send().pk) for _ in range(3)}
    world.sandbox.fault("edo", kind, path_contains="GetNewEvents", times=2)
    seen, cursor = set(), ""
    for _ in range(30):
        events, cursor = read_events(cursor, box=world.box, limit=4)
        seen |= {event.payload["exchange_id"] for event in events}
    assert seen >= sent


def test_an_event_without_our_id_is_known_by_its_message(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patch has only its own additions, often none."""
    exchange = world.send()
    events = [
        OperatorEvent("1", exchange.message_id, ""),
        OperatorEvent("2", "of another system", ""),
        OperatorEvent("3", "", ""),
    ]
    monkeypatch.setattr(DiadocGateway, "fetch_events", lambda *_: (events, "next"))
    result, cursor = read_events("", box=world.box)
    assert [event.payload["exchange_id"] for event in result] == [str(exchange.pk), "", ""]
    assert cursor == "next"
