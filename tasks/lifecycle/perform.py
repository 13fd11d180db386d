"""The one door through which a task changes its status.

The new status, the history that explains it and the job for the next outside call are one
transaction: a worker that dies anywhere leaves either all of them or none.
"""

from typing import Any

from django.db import connection, transaction

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.outbox import queue
from tasks.lifecycle import effects, guards, history
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.transitions import Actor, Lifecycle

# All that a transition may change: the lifecycle's own columns, and what tells the task's readers.
MOVED = [
    *(column.name for column in Lifecycle._meta.fields),
    "package",
    "updated_at",
]


def perform(
    number: int,
    name: str,
    *,
    actor: User | Actor,
    acting_as: Actor | None = None,
    **facts: Any,
) -> SigningTask:
    """Makes the transition ``name``; returns the task as it is afterwards.

    ``actor`` is a person, or the capacity (system, client) in which a machine speaks. A person's
    capacity follows from his roles; ``acting_as`` sets it where an administrator stands in. A
    step's job is closed in the same transaction by the caller (`tasks.pipeline.step.conclude`).

    Raises ActionRefused with words for the user when the table or a guard does not allow it.
    """
    with transaction.atomic():
        task = lock_task(number)
        perform_locked(task, name, actor=actor, acting_as=acting_as, **facts)
    return task


def perform_locked(
    task: SigningTask,
    name: str,
    *,
    actor: User | Actor,
    acting_as: Actor | None = None,
    **facts: Any,
) -> None:
    """`perform` for one who holds the lock already (`locked`), in his transaction."""
    capacities = _capacities(actor, task, acting_as)
    guards.require(task, name, capacities)
    with queue.batch():
        _move(task, name, actor, capacities, facts)
        effects.after(task, name, facts)
        if following := effects.automatic(task):
            _move(task, following, Actor.SYSTEM, frozenset({Actor.SYSTEM}), {})
            effects.after(task, following, {})


def lock_task(number: int) -> SigningTask:
    """The task, its row locked until the transaction ends. Raises SigningTask.DoesNotExist, and
    TransactionManagementError outside of a transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A lock lasts as long as a transaction.")
    found = _for_update(number=number)
    if not found:
        raise SigningTask.DoesNotExist
    return found[0]


# Compiled: saves 0.9 of 1.2 ms (`scripts/bench compiled`).
@CompiledQuery
def _for_update(number: Parameter) -> SigningTaskQuerySet:
    return SigningTask.objects.select_for_update(of=("self",)).filter(pk=number)


def _capacities(
    actor: User | Actor, task: SigningTask, acting_as: Actor | None
) -> frozenset[Actor]:
    if acting_as is not None:
        return frozenset({acting_as})
    if isinstance(actor, Actor):
        return frozenset({actor})
    return guards.actors_of(actor, task)


def _move(
    task: SigningTask,
    name: str,
    actor: User | Actor,
    capacities: frozenset[Actor],
    facts: dict[str, Any],
) -> None:
    allowed = guards.moves_from(task)[name].actors
    before = task.status
    task.resolution = ""
    task.status_changed_at = task.updated_at = clock.now()
    getattr(task, name)(**facts)
    guards.check_resolution(task.status, task.resolution)
    task.save(update_fields=MOVED)
    history.record_transition(
        task,
        name=name,
        before=before,
        acted_as=min(capacities & allowed),
        actor=actor if isinstance(actor, User) else None,
        facts=facts,
    )
