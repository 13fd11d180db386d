"""The buttons of a task's card.

Every function is one transaction, takes ``actor``, and raises ActionRefused with words for the
user when it is not possible now.
"""

from typing import Any

from django.db import transaction

from accounts.models import User
from tasks.lifecycle import guards, withdrawal
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import SigningTask


@transaction.atomic
def perform_action(*, task: SigningTask, name: str, actor: User, **facts: Any) -> SigningTask:
    """A button of the card: the transition ``name``, or the order that must come before it.

    Cancelling a task whose document is at the operator first has it revoked there.
    """
    fresh = lock_task(task.number)
    if name == "cancel" and withdrawal.needed(fresh):
        guards.require(fresh, name, guards.actors_of(actor, fresh))
        withdrawal.request(fresh, then=name, actor=actor, facts=facts)
        return fresh
    return perform(fresh.number, name, actor=actor, **facts)
