"""What a transition sets in motion, written in its own transaction.

Everything here is a job in the outbox: the next step, messages to the client, things to do at a
date. Nothing here calls an outside system.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from econtract.platform.common import clock
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import guards, steps
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor

EXPIRY_RETRY_DELAY = timedelta(hours=1)
REMINDERS = {
    Status.IDENTIFICATION_PENDING: "identification_reminder",
    Status.DOCUMENT_SIGNING: "signing_reminder",
}


def after(task: SigningTask, name: str, facts: dict[str, Any]) -> None:
    """Enqueues what the transition ``name`` into the present status calls for."""
    if kind := steps.starting_job(Status(task.status)):
        queue.enqueue(kind=kind, subject=task.number, queue_key=task.queue_key)
    if effect := EFFECTS.get(name):
        effect(task, facts)


def automatic(task: SigningTask) -> str | None:
    """The transition that the system makes at once, if its guards let it.

    The seamless process goes on by itself unless the client left a resolution to be read.
    """
    if task.status != Status.IDENTIFIED or not task.seamless or task.resolution:
        return None
    return (
        None
        if guards.refusals(task, "proceed", frozenset({Actor.SYSTEM}), fresh=True)
        else "proceed"
    )


def enqueue_poll(task: SigningTask, *, is_reported: bool = False) -> None:
    """Has the outside system asked for the state of this task, unless a job is waiting already.

    ``is_reported``: it has told us that there is something to ask about.
    """
    kind = steps.polling_job(Status(task.status))
    if kind is None:
        return
    waiting = OutboxJob.objects.open().filter(
        subject=task.number, kind=kind, lease_until__isnull=True
    )
    payload = {"is_reported": True} if is_reported else {}
    is_waiting = waiting.update(payload=payload) if is_reported else waiting.exists()
    if not is_waiting:
        queue.enqueue(kind=kind, subject=task.number, queue_key=task.queue_key, payload=payload)


def message(task: SigningTask, template: str, **values: Any) -> None:
    """An SMS and an e-mail to the client, in the words of `tasks.wording.messages`."""
    for channel in ("sms", "email"):
        queue.enqueue(
            kind="send_message",
            subject=task.number,
            queue_key=f"{task.queue_key}:{channel}",
            payload={"channel": channel, "template": template, **values},
        )


def submit_document_to_archive(task: SigningTask) -> None:
    """Enqueues the submission of the current document version to the region's archive."""
    version = task.document_version
    if version is not None:
        queue.enqueue(
            kind="submit_document_to_archive",
            subject=task.number,
            queue_key=f"{task.queue_key}:document",
            payload={"version": version.pk},
        )


def _wait(task: SigningTask, days: int) -> None:
    """Rows with dates: reminders, and the end of patience."""
    since, payload = task.status_changed_at, _wait_payload(task)
    for reminder in settings.REMINDER_DAYS:
        queue.enqueue(
            kind="remind",
            subject=task.number,
            queue_key=f"{task.queue_key}:remind:{reminder}",
            payload=payload,
            due_at=since + timedelta(days=reminder),
        )
    _expire_at(task, since + timedelta(days=days))


def expire_later(task: SigningTask) -> None:
    """Ends the present wait in an hour: its time is over, but that could not be done now."""
    _expire_at(task, clock.now() + EXPIRY_RETRY_DELAY)


def _expire_at(task: SigningTask, due_at: datetime) -> None:
    queue.enqueue(
        kind="expire",
        subject=task.number,
        queue_key=f"{task.queue_key}:expire",
        payload=_wait_payload(task),
        due_at=due_at,
    )


def _wait_payload(task: SigningTask) -> dict[str, str]:
    """Which wait a job belongs to: it does nothing in another one."""
    return {"status": task.status, "since": task.status_changed_at.isoformat()}


def _submitted(task: SigningTask, facts: dict[str, Any]) -> None:
    submit_document_to_archive(task)


def _identification_started(task: SigningTask, facts: dict[str, Any]) -> None:
    message(task, "identification_link")
    _wait(task, settings.IDENTIFICATION_DAYS)


def _authority_declined(task: SigningTask, facts: dict[str, Any]) -> None:
    _answer_identity(task, "decline", comment=facts["comment"])
    message(task, "authority_declined", comment=facts["comment"])
    _wait(task, settings.IDENTIFICATION_DAYS)


def _authority_confirmed(task: SigningTask, facts: dict[str, Any]) -> None:
    _answer_identity(task, "accept")


def _identification_over(task: SigningTask, facts: dict[str, Any]) -> None:
    if task.identification_ref:
        _answer_identity(task, "cancel")


def _answer_identity(task: SigningTask, answer: str, **values: str) -> None:
    queue.enqueue(
        kind="answer_identity",
        subject=task.number,
        queue_key=f"{task.queue_key}:identity",
        payload={"answer": answer, "ref": task.identification_ref, **values},
    )


def _delivered(task: SigningTask, facts: dict[str, Any]) -> None:
    message(task, "document_delivered")
    _wait(task, settings.SIGNING_DAYS)


EFFECTS: dict[str, Callable[[SigningTask, dict[str, Any]], None]] = {
    "submit": _submitted,
    "identification_started": _identification_started,
    "decline_authority": _authority_declined,
    "confirm_authority": _authority_confirmed,
    "identification_failed": _identification_over,
    "restart_identification": _identification_over,
    "cancel": _identification_over,
    "document_delivered": _delivered,
}
