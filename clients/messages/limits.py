"""How many messages leave in 24 hours: to one address, to one client, and in all.

They bound what a fault or an attack can cost; a setting of 0 lifts one. How often employees may
write to a client again is another rule, of `tasks.lifecycle.message_limit`.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet

from clients.messages.errors import MessageRefused
from clients.messages.reasons import LIMIT
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.formatting import format_due_time
from econtract.platform.common.refusals import Refusal

WINDOW = timedelta(days=1)


def check_limits(address_digest: str, client_id: int | None) -> None:
    """Raises MessageRefused when one more message would be too many."""
    recent = SentMessage.objects.filter(created_at__gt=clock.now() - WINDOW)
    _check(
        recent.filter(address_digest=address_digest),
        settings.MESSAGES_PER_ADDRESS,
        "На этот номер или адрес за сутки отправлено столько сообщений, сколько можно: {limit}.",
    )
    if client_id is not None:
        _check(
            recent.filter(client_id=client_id),
            settings.MESSAGES_PER_CLIENT,
            "Клиенту за сутки отправлено столько сообщений, сколько можно: {limit}.",
        )
    _check(
        recent,
        settings.MESSAGES_IN_ALL,
        "Всем клиентам за сутки отправлено столько сообщений, сколько можно: {limit}.",
    )


def _check(rows: QuerySet[SentMessage], limit: int, text: str) -> None:
    """The message that leaves the window first makes room for the next one."""
    if not limit:
        return
    oldest = rows.order_by("-created_at").values_list("created_at", flat=True)[limit - 1 : limit]
    for created_at in oldest:
        fix = f"Следующее можно отправить {format_due_time(created_at + WINDOW)}."
        raise MessageRefused(Refusal(LIMIT, text.format(limit=limit), fix))
