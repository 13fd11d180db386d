"""Reading the feeds of outside systems: store first, act after."""

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
# An event about something we never heard of is kept waiting this long, then closed unhandled.
WAIT_FOR_SUBJECT = timedelta(days=1)
PAGES_A_POLL = 20


def poll_all() -> None:
    """Reads every feed once. A source that is down stops none of the others."""
    for feed in registry.feeds():
        poll(feed)


def poll(feed: Feed) -> int:
    """Reads ``feed`` to its end and acts on what is new; returns how many events were new.

    A source is read by one poller at a time.
    """
    cursor, _ = FeedCursor.objects.get_or_create(source=feed.source)
    if not _lease(cursor):
        return 0
    fresh, problem = 0, ""
    try:
        for _ in range(PAGES_A_POLL):
            stored, more = _read_page(feed, cursor)
            fresh += stored
            if not more:
                break
    except OutsideError as error:
        problem = str(error)[:500]
        log.warning("feed unread source=%s", feed.source)
    finally:
        FeedCursor.objects.filter(pk=cursor.pk).update(
            polling_until=None, problem=problem, read_at=clock.now()
        )
    handle_waiting(feed)
    return fresh


def _lease(cursor: FeedCursor) -> bool:
    now = clock.now()
    free = FeedCursor.objects.filter(pk=cursor.pk).filter(
        Q(polling_until__isnull=True) | Q(polling_until__lt=now)
    )
    return bool(free.update(polling_until=now + POLL_LEASE))


def _read_page(feed: Feed, cursor: FeedCursor) -> tuple[int, bool]:
    events, value = feed.read(cursor.value)
    before = InboundEvent.objects.filter(source=feed.source)
    with transaction.atomic():
        known = set(
            before.filter(external_id__in=[event.external_id for event in events]).values_list(
                "external_id", flat=True
            )
        )
        fresh = {event.external_id: event for event in events if event.external_id not in known}
        InboundEvent.objects.bulk_create(
            [
                InboundEvent(source=feed.source, external_id=key, payload=event.payload)
                for key, event in fresh.items()
            ],
            ignore_conflicts=True,
        )
        FeedCursor.objects.filter(pk=cursor.pk).update(value=value)
    moved = value != cursor.value
    cursor.value = value
    return len(fresh), bool(events) and moved


def handle_waiting(feed: Feed, limit: int = 500) -> None:
    """Acts on the stored events of ``feed`` that nobody has acted on, oldest first."""
    waiting = InboundEvent.objects.filter(source=feed.source, handled_at__isnull=True)
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:limit]:
        try:
            _handle_one(feed, pk)
        except Exception:
            log.exception("event failed source=%s event=%s", feed.source, pk)


@transaction.atomic
def _handle_one(feed: Feed, pk: int) -> None:
    events = InboundEvent.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    event = events.filter(pk=pk, handled_at=None).first()
    if event is None:
        return
    if feed.handle(event):
        event.outcome = "handled"
    elif clock.now() - event.received_at > WAIT_FOR_SUBJECT:
        event.outcome = "subject unknown"
    else:
        return
    event.handled_at = clock.now()
    event.save(update_fields=["outcome", "handled_at"])
