"""Writing what happened to a task, and telling whom it concerns.

Always in the transaction of the change itself.
"""

from typing import Any

from accounts.models import User
from tasks.models import HistoryEntry, SigningTask
from tasks.notifications import triggers
from tasks.transitions import Actor

# Facts of a transition that have a column of their own, or are for machines only.
_NOT_DETAILS = {"resolution", "comment", "reason", "link", "identified_at"}


def record_transition(
    task: SigningTask,
    *,
    name: str,
    before: str,
    acted_as: Actor,
    actor: User | None,
    facts: dict[str, Any],
) -> HistoryEntry:
    """The entry that explains the task's new status."""
    entry = HistoryEntry.objects.create(
        task=task,
        at=task.status_changed_at,
        actor=actor,
        acted_as=acted_as,
        kind=HistoryEntry.Kind.TRANSITION,
        name=name,
        old_status=before,
        new_status=task.status,
        resolution=task.resolution,
        comment=facts.get("comment") or facts.get("reason") or "",
        details={key: value for key, value in facts.items() if key not in _NOT_DETAILS},
    )
    triggers.after_history(task, entry)
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
    """Any entry that changes no status."""
    entry = HistoryEntry.objects.create(
        task=task,
        actor=actor,
        acted_as=acted_as,
        kind=kind,
        name=name,
        comment=comment,
        details=details,
    )
    triggers.after_history(task, entry)
    return entry
