"""«Напомнить»: reminding the client now, besides the scheduled reminders."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_due_time
from econtract.platform.common.refusals import Refusal
from tasks import channels
from tasks.lifecycle import effects, guards, history, message_limit
from tasks.lifecycle.effects import REMINDERS
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor

# Several messages in a row would annoy the client.
MIN_INTERVAL = timedelta(hours=1)
NO_LINK_BY_EMAIL = Refusal(
    "no_link_by_email",
    "Ссылку по почте отправить нельзя: документ подписывают не по СМС или у клиента нет почты.",
)


def is_offered(task: SigningTask, user: User) -> bool:
    """Whether the card offers the button to ``user``."""
    return Status(task.status) in REMINDERS and Actor.MANAGER in guards.actors_of(user, task)


def refusals(
    task: SigningTask,
    user: User,
    entries: Iterable[HistoryEntry],
    *,
    has_withdrawals: bool = True,
) -> list[Refusal]:
    """Why the client cannot be reminded now; empty: they can.

    ``entries`` is the task's history. Without ``has_withdrawals`` the person has never withdrawn a
    consent, and none is looked for.
    """
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Напоминает менеджер задания."
        return [Refusal("reminder_only_manager", text, guards.TAKE_OVER)]
    if Status(task.status) not in REMINDERS or task.withdrawal:
        return [Refusal("reminder_not_waiting", "Сейчас от клиента ничего не ждут.")]
    times = [entry.at for entry in entries if entry.name == message_limit.REMINDED]
    is_soon = times and max(times) > clock.now() - MIN_INTERVAL
    # Whoever has got nothing is not annoyed by another message.
    if is_soon and not channels.is_link_undelivered(task):
        fix = f"Снова напомнить можно {format_due_time(max(times) + MIN_INTERVAL)}."
        text = "Клиенту уже напомнили меньше часа назад."
        return [Refusal("reminder_too_soon", text, fix)]
    if reasons := message_limit.refusals(task):
        return reasons
    return channels.find_message_refusals(task) if has_withdrawals else []


def is_email_offered(task: SigningTask, user: User) -> bool:
    """Whether the card offers ``user`` to send the link by e-mail."""
    is_link = channels.sends_own_messages(task) and task.status == Status.DOCUMENT_SIGNING
    return is_link and bool(task.contact_version.email) and is_offered(task, user)


@transaction.atomic
def remind(*, task: SigningTask, actor: User) -> None:
    """Sends the reminder for the current status by SMS and e-mail. Raises ActionRefused."""
    fresh = _lock(task, actor)
    effects.enqueue_messages(fresh, REMINDERS[Status(fresh.status)])
    _record(fresh, actor)


@transaction.atomic
def send_link_by_email(*, task: SigningTask, actor: User) -> None:
    """Sends a new link to sign by e-mail; the code still goes by SMS. Raises ActionRefused."""
    fresh = _lock(task, actor)
    if not is_email_offered(fresh, actor):
        raise ActionRefused(NO_LINK_BY_EMAIL)
    effects.enqueue_link(fresh, SentMessage.Channel.EMAIL)
    _record(fresh, actor, "Ссылка по электронной почте")


def _lock(task: SigningTask, actor: User) -> SigningTask:
    fresh = lock_task(task.number)
    if reasons := refusals(fresh, actor, fresh.history.all()):
        raise ActionRefused(*reasons)
    return fresh


def _record(fresh: SigningTask, actor: User, comment: str = "") -> None:
    history.record(
        fresh,
        kind=HistoryEntry.Kind.OUTSIDE,
        name=message_limit.REMINDED,
        actor=actor,
        acted_as=Actor.MANAGER,
        comment=comment,
    )
