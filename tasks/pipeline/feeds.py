"""Inbound events of outside systems: each enqueues a poll of the task that it concerns.

The event's own content changes nothing, so repeated and reordered events do no harm. Lost ones
do none either: `poll_silent_tasks` polls every task that has been silent for long.
"""

from collections.abc import Iterable

from clients.gateways.identity import identity
from econtract.platform.outbox.models import InboundEvent
from econtract.platform.outbox.registry import Feed
from edo.channels.protocol import EventSource
from tasks import channels
from tasks.lifecycle import effects
from tasks.models import SigningTask


def iter_feeds() -> Iterable[Feed]:
    """The feed of the identification service and those of the signing channels."""
    yield _build_identity_feed()
    yield from map(_build_channel_feed, channels.event_sources())


def get_task_feeds(task: SigningTask) -> list[Feed]:
    """The feeds in which something about ``task`` can appear."""
    return [_build_identity_feed(), *map(_build_channel_feed, channels.event_sources_of(task))]


def _build_identity_feed() -> Feed:
    return Feed(source="identity", read=identity().events, handle=handle_identity_event)


def _build_channel_feed(source: EventSource) -> Feed:
    return Feed(source=source.name, read=source.read, handle=handle_channel_event)


def handle_identity_event(event: InboundEvent) -> bool:
    """Polls the task whose identification the event is about. False for an unknown one."""
    return _poll(SigningTask.objects.filter(identification_ref=event.payload["ref"]))


def handle_channel_event(event: InboundEvent) -> bool:
    """Polls the signing session that the event is about.

    The event carries our own session id, which is stored before anything is sent. So an event
    without a task never concerns us: it belongs to another system that uses the same box, or to
    a session that was replaced.
    """
    if session_id := event.payload.get("exchange_id"):
        _poll(channels.find_tasks(session_id))
    return True


def _poll(tasks: Iterable[SigningTask]) -> bool:
    """Enqueues a poll of each task; returns whether there were any."""
    tasks = list(tasks)
    for task in tasks:
        effects.enqueue_poll(task, is_reported=True)
    return bool(tasks)
