"""Choosing another way of signing for a task.

It is one transaction, takes ``actor``, and raises ActionRefused when it is not possible now.
"""

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, withdrawal
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import BEFORE_SENDING, Status
from tasks.transitions import Actor


def channel_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the way of signing cannot be changed now; empty: it can."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Способ подписания выбирает менеджер задания."
        return [Refusal("channel_only_manager", text, TAKE_OVER)]
    if task.status not in BEFORE_SENDING:
        text = f"В статусе «{Status(task.status).label}» способ подписания выбрать нельзя."
        return [Refusal("channel_locked_by_status", text)]
    if withdrawal.is_needed(task):
        text = "Клиент еще может подписать отправленный документ."
        fix = "Чтобы выбрать другой способ, открепите документ."
        return [Refusal("channel_locked_by_document", text, fix)]
    return []


@transaction.atomic
def choose_channel(*, task: SigningTask, channel: Channel, actor: User) -> SigningTask:
    """Have the client sign through ``channel`` the next time that the document is sent."""
    fresh = lock_task(task.number)
    if reasons := channel_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    if fresh.channel == channel:
        return fresh
    changed = {"channel": [Channel(fresh.channel).label, channel.label]}
    fresh.channel = channel
    save_task(fresh, "channel")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="channel_chosen",
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
    return fresh
