"""How often employees may make the system write to one client (docs/rules.md#messages-to-clients).

Every function counts over all tasks of the client. What the process sends by itself is bounded
already: one message for each step, and the reminders of `REMINDER_DAYS`.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from econtract.platform.common import clock
from econtract.platform.common.formatting import format_due_time
from econtract.platform.common.refusals import Refusal
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status

WINDOW = timedelta(days=1)
REMINDED = "client_reminded"
# The transitions by which an employee makes the system write to the client again.
REPEATING_TRANSITIONS = frozenset({"restart_identification", "decline_authority"})
# A document that is sent for the first time is part of the process.
SENT_AGAIN = Q(name="send_document", old_status=Status.SIGNING_FAILED)
CODE = "client_message_limit"


def is_repeating(task: SigningTask, name: str) -> bool:
    """Whether the transition ``name``, made by an employee, writes to the client again."""
    if name == "send_document":
        return Status(task.status) is Status.SIGNING_FAILED
    return name in REPEATING_TRANSITIONS


def refusals(task: SigningTask) -> list[Refusal]:
    """Why no employee may write to the task's client again now; empty: they may.

    Cached on the task's object: a card needs it for several buttons.
    """
    cached: list[Refusal] | None = vars(task).get("_message_limit")
    if cached is None:
        cached = vars(task)["_message_limit"] = _count(task)
    return cached


def _count(task: SigningTask) -> list[Refusal]:
    limit = settings.CLIENT_MESSAGES_PER_DAY
    since = clock.now() - WINDOW
    repeating = Q(name__in=REPEATING_TRANSITIONS | {REMINDED}) | SENT_AGAIN
    entries = HistoryEntry.objects.filter(
        repeating,
        task__client_id=task.client_id,
        task__updated_at__gt=since,
        actor__isnull=False,
        at__gt=since,
    )
    times = list(entries.order_by("-at").values_list("at", flat=True)[:limit])
    if len(times) < limit:
        return []
    text = (
        f"Клиенту за сутки уже писали по просьбе сотрудников столько раз, сколько можно: {limit}."
    )
    fix = f"Следующее сообщение можно отправить {format_due_time(times[-1] + WINDOW)}."
    return [Refusal(CODE, text, fix)]
