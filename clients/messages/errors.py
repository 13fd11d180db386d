"""What `clients.messages.sending` raises besides Unavailable."""

from datetime import datetime, timedelta

from clients.messages.reasons import LIMIT
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.common.formatting import format_due_time
from econtract.platform.common.refusals import Refusal

SYSTEM = "messages"
QUIET_HOURS = "quiet_hours"


class MessageRefused(Refused):
    """The message was not sent or not delivered, and will not be. ``refusal`` is for users."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(SYSTEM, refusal.code, refusal.text)
        self.refusal = refusal


class LimitReached(MessageRefused):
    """One more message would be too many; the next one may be sent at ``free_at``."""

    def __init__(self, text: str, free_at: datetime) -> None:
        fix = f"Следующее можно отправить {format_due_time(free_at)}."
        super().__init__(Refusal(LIMIT, text, fix))
        self.free_at = free_at


class QuietHours(NotReadyYet):
    """It is night where the client is; the message may be sent at ``allowed_at``."""

    def __init__(self, allowed_at: datetime) -> None:
        seconds = (allowed_at - clock.now()).total_seconds()
        until = allowed_at + timedelta(hours=1)
        super().__init__(
            "night at the client's", seconds=max(seconds, 1), until=until, code=QUIET_HOURS
        )
        self.allowed_at = allowed_at
