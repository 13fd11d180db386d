"""Inbound events: stored first, once each, then acted on."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import time_machine

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import inbound
from econtract.platform.outbox.models import FeedCursor, InboundEvent
from econtract.platform.outbox.registry import Feed, IncomingEvent

pytestmark = pytest.mark.django_db


class Source:
    """A feed of numbered events, read two at a time."""

    def __init__(self, count: int) -> None:
        self.events = [IncomingEvent(f"e{n}", {"n": n}) for n in range(count)]
        self.handled: list[str] = []
        self.known = True

    def read(self, cursor: str) -> tuple[Sequence[IncomingEvent], str]:
        start = int(cursor or 0)
        page = self.events[start : start + 2]
        return page, str(start + len(page))

    def handle(self, event: InboundEvent) -> bool:
        if self.known:
            self.handled.append(event.external_id)
        return self.known

    def feed(self, handle: Callable[[InboundEvent], bool] | None = None) -> Feed:
        return Feed(source="test", read=self.read, handle=handle or self.handle)


def test_a_feed_is_read_to_its_end_and_every_event_is_handled_once() -> None:
    source = Source(5)
    assert inbound.poll(source.feed()) == 5
    assert inbound.poll(source.feed()) == 0
    assert source.handled == ["e0", "e1", "e2", "e3", "e4"]


def test_an_event_that_comes_twice_is_one_event() -> None:
    source = Source(2)
    source.events += source.events
    inbound.poll(source.feed())
    assert InboundEvent.objects.count() == 2
    assert source.handled == ["e0", "e1"]


def test_a_source_that_is_down_keeps_its_cursor_and_says_so() -> None:
    def down(cursor: str) -> tuple[Sequence[IncomingEvent], str]:
        raise Unavailable("test", "no answer")

    source = Source(3)
    inbound.poll(Feed("test", down, source.handle))
    cursor = FeedCursor.objects.get()
    assert (cursor.value, cursor.problem, cursor.polling_until) == ("", "test: no answer", None)
    assert inbound.poll(source.feed()) == 3
    cursor.refresh_from_db()
    assert cursor.problem == ""


def test_an_event_before_its_subject_waits_for_it() -> None:
    source = Source(1)
    source.known = False
    inbound.poll(source.feed())
    assert InboundEvent.objects.get().handled_at is None
    source.known = True
    inbound.poll(source.feed())
    assert source.handled == ["e0"]


def test_an_event_about_nothing_of_ours_is_closed_after_a_day() -> None:
    source = Source(1)
    source.known = False
    inbound.poll(source.feed())
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        inbound.poll(source.feed())
    assert InboundEvent.objects.get().outcome == "subject unknown"


def test_a_handler_that_fails_holds_up_no_other_event() -> None:
    source = Source(3)

    def stumble(event: InboundEvent) -> bool:
        if event.external_id == "e1":
            raise KeyError("bug")
        return source.handle(event)

    inbound.poll(source.feed(stumble))
    assert source.handled == ["e0", "e2"]
    inbound.poll(source.feed())
    assert source.handled == ["e0", "e2", "e1"]


def test_one_source_is_read_by_one_poller_at_a_time() -> None:
    source = Source(2)

    def read_while_another_polls(cursor: str) -> tuple[Sequence[IncomingEvent], str]:
        if not cursor:
            assert inbound.poll(source.feed()) == 0
        return source.read(cursor)

    assert inbound.poll(Feed("test", read_while_another_polls, source.handle)) == 2
    assert source.handled == ["e0", "e1"]
