"""Reading the feeds of outside systems: events are stored first and handled afterwards."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from econtract.platform.common import clock
from econtract.platform.common.errors import OutsideError
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import FeedCursor, InboundEvent
from econtract.platform.outbox.registry import Feed

log = logging.getLogger(__name__)

POLL_LEASE = timedelta(seconds=60)
# An event whose subject is not known waits for it this long; then it is closed.
MAX_WAIT_FOR_SUBJECT = timedelta(days=1)
MAX_PAGES_PER_POLL = 20
MAX_EVENTS_PER_POLL = 10_000
MAX_EVENT_DELAY = timedelta(minutes=10)


def poll_all() -> None:
    """Reads every feed once. A source that does not answer does not stop the others."""
    for feed in registry.feeds():
        poll(feed)


def poll(feed: Feed) -> int:
    """Reads ``feed`` to its end and handles what is new; returns how many events were new.

    Only one poller reads a source at a time; for a second one the result is 0.
    """
    cursor, _ = FeedCursor.objects.get_or_create(source=feed.source)
    if not _lease(cursor):
        return 0
    new_events, problem = 0, ""
    try:
        for _ in range(MAX_PAGES_PER_POLL):
            new_in_page, has_more = _read_page(feed, cursor)
            new_events += new_in_page
            if not has_more:
                break
    except OutsideError as error:
        problem = str(error)[:500]
        log.warning("feed unread source=%s", feed.source)
    finally:
        FeedCursor.objects.filter(pk=cursor.pk).update(
            polling_until=None, problem=problem, read_at=clock.now()
        )
    handle_waiting(feed)
    return new_events


def _lease(cursor: FeedCursor) -> bool:
    now = clock.now()
    free = FeedCursor.objects.filter(pk=cursor.pk).filter(
        Q(polling_until__isnull=True) | Q(polling_until__lt=now)
    )
    return bool(free.update(polling_until=now + POLL_LEASE))


def _read_page(feed: Feed, cursor: FeedCursor) -> tuple[int, bool]:
    """Stores one page of events; returns how many were new, and whether there may be more."""
    events, value = feed.read(cursor.value)
    events_of_source = InboundEvent.objects.filter(source=feed.source)
    with transaction.atomic():
        known_ids = set(
            events_of_source.filter(
                external_id__in=[event.external_id for event in events]
            ).values_list("external_id", flat=True)
        )
        new = {event.external_id: event for event in events if event.external_id not in known_ids}
        InboundEvent.objects.bulk_create(
            [
                InboundEvent(source=feed.source, external_id=external_id, payload=event.payload)
                for external_id, event in new.items()
            ],
            ignore_conflicts=True,
        )
        FeedCursor.objects.filter(pk=cursor.pk).update(value=value)
    has_moved = value != cursor.value
    cursor.value = value
    return len(new), bool(events) and has_moved


def handle_waiting(feed: Feed) -> None:
    """Handles the stored events of ``feed`` that are due, in the order in which they came.

    An event that cannot be handled yet is put off for as long as it has waited already, at most
    ten minutes: however many there are of them, they do not hold up the events behind them.
    """
    waiting = InboundEvent.objects.filter(source=feed.source, handled_at__isnull=True)
    due = waiting.filter(due_at__lte=clock.now()).order_by("due_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:MAX_EVENTS_PER_POLL]):
        try:
            is_settled = _handle(feed, pk)
        except Exception:
            log.exception("event failed source=%s event=%s", feed.source, pk)
            is_settled = False
        if not is_settled:
            _put_off(pk)


@transaction.atomic
def _handle(feed: Feed, pk: int) -> bool:
    """Whether nothing is left to do for the event here and now."""
    events = InboundEvent.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    event = events.filter(pk=pk, handled_at=None).first()
    if event is None:
        return True
    if feed.handle(event):
        event.outcome = "handled"
    elif clock.now() - event.received_at > MAX_WAIT_FOR_SUBJECT:
        event.outcome = "subject unknown"
    else:
        return False
    event.handled_at = clock.now()
    event.save(update_fields=["outcome", "handled_at"])
    return True


def _put_off(pk: int) -> None:
    event = InboundEvent.objects.get(pk=pk)
    now = clock.now()
    event.due_at = now + min(now - event.received_at, MAX_EVENT_DELAY)
    event.save(update_fields=["due_at"])
