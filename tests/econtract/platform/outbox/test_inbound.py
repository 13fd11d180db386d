"""Inbound events: stored first, once each, then handled."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import time_machine

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import inbound, registry
from econtract.platform.outbox.models import FeedCursor, InboundEvent
from econtract.platform.outbox.registry import Feed, IncomingEvent
from tests.econtract.platform.outbox.conftest import travel

pytestmark = pytest.mark.django_db


class FakeSource:
    """A feed of numbered events, read two at a time."""

    def __init__(self, count: int) -> None:
        self.events = [IncomingEvent(f"e{n}", {"n": n}) for n in range(count)]
        self.handled: list[str] = []
        self.subjects_known = True

    def read(self, cursor: str) -> tuple[Sequence[IncomingEvent], str]:
        start = int(cursor or 0)
        page = self.events[start : start + 2]
        return page, str(start + len(page))

    def handle(self, event: InboundEvent) -> bool:
        if self.subjects_known:
            self.handled.append(event.external_id)
        return self.subjects_known

    def feed(self, handle: Callable[[InboundEvent], bool] | None = None) -> Feed:
        return Feed(source="test", read=self.read, handle=handle or self.handle)


def fail_to_read(cursor: str) -> tuple[Sequence[IncomingEvent], str]:
    raise Unavailable("test", "no answer")


def test_a_feed_is_read_to_its_end_and_every_event_is_handled_once() -> None:
    source = FakeSource(5)
    assert inbound.poll(source.feed()) == 5
    assert inbound.poll(source.feed()) == 0
    assert source.handled == ["e0", "e1", "e2", "e3", "e4"]


def test_an_event_that_comes_twice_is_one_event() -> None:
    source = FakeSource(2)
    source.events += source.events
    inbound.poll(source.feed())
    assert InboundEvent.objects.count() == 2
    assert source.handled == ["e0", "e1"]


def test_the_cursor_of_a_source_that_is_down_stays_and_shows_the_problem() -> None:
    source = FakeSource(3)
    inbound.poll(Feed("test", fail_to_read, source.handle))
    cursor = FeedCursor.objects.get()
    assert (cursor.value, cursor.problem, cursor.polling_until) == ("", "test: no answer", None)
    assert inbound.poll(source.feed()) == 3
    cursor.refresh_from_db()
    assert cursor.problem == ""


def test_a_source_that_is_down_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    source = FakeSource(1)
    feeds = [Feed("down", fail_to_read, source.handle), source.feed()]
    monkeypatch.setattr(registry, "feeds", lambda: feeds)
    inbound.poll_all()
    assert source.handled == ["e0"]


def test_an_event_waits_for_its_subject() -> None:
    source = FakeSource(1)
    source.subjects_known = False
    inbound.poll(source.feed())
    assert InboundEvent.objects.get().handled_at is None
    source.subjects_known = True
    with travel(60):
        inbound.poll(source.feed())
    assert source.handled == ["e0"]


def test_an_event_whose_subject_stays_unknown_is_closed_after_a_day() -> None:
    source = FakeSource(1)
    source.subjects_known = False
    inbound.poll(source.feed())
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        inbound.poll(source.feed())
    assert InboundEvent.objects.get().outcome == "subject unknown"


def test_an_event_that_cannot_be_handled_does_not_hold_up_the_others() -> None:
    source = FakeSource(3)

    def fail_once(event: InboundEvent) -> bool:
        if event.external_id == "e1":
            raise KeyError("bug")
        return source.handle(event)

    inbound.poll(source.feed(fail_once))
    assert source.handled == ["e0", "e2"]
    with travel(60):
        inbound.poll(source.feed())
    assert source.handled == ["e0", "e2", "e1"]


def test_events_of_unknown_subjects_do_not_hold_up_those_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbound, "MAX_EVENTS_PER_POLL", 5)
    source = FakeSource(20)
    unknown = {f"e{n}" for n in range(12)}

    def handle(event: InboundEvent) -> bool:
        return event.external_id not in unknown and source.handle(event)

    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(5):
            inbound.poll(source.feed(handle))
            now.shift(timedelta(seconds=1))
    assert source.handled == [f"e{n}" for n in range(12, 20)]


def test_an_event_is_put_off_for_longer_each_time() -> None:
    source = FakeSource(1)
    source.subjects_known = False
    tries = 0

    def handle(event: InboundEvent) -> bool:
        nonlocal tries
        tries += 1
        return False

    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(600):
            inbound.poll(source.feed(handle))
            now.shift(timedelta(seconds=10))
    # Doubling up to ten minutes, then every ten minutes: not six hundred times.
    assert 10 < tries < 30


def test_only_one_poller_reads_a_source_at_a_time() -> None:
    source = FakeSource(2)

    def poll_while_reading(cursor: str) -> tuple[Sequence[IncomingEvent], str]:
        if not cursor:
            assert inbound.poll(source.feed()) == 0
        return source.read(cursor)

    assert inbound.poll(Feed("test", poll_while_reading, source.handle)) == 2
    assert source.handled == ["e0", "e1"]
