"""«Напомнить»: the manager has the client reminded now, besides the reminders that come by date."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.lifecycle import effects, guards, history
from tasks.lifecycle.effects import REMINDERS
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor

# Messages in a row annoy; the client has been told an hour ago at the most.
PAUSE = timedelta(hours=1)
NAME = "client_reminded"


def is_offered(task: SigningTask, user: User) -> bool:
    """Whether there is anything to remind of, by this person."""
    return Status(task.status) in REMINDERS and Actor.MANAGER in guards.actors_of(user, task)


def refusals(task: SigningTask, user: User, entries: Iterable[HistoryEntry]) -> list[Refusal]:
    """Why the client cannot be reminded now; empty: he can. ``entries``: the task's history."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Напоминает менеджер задания."
        return [Refusal("reminder_only_manager", text, guards.TAKE_OVER)]
    if Status(task.status) not in REMINDERS or task.withdrawal:
        return [Refusal("reminder_not_waiting", "Сейчас от клиента ничего не ждут.")]
    lately = clock.now() - PAUSE
    if any(entry.name == NAME and entry.at > lately for entry in entries):
        return [Refusal("reminder_too_soon", "Клиенту уже напомнили меньше часа назад.")]
    return []


@transaction.atomic
def remind(*, task: SigningTask, actor: User) -> None:
    """Sends the reminder of the status by SMS and e-mail. Raises ActionRefused."""
    fresh = lock_task(task.number)
    if reasons := refusals(fresh, actor, fresh.history.all()):
        raise ActionRefused(*reasons)
    effects.message(fresh, REMINDERS[Status(fresh.status)])
    history.record(
        fresh,
        kind=HistoryEntry.Kind.OUTSIDE,
        name=NAME,
        actor=actor,
        acted_as=Actor.MANAGER,
    )
