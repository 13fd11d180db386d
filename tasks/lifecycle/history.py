"""Writing history entries, and notifying the users whom they concern.

Always in the transaction of the change itself.
"""

from typing import Any

from accounts.models import User
from tasks.models import HistoryEntry, SigningTask
from tasks.notifications import triggers
from tasks.transitions import Actor

# Arguments of a transition that have a column of their own, or are for machines only.
_NOT_IN_DETAILS = {"resolution", "comment", "reason", "link", "identified_at"}


def record_transition(
    task: SigningTask,
    *,
    name: str,
    old_status: str,
    acted_as: Actor,
    actor: User | None,
    arguments: dict[str, Any],
) -> HistoryEntry:
    """Writes the entry of a transition that has just been made."""
    entry = HistoryEntry.objects.create(
        task=task,
        at=task.status_changed_at,
        actor=actor,
        acted_as=acted_as,
        kind=HistoryEntry.Kind.TRANSITION,
        name=name,
        old_status=old_status,
        new_status=task.status,
        resolution=task.resolution,
        comment=arguments.get("comment") or arguments.get("reason") or "",
        details={key: value for key, value in arguments.items() if key not in _NOT_IN_DETAILS},
    )
    triggers.on_history_entry(task, entry)
    return entry


def record(
    task: SigningTask,
    *,
    kind: HistoryEntry.Kind,
    name: str,
    actor: User | None = None,
    acted_as: Actor = Actor.SYSTEM,
    comment: str = "",
    **details: Any,
) -> HistoryEntry:
    """Writes an entry that is not about a transition."""
    entry = HistoryEntry.objects.create(
        task=task,
        actor=actor,
        acted_as=acted_as,
        kind=kind,
        name=name,
        comment=comment,
        details=details,
    )
    triggers.on_history_entry(task, entry)
    return entry
