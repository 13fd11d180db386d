"""Inbound events: each makes the task that it is about ask the outside system for its state.

An event itself decides nothing, so repeated, reordered and lost events do no harm:
`poll_silent_tasks` asks again in any case.
"""

from collections.abc import Iterable

from clients.gateways.identity import identity
from econtract.platform.outbox.models import InboundEvent
from econtract.platform.outbox.registry import Feed
from edo.channels.protocol import EventSource
from tasks import channels
from tasks.lifecycle import effects
from tasks.models import SigningTask


def feeds() -> Iterable[Feed]:
    """The feed of the identification service and those of the signing channels."""
    yield _identity_feed()
    yield from map(_channel_feed, channels.event_sources())


def feeds_of(task: SigningTask) -> list[Feed]:
    """The feeds in which something about ``task`` can appear."""
    return [_identity_feed(), *map(_channel_feed, channels.event_sources_of(task))]


def _identity_feed() -> Feed:
    return Feed(source="identity", read=identity().events, handle=handle_identity_event)


def _channel_feed(source: EventSource) -> Feed:
    return Feed(source=source.name, read=source.read, handle=handle_channel_event)


def handle_identity_event(event: InboundEvent) -> bool:
    """Polls the identification that the event is about."""
    return _poll(SigningTask.objects.filter(identification_ref=event.payload["ref"]))


def handle_channel_event(event: InboundEvent) -> bool:
    """Polls the signing session that the event is about.

    The event has our own id of the session, which is stored before anything is sent. So an event
    that no task is found for never concerns us: it is of another system that uses the same box,
    or of a session that was replaced.
    """
    if session_id := event.payload.get("exchange_id"):
        _poll(channels.find_tasks(session_id))
    return True


def _poll(tasks: Iterable[SigningTask]) -> bool:
    """Whether there are any ``tasks`` to poll."""
    tasks = list(tasks)
    for task in tasks:
        effects.enqueue_poll(task, is_reported=True)
    return bool(tasks)
