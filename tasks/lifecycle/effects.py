"""The outbox jobs that a transition causes, written in its transaction.

The next step, messages to the client, reminders, and the end of a wait. Nothing here calls an
outside system.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from tasks import channels
from tasks.lifecycle import guards, steps
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor

SUBMIT_DOCUMENT = "submit_document_to_archive"
EXPIRY_RETRY_DELAY = timedelta(hours=1)
LINK_TEMPLATES = frozenset({"document_delivered", "signing_reminder"})
REMINDERS = {
    Status.IDENTIFICATION_PENDING: "identification_reminder",
    Status.CONSENT_PENDING: "consent_reminder",
    Status.DOCUMENT_SIGNING: "signing_reminder",
}


def enqueue_effects(task: SigningTask, name: str, arguments: dict[str, Any]) -> None:
    """Enqueues the jobs of the transition ``name``, which has just been made."""
    if kind := steps.get_starting_job(Status(task.status)):
        queue.enqueue(kind=kind, subject=task.number, queue_key=task.queue_key)
    if effect := EFFECTS.get(name):
        effect(task, arguments)


def get_automatic_transition(task: SigningTask) -> str | None:
    """The transition that the system makes next without being asked, if its guards allow it.

    The seamless process goes on by itself, unless the client's answer has a resolution that the
    manager must read.
    """
    if task.status != Status.IDENTIFIED or not task.seamless or task.resolution:
        return None
    return (
        None
        if guards.refusals(task, "proceed", frozenset({Actor.SYSTEM}), fresh=True)
        else "proceed"
    )


def enqueue_poll(task: SigningTask, *, is_reported: bool = False) -> None:
    """Enqueues the step that asks the outside system about this task, unless one is waiting.

    ``is_reported``: an event of the other side says that there is something to ask about.
    """
    kind = steps.get_polling_job(Status(task.status))
    if kind is None:
        return
    waiting = OutboxJob.objects.open().filter(
        subject=task.number, kind=kind, lease_until__isnull=True
    )
    payload = {"is_reported": True} if is_reported else {}
    is_waiting = waiting.update(payload=payload) if is_reported else waiting.exists()
    if not is_waiting:
        queue.enqueue(kind=kind, subject=task.number, queue_key=task.queue_key, payload=payload)


def enqueue_messages(task: SigningTask, template: str, **values: Any) -> None:
    """Enqueues an SMS and an e-mail to the client with a text of `tasks.wording.messages`.

    A channel that sends links of its own has told the client about the document already; its
    reminder is a new link.
    """
    if channels.sends_own_messages(task) and template in LINK_TEMPLATES:
        if template == REMINDERS[Status.DOCUMENT_SIGNING]:
            enqueue_link(task)
        return
    for channel in ("sms", "email"):
        queue.enqueue(
            kind="send_message",
            subject=task.number,
            queue_key=f"{task.queue_key}:{channel}",
            payload={"channel": channel, "template": template, **values},
        )


def enqueue_link(task: SigningTask, by: SentMessage.Channel = SentMessage.Channel.SMS) -> None:
    """Enqueues a new link of a channel that sends links of its own."""
    queue.enqueue(
        kind="send_signing_link",
        subject=task.number,
        queue_key=f"{task.queue_key}:sms",
        payload={"channel": by},
    )


def submit_document_to_archive(task: SigningTask) -> None:
    """Enqueues the submission of the current document version to the region's archive."""
    version = task.document_version
    if version is not None:
        queue.enqueue(
            kind=SUBMIT_DOCUMENT,
            subject=task.number,
            queue_key=f"{task.queue_key}:document",
            payload={"version": version.pk},
        )


def _schedule_wait(task: SigningTask, days: int) -> None:
    """Schedules the reminders and the expiry of a wait of ``days`` days."""
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


def _on_submit(task: SigningTask, arguments: dict[str, Any]) -> None:
    submit_document_to_archive(task)


def _on_identification_started(task: SigningTask, arguments: dict[str, Any]) -> None:
    enqueue_messages(task, "identification_link")
    _schedule_wait(task, settings.IDENTIFICATION_DAYS)


def _on_authority_declined(task: SigningTask, arguments: dict[str, Any]) -> None:
    _enqueue_identity_answer(task, "decline", comment=arguments["comment"])
    enqueue_messages(task, "authority_declined", comment=arguments["comment"])
    _schedule_wait(task, settings.IDENTIFICATION_DAYS)


def _on_authority_confirmed(task: SigningTask, arguments: dict[str, Any]) -> None:
    _enqueue_identity_answer(task, "accept")


def _cancel_identification(task: SigningTask, arguments: dict[str, Any]) -> None:
    if task.identification_ref:
        _enqueue_identity_answer(task, "cancel")


def _enqueue_identity_answer(task: SigningTask, answer: str, **values: str) -> None:
    queue.enqueue(
        kind="answer_identity",
        subject=task.number,
        queue_key=f"{task.queue_key}:identity",
        payload={"answer": answer, "ref": task.identification_ref, **values},
    )


def _on_consent_requested(task: SigningTask, arguments: dict[str, Any]) -> None:
    enqueue_messages(task, "consent_requested")
    _schedule_wait(task, settings.SIGNING_DAYS)


def _on_delivery(task: SigningTask, arguments: dict[str, Any]) -> None:
    enqueue_messages(task, "document_delivered")
    _schedule_wait(task, settings.SIGNING_DAYS)


EFFECTS: dict[str, Callable[[SigningTask, dict[str, Any]], None]] = {
    "submit": _on_submit,
    "identification_started": _on_identification_started,
    "decline_authority": _on_authority_declined,
    "confirm_authority": _on_authority_confirmed,
    "identification_failed": _cancel_identification,
    "restart_identification": _cancel_identification,
    "cancel": _cancel_identification,
    "consent_requested": _on_consent_requested,
    "document_delivered": _on_delivery,
}
