"""Inbound events: each makes the task that it is about ask the outside system for its state.

An event itself decides nothing, so repeated, reordered and lost events do no harm:
`poll_silent_tasks` asks again in any case.
"""

from collections.abc import Iterable
from functools import partial

from clients.gateways.identity import identity
from econtract.platform.outbox.models import InboundEvent
from econtract.platform.outbox.registry import Feed
from edo.channels.operator import exchanges
from edo.models import Box
from tasks.lifecycle import effects
from tasks.models import SigningTask


def feeds() -> Iterable[Feed]:
    """The feed of the identification service and one for every active box."""
    yield _identity_feed()
    for box in Box.objects.filter(active=True):
        yield _box_feed(box)


def feeds_of(task: SigningTask) -> list[Feed]:
    """The feeds in which something about ``task`` can appear."""
    return [_identity_feed(), _box_feed(task.box)]


def _identity_feed() -> Feed:
    return Feed(source="identity", read=identity().events, handle=handle_identity_event)


def _box_feed(box: Box) -> Feed:
    read = partial(exchanges.poll_events, box=box)
    return Feed(source=f"edo:{box.pk}", read=read, handle=handle_edo_event)


def handle_identity_event(event: InboundEvent) -> bool:
    """Polls the identification that the event is about."""
    return _poll(SigningTask.objects.filter(identification_ref=event.payload["ref"]))


def handle_edo_event(event: InboundEvent) -> bool:
    """Polls the exchange that the event is about.

    The event names our own id of the document, so the task is found even before the operator's
    answer to the sending is stored. A document that no task has any more is ignored.
    """
    if exchange_id := event.payload.get("exchange_id"):
        return _poll(SigningTask.objects.filter(exchange_id=exchange_id)) or exchanges.is_known(
            exchange_id=exchange_id
        )
    return True


def _poll(tasks: Iterable[SigningTask]) -> bool:
    """Whether there are any ``tasks`` to poll."""
    tasks = list(tasks)
    for task in tasks:
        effects.enqueue_poll(task)
    return bool(tasks)
