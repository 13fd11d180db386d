"""Signals for the apps above this one, which it does not import."""

from dataclasses import dataclass, field

from django.dispatch import Signal


@dataclass(frozen=True)
class HandoverResult:
    """What happened to the open tasks of a blocked user.

    ``task_count`` tasks went to the successor. ``failures`` are the others: the Russian sentence
    that says why, by the task's number.
    """

    task_count: int = 0
    failures: dict[int, str] = field(default_factory=dict)


# Sent inside the transaction that blocks ``user``, if a ``successor`` was chosen: receivers hand
# the user's open tasks over on behalf of ``actor`` and return a `HandoverResult`.
user_blocked = Signal()
