"""The transitions that the card offers as buttons.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from edo.channels.protocol import SigningChannel, SigningSession
from tasks import channels
from tasks.actions.conflicts import build_wrong_status_refusal
from tasks.lifecycle import guards, withdrawal
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import SigningTask

# What an administrator says of a client's signature that we could not verify.
VERDICTS: dict[str, Callable[[SigningChannel, str], SigningSession]] = {
    "accept_signature": lambda channel, comment: channel.accept_signature(),
    "refuse_signature": lambda channel, comment: channel.refuse_signature(comment),
}


@transaction.atomic
def perform_action(*, task: SigningTask, name: str, actor: User, **arguments: Any) -> SigningTask:
    """Makes the transition ``name``.

    A task whose document the client can still sign is cancelled only after the operator has
    revoked it: this requests the revocation.
    """
    fresh = lock_task(task.number)
    if name not in guards.transitions_from(fresh):
        raise ActionRefused(build_wrong_status_refusal(fresh))
    if name == "cancel" and withdrawal.is_needed(fresh):
        guards.require(fresh, name, guards.actors_of(actor, fresh))
        withdrawal.request(fresh, then=name, actor=actor, arguments=arguments)
        return fresh
    if name in VERDICTS:
        guards.require(fresh, name, guards.actors_of(actor, fresh))
        VERDICTS[name](channels.channel_for(fresh), arguments["comment"])
    return perform(fresh.number, name, actor=actor, **arguments)
