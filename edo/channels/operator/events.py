"""Reading the operator's events about the documents of our boxes."""

from collections.abc import Sequence
from functools import partial

from econtract.platform.outbox.registry import IncomingEvent
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.values import OperatorEvent
from edo.channels.protocol import EventSource
from edo.models import Box, Exchange

MAX_EVENTS = 100


def get_event_source(box: Box) -> EventSource:
    """The events of one box. Their payload is described at `read_events`."""
    return EventSource(f"edo:{box.pk}", partial(read_events, box=box))


def read_events(
    after: str, *, box: Box, limit: int = MAX_EVENTS
) -> tuple[Sequence[IncomingEvent], str]:
    """The events in ``box`` after the cursor (empty: all), and the next cursor.

    An event only tells when to call `follow`. Events may repeat and come in another order; their
    `external_id` is stable. The payload has `message_id` and `exchange_id`, which is empty for a
    document that is not ours. Most events do not repeat our own id of the document: it is looked
    up by the operator's. Raises Unavailable or Refused.
    """
    gateway = get_gateway(box)
    events, cursor = gateway.fetch_events(box.operator_box_id, after, min(limit, MAX_EVENTS))
    exchange_ids = _find_exchanges(box, events)
    exchange_ids |= _find_lost_exchanges(box, events, exchange_ids)
    return [
        IncomingEvent(
            event.event_id,
            {
                "message_id": event.message_id,
                "exchange_id": event.custom_id or exchange_ids.get(event.message_id, ""),
            },
        )
        for event in events
    ], cursor


def _find_exchanges(box: Box, events: Sequence[OperatorEvent]) -> dict[str, str]:
    """Our ids by message id, for the events that have only that."""
    message_ids = {event.message_id for event in events if event.message_id and not event.custom_id}
    rows = Exchange.objects.filter(box=box, message_id__in=message_ids)
    return {message_id: str(pk) for message_id, pk in rows.values_list("message_id", "pk")}


def _find_lost_exchanges(
    box: Box, events: Sequence[OperatorEvent], exchange_ids: dict[str, str]
) -> dict[str, str]:
    """Our ids of messages that the operator has although its answer to the sending was lost.

    It is asked only while there is such a sending: a box has events of other systems too.
    """
    known = {event.message_id for event in events if event.custom_id} | exchange_ids.keys()
    unknown = {event.message_id for event in events if event.message_id} - known
    lost = Exchange.objects.filter(box=box, message_id="", attempted_at__isnull=False)
    if not unknown or not lost.exists():
        return {}
    gateway = get_gateway(box)
    ids = {
        message_id: gateway.fetch_custom_id(box.operator_box_id, message_id)
        for message_id in unknown
    }
    return {message_id: custom_id for message_id, custom_id in ids.items() if custom_id}
