"""Making a transition: the only way in which a task changes its status.

The new status, its history entry and the job for the next outside call are one transaction: a
worker that dies anywhere leaves either all of them or none.
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

# The columns that a transition may change.
TRANSITION_FIELDS = [
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
    **arguments: Any,
) -> SigningTask:
    """Makes the transition ``name``; returns the task as it is afterwards.

    ``actor`` is a user, or the capacity (system, client) in which a machine acts. A user's
    capacity follows from their roles; ``acting_as`` overrides it where an administrator stands in
    for somebody. ``arguments`` go to the transition and to the history.

    Raises ActionRefused when the table or a guard does not allow the transition.
    """
    with transaction.atomic():
        task = lock_task(number)
        perform_locked(task, name, actor=actor, acting_as=acting_as, **arguments)
    return task


def perform_locked(
    task: SigningTask,
    name: str,
    *,
    actor: User | Actor,
    acting_as: Actor | None = None,
    **arguments: Any,
) -> None:
    """`perform` on a task that the caller has locked with `lock_task`, in the same transaction."""
    capacities = _actors_for(actor, task, acting_as)
    guards.require(task, name, capacities)
    with queue.batch():
        _make_transition(task, name, actor, capacities, arguments)
        effects.enqueue_effects(task, name, arguments)
        if next_name := effects.get_automatic_transition(task):
            _make_transition(task, next_name, Actor.SYSTEM, frozenset({Actor.SYSTEM}), {})
            effects.enqueue_effects(task, next_name, {})


def lock_task(number: int) -> SigningTask:
    """The task, its row locked until the end of the transaction.

    Raises SigningTask.DoesNotExist, and TransactionManagementError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "lock_task() needs a transaction: its end releases the lock."
        )
    tasks = _for_update(number=number)
    if not tasks:
        raise SigningTask.DoesNotExist
    return tasks[0]


# Compiled: saves 0.9 of 1.2 ms (`scripts/bench compiled`).
@CompiledQuery
def _for_update(number: Parameter) -> SigningTaskQuerySet:
    return SigningTask.objects.select_for_update(of=("self",)).filter(pk=number)


def _actors_for(
    actor: User | Actor, task: SigningTask, acting_as: Actor | None
) -> frozenset[Actor]:
    if acting_as is not None:
        return frozenset({acting_as})
    if isinstance(actor, Actor):
        return frozenset({actor})
    return guards.actors_of(actor, task)


def _make_transition(
    task: SigningTask,
    name: str,
    actor: User | Actor,
    capacities: frozenset[Actor],
    arguments: dict[str, Any],
) -> None:
    possible_actors = guards.transitions_from(task)[name].actors
    old_status = task.status
    task.resolution = ""
    task.status_changed_at = task.updated_at = clock.now()
    getattr(task, name)(**arguments)
    guards.check_resolution(task.status, task.resolution)
    task.save(update_fields=TRANSITION_FIELDS)
    history.record_transition(
        task,
        name=name,
        old_status=old_status,
        acted_as=min(capacities & possible_actors),
        actor=actor if isinstance(actor, User) else None,
        arguments=arguments,
    )
