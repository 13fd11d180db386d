"""What the outside systems tell us wakes the task that waits for it.

An event decides nothing: it makes the step ask the system for the truth. Events that are
repeated, reordered or lost do no harm; the sweep asks again in any case.
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
    """The identification component's feed and one of every box in use."""
    yield _identity_feed()
    for box in Box.objects.filter(active=True):
        yield _box_feed(box)


def feeds_of(task: SigningTask) -> list[Feed]:
    """The feeds in which something about ``task`` can appear."""
    return [_identity_feed(), _box_feed(task.box)]


def _identity_feed() -> Feed:
    return Feed(source="identity", read=identity().events, handle=wake_identification)


def _box_feed(box: Box) -> Feed:
    read = partial(exchanges.poll_events, box=box)
    return Feed(source=f"edo:{box.pk}", read=read, handle=wake_exchange)


def wake_identification(event: InboundEvent) -> bool:
    """Wakes the task of the request that the event is about."""
    return _wake(SigningTask.objects.filter(identification_ref=event.payload["ref"]))


def wake_exchange(event: InboundEvent) -> bool:
    """Wakes the task whose document the event is about.

    Our own number of the document finds it even before the operator's answer to our call is
    stored. A document that is no task's any more (replaced, revoked) wakes nobody.
    """
    if exchange_id := event.payload.get("exchange_id"):
        return _wake(SigningTask.objects.filter(exchange_id=exchange_id)) or exchanges.is_known(
            exchange_id=exchange_id
        )
    return True


def _wake(found: Iterable[SigningTask]) -> bool:
    tasks = list(found)
    for task in tasks:
        effects.follow(task)
    return bool(tasks)
