"""The transitions that the card offers as buttons.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from typing import Any

from django.db import transaction

from accounts.models import User
from tasks.lifecycle import guards, withdrawal
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import SigningTask


@transaction.atomic
def perform_action(*, task: SigningTask, name: str, actor: User, **arguments: Any) -> SigningTask:
    """Makes the transition ``name``.

    A task whose document the client can still sign is cancelled only after the operator has
    revoked it: this requests the revocation.
    """
    fresh = lock_task(task.number)
    if name == "cancel" and withdrawal.is_needed(fresh):
        guards.require(fresh, name, guards.actors_of(actor, fresh))
        withdrawal.request(fresh, then=name, actor=actor, arguments=arguments)
        return fresh
    return perform(fresh.number, name, actor=actor, **arguments)
