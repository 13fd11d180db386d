"""The operator's events, and the ids in them."""

import pytest

from edo.channels.operator.events import read_events
from edo.channels.operator.exchanges import is_known_exchange
from tests.support.signing.operator_world import OperatorWorld

pytestmark = pytest.mark.django_db


def test_events_name_the_exchange_that_they_are_about(world: OperatorWorld) -> None:
    exchange = world.send()
    events, cursor = read_events("", box=world.box)
    assert {event.payload["exchange_id"] for event in events} == {str(exchange.pk)}
    assert {event.payload["message_id"] for event in events} == {exchange.message_id}
    assert is_known_exchange(events[0].payload["exchange_id"])
    assert read_events(cursor, box=world.box) == ([], cursor)
    world.sign_as_client(exchange)
    assert read_events(cursor, box=world.box)[0]


@pytest.mark.parametrize("kind", ["answer_twice", "reordered"])
def test_no_event_is_missed_when_the_feed_misbehaves(world: OperatorWorld, kind: str) -> None:
    sent = {str(world.send().pk) for _ in range(3)}
    world.sandbox.fault("edo", kind, path_contains="GetNewEvents", times=2)
    seen, cursor = set(), ""
    for _ in range(30):
        events, cursor = read_events(cursor, box=world.box, limit=4)
        seen |= {event.payload["exchange_id"] for event in events}
    assert seen >= sent


@pytest.mark.parametrize("value", ["", "not-a-guid", "4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"])
def test_a_foreign_id_is_not_known(world: OperatorWorld, value: str) -> None:
    assert not is_known_exchange(value)
