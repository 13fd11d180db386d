"""What became of a message: the provider's answers and its delivery reports.

Reports come from a feed: repeated, reordered, or not at all. A state only moves forward, so the
first two do no harm; `ask_about_silent_messages` finds the lost ones.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clients.gateways.messages import MessageStatus, messages
from clients.messages.signals import message_changed
from clients.models import SentMessage
from clients.models.messages import MAX_REASON_LENGTH
from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.outbox.models import InboundEvent
from econtract.platform.outbox.registry import Feed

log = logging.getLogger(__name__)

State = SentMessage.State
# Without a report for this long it may have been lost: ask the provider.
MAX_SILENCE = timedelta(minutes=10)
# After this long nobody expects a report any more.
MAX_WAIT_FOR_REPORT = timedelta(days=1)
MAX_QUESTIONS = 200
# From which states a message may come into a state. A delivery ends every doubt.
EARLIER_STATES: dict[State, tuple[State, ...]] = {
    State.ACCEPTED: (State.QUEUED,),
    State.SENT: (State.QUEUED, State.ACCEPTED),
    State.UNKNOWN: (State.QUEUED, State.ACCEPTED, State.SENT),
    State.FAILED: (State.QUEUED, State.ACCEPTED, State.SENT, State.UNKNOWN),
    State.DELIVERED: (State.QUEUED, State.ACCEPTED, State.SENT, State.UNKNOWN, State.FAILED),
}


def iter_feeds() -> Iterable[Feed]:
    """The feed of delivery reports."""
    yield Feed(source="messages", read=messages().events, handle=handle_report)


def handle_report(event: InboundEvent) -> bool:
    """Records one report. One of an unknown message belongs to another system of ours."""
    payload = event.payload
    try:
        message = SentMessage.objects.filter(key=UUID(payload["key"])).first()
    except ValueError:
        message = None
    if message is not None:
        record_status(message, MessageStatus(payload["ref"], payload["state"], payload["reason"]))
    return True


def record_status(message: SentMessage, status: MessageStatus) -> bool:
    """`record_state` of what the provider says; a state that we do not know changes nothing."""
    if status.state not in EARLIER_STATES:
        log.warning("unknown message state message=%s", message.key)
        return False
    return record_state(message, State(status.state), reason=status.reason, ref=status.ref)


@transaction.atomic
def record_state(message: SentMessage, state: State, *, reason: str = "", ref: str = "") -> bool:
    """Moves the message forward to ``state`` and sends `message_changed`.

    Returns False, and changes nothing, when the message has come as far already. ``message`` is
    up to date afterwards.
    """
    now = clock.now()
    changes: dict[str, str | datetime] = {"state": state, "state_at": now}
    changes["reason"] = reason[:MAX_REASON_LENGTH] if state is State.FAILED else ""
    if ref:
        changes["provider_ref"] = ref[:100]
    if state is State.DELIVERED:
        changes["delivered_at"] = now
    if message.sent_at is None and state is not State.FAILED:
        changes["sent_at"] = now
    rows = SentMessage.objects.filter(pk=message.pk, state__in=EARLIER_STATES[state])
    has_moved = bool(rows.update(**changes))
    message.refresh_from_db()
    if has_moved:
        message_changed.send(sender=SentMessage, message=message)
    return has_moved


def ask_about_silent_messages() -> None:
    """Asks the provider about messages whose report is late; gives those of a day ago up."""
    now = clock.now()
    silent = SentMessage.objects.filter(
        state__in=SentMessage.IN_TRANSIT_STATES, state_at__lt=now - MAX_SILENCE
    )
    for message in silent.order_by("state_at")[:MAX_QUESTIONS]:
        try:
            status = messages().get(message.key)
        except Unavailable:
            log.warning("message state unknown message=%s", message.key)
            return
        except Refused:
            # About this message alone: the others can still be asked about.
            log.warning("message state refused message=%s", message.key)
            status = None
        has_moved = status is not None and record_status(message, status)
        if not has_moved and message.created_at < now - MAX_WAIT_FOR_REPORT:
            record_state(message, State.UNKNOWN)


def delete_old_messages() -> None:
    """Deletes the messages that are older than ``MESSAGE_RETENTION_DAYS``."""
    oldest = clock.now() - timedelta(days=settings.MESSAGE_RETENTION_DAYS)
    SentMessage.objects.filter(created_at__lt=oldest).delete()
