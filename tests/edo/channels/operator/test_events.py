"""The operator's events, and the ids in them."""

import pytest

from edo.channels.operator.events import read_events
from tests.support.signing.operator_world import OperatorWorld

pytestmark = pytest.mark.django_db


def test_events_name_the_exchange_that_they_are_about(world: OperatorWorld) -> None:
    exchange = world.send()
    events, cursor = read_events("", box=world.box)
    assert {event.payload["exchange_id"] for event in events} == {str(exchange.pk)}
    assert {event.payload["message_id"] for event in events} == {exchange.message_id}
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
