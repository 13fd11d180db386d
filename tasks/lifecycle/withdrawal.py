"""Withdrawing a sent document: the operator revokes it first, then the task changes.

A client must never be able to sign a document whose task is cancelled. So the request is kept on
the task, and carried out only when the operator has confirmed the revocation.
"""

from typing import Any

from accounts.models import User
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from tasks import channels
from tasks.lifecycle import history
from tasks.models import HistoryEntry, SigningTask
from tasks.transitions import Actor

KIND = "revoke_exchange"


def is_needed(task: SigningTask) -> bool:
    """Whether the client may still sign a document of this task."""
    session = channels.get_session(task)
    return session is not None and session.is_live


def request(
    task: SigningTask,
    *,
    then: str,
    actor: User | Actor,
    arguments: dict[str, Any],
    removes_document: bool = False,
    channel: str = "",
) -> None:
    """Requests the revocation; the transition ``then`` follows when the operator has confirmed it.

    With ``removes_document`` the document is removed from the task at that moment, too: until
    then the client can sign it, and it is the task's document. With a ``channel`` the task is
    signed through it from that moment on, and the document is sent again. The caller holds the
    task's lock and has asked the guards about ``then``.
    """
    person = actor if isinstance(actor, User) else None
    acted_as = Actor.MANAGER if person else Actor(str(actor))
    task.withdrawal = {
        "then": then,
        "facts": arguments,
        "actor": person.pk if person else None,
        "acted_as": acted_as,
        "removes_document": removes_document,
        "channel": channel,
    }
    task.save(update_fields=["withdrawal"])
    queue.enqueue(kind=KIND, subject=task.number, queue_key=task.queue_key, payload=task.withdrawal)
    _record(task, then, person, acted_as)


def ask_again(task: SigningTask) -> None:
    """Asks for the client's answer to a revocation that needs it, unless a job does already.

    The caller holds a transaction; does nothing without a request.
    """
    jobs = OutboxJob.objects.open().filter(subject=task.number, kind=KIND)
    if task.withdrawal and not jobs.exists():
        queue.enqueue(
            kind=KIND, subject=task.number, queue_key=task.queue_key, payload=task.withdrawal
        )


def repeat(task: SigningTask, request: dict[str, Any], actor: User) -> None:
    """Requests a withdrawal again that the operator has not confirmed.

    ``request`` is what `request` has stored in the job. The caller holds the task's lock and
    reopens the job.
    """
    task.withdrawal = request
    task.save(update_fields=["withdrawal"])
    _record(task, request["then"], actor, Actor.SUPPORT)


def _record(task: SigningTask, then: str, person: User | None, acted_as: Actor) -> None:
    history.record(
        task,
        kind=HistoryEntry.Kind.OUTSIDE,
        name="revocation_requested",
        actor=person,
        acted_as=acted_as,
        then=then,
    )
