"""How many messages leave in 24 hours: to one address, to one client, and in all.

They bound what a fault or an attack can cost; a setting of 0 lifts one. How often employees may
write to a client again is another rule, of `tasks.lifecycle.message_limit`.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from clients.messages.addresses import digest_address
from clients.messages.errors import LimitReached
from clients.models import MessageCount
from econtract.platform.common import clock

# Messages are counted by the hour. One hour more than the day, so that no 24 hours have too many.
HOUR = timedelta(hours=1)
WINDOW = timedelta(days=1) + HOUR


def count_message(to: str, client_id: int | None) -> None:
    """Count one more message to the address ``to`` in the transaction that stores it.

    The counters stay locked until the transaction ends, so of messages at once none slips through.
    Raises LimitReached when this one would be too many; roll back then.
    """
    # Always in this order: transactions never wait for each other in a circle.
    _count(
        f"address {digest_address(to)}",
        settings.MESSAGES_PER_ADDRESS,
        "На этот номер или адрес за сутки отправлено столько сообщений, сколько можно: {limit}.",
    )
    if client_id is not None:
        _count(
            f"client {client_id}",
            settings.MESSAGES_PER_CLIENT,
            "Клиенту за сутки отправлено столько сообщений, сколько можно: {limit}.",
        )
    _count(
        "all",
        settings.MESSAGES_IN_ALL,
        "Всем клиентам за сутки отправлено столько сообщений, сколько можно: {limit}.",
    )


def _count(subject: str, limit: int, text: str) -> None:
    MessageCount.objects.get_or_create(subject=subject)
    counter = MessageCount.objects.select_for_update().get(subject=subject)
    now = clock.now()
    hours = {
        hour: count
        for hour, count in counter.hours.items()
        if datetime.fromisoformat(hour) > now - WINDOW
    }
    if limit and sum(hours.values()) >= limit:
        raise LimitReached(text.format(limit=limit), _find_free_time(hours, limit))
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
    hours[hour] = hours.get(hour, 0) + 1
    counter.hours, counter.counted_at = hours, now
    counter.save(update_fields=["hours", "counted_at"])


def _find_free_time(hours: dict[str, int], limit: int) -> datetime:
    """When so many hours have left the window that one more message is allowed."""
    left = sum(hours.values())
    for hour in sorted(hours):
        left -= hours[hour]
        if left < limit:
            break
    return datetime.fromisoformat(hour) + WINDOW


def delete_old_counts() -> None:
    """Delete the counters that count nothing any more."""
    MessageCount.objects.filter(counted_at__lt=clock.now() - WINDOW).delete()
