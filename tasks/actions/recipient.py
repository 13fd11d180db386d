"""Choosing where the client receives the document, when there are several places.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.channels.protocol import RecipientOption
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, withdrawal
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import BEFORE_SENDING, Status
from tasks.transitions import Actor


def recipient_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why another place cannot be chosen now; empty: it can."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Ящик клиента выбирает менеджер задания."
        return [Refusal("recipient_only_manager", text, TAKE_OVER)]
    if task.status not in BEFORE_SENDING:
        text = f"В статусе «{Status(task.status).label}» ящик клиента выбрать нельзя."
        return [Refusal("recipient_locked_by_status", text)]
    if withdrawal.is_needed(task):
        text, fix = "Документ уже отправляется.", "Чтобы выбрать другой ящик, открепите документ."
        return [Refusal("recipient_locked_by_document", text, fix)]
    return []


@transaction.atomic
def choose_recipient(*, task: SigningTask, option: RecipientOption, actor: User) -> SigningTask:
    """Stores the place ``option``, one of `SigningChannel.find_recipient_options`."""
    fresh = lock_task(task.number)
    reasons = recipient_refusals(fresh, actor)
    if not option.is_usable:
        reasons = [*reasons, Refusal("recipient_unusable", option.note or "Ящик не подходит.")]
    if reasons:
        raise ActionRefused(*reasons)
    if fresh.recipient_address == option.id:
        return fresh
    changed = {"recipient": [fresh.recipient_label, option.label]}
    fresh.recipient_address, fresh.recipient_label = option.id, option.label
    save_task(fresh, "recipient_address", "recipient_label")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="recipient_chosen",
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
    return fresh
