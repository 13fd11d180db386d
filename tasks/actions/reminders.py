"""«Напомнить»: reminding the client now, besides the scheduled reminders."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_due_time
from econtract.platform.common.refusals import Refusal
from tasks.lifecycle import effects, guards, history, message_limit
from tasks.lifecycle.effects import REMINDERS
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor

# Several messages in a row would annoy the client.
MIN_INTERVAL = timedelta(hours=1)


def is_offered(task: SigningTask, user: User) -> bool:
    """Whether the card offers the button to ``user``."""
    return Status(task.status) in REMINDERS and Actor.MANAGER in guards.actors_of(user, task)


def refusals(task: SigningTask, user: User, entries: Iterable[HistoryEntry]) -> list[Refusal]:
    """Why the client cannot be reminded now; empty: they can.

    ``entries`` is the task's history.
    """
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Напоминает менеджер задания."
        return [Refusal("reminder_only_manager", text, guards.TAKE_OVER)]
    if Status(task.status) not in REMINDERS or task.withdrawal:
        return [Refusal("reminder_not_waiting", "Сейчас от клиента ничего не ждут.")]
    times = [entry.at for entry in entries if entry.name == message_limit.REMINDED]
    if times and max(times) > clock.now() - MIN_INTERVAL:
        fix = f"Снова напомнить можно {format_due_time(max(times) + MIN_INTERVAL)}."
        text = "Клиенту уже напомнили меньше часа назад."
        return [Refusal("reminder_too_soon", text, fix)]
    return message_limit.refusals(task)


@transaction.atomic
def remind(*, task: SigningTask, actor: User) -> None:
    """Sends the reminder for the current status by SMS and e-mail. Raises ActionRefused."""
    fresh = lock_task(task.number)
    if reasons := refusals(fresh, actor, fresh.history.all()):
        raise ActionRefused(*reasons)
    effects.enqueue_messages(fresh, REMINDERS[Status(fresh.status)])
    history.record(
        fresh,
        kind=HistoryEntry.Kind.OUTSIDE,
        name=message_limit.REMINDED,
        actor=actor,
        acted_as=Actor.MANAGER,
    )
