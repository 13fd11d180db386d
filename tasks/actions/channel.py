"""Choosing another way of signing for a task.

It is one transaction, takes ``actor``, and raises ActionRefused when it is not possible now.
"""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, withdrawal
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.recipient_lookups import request_lookup_of
from tasks.statuses import BEFORE_SENDING, Resolution, Status
from tasks.transitions import Actor

# The client has the document, or an invitation, and has not signed: it is revoked first.
WITH_CLIENT = frozenset({Status.CONSENT_PENDING, Status.DOCUMENT_SIGNING})


def channel_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the way of signing cannot be changed now; empty: it can."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Способ подписания выбирает менеджер задания."
        return [Refusal("channel_only_manager", text, TAKE_OVER)]
    if task.status not in BEFORE_SENDING | WITH_CLIENT:
        text = f"В статусе «{Status(task.status).label}» способ подписания выбрать нельзя."
        return [Refusal("channel_locked_by_status", text)]
    if task.withdrawal:
        return [guards.REVOCATION_PENDING]
    return []


@dataclass(frozen=True)
class ChannelChoice:
    """The task, and whether its document is revoked first: then the channel changes later."""

    task: SigningTask
    is_revoked_first: bool = False


@transaction.atomic
def choose_channel(*, task: SigningTask, channel: Channel, actor: User) -> ChannelChoice:
    """Have the client sign through ``channel``.

    A document that the client can still sign is revoked first, so that there are never two live
    ones: `tasks.pipeline.revocation` then changes the channel and sends it again. A client who is
    faster has signed, and nothing changes.
    """
    fresh = lock_task(task.number)
    if reasons := channel_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    if fresh.channel == channel:
        return ChannelChoice(fresh)
    if withdrawal.is_needed(fresh):
        withdrawal.request(
            fresh,
            then="signing_failed",
            actor=actor,
            arguments={"resolution": Resolution.WITHDRAWN},
            channel=channel,
        )
        return ChannelChoice(fresh, is_revoked_first=True)
    set_channel(fresh, channel, actor)
    return ChannelChoice(fresh)


def set_channel(task: SigningTask, channel: Channel, actor: User) -> None:
    """Change the channel of the locked ``task``; its client can sign nothing any more."""
    changed = {"channel": [Channel(task.channel).label, channel.label]}
    task.channel = channel
    save_task(task, "channel")
    request_lookup_of(task)
    history.record(
        task,
        kind=HistoryEntry.Kind.EDITED,
        name="channel_chosen",
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
