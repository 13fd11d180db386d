"""Reminders for a client who does not answer, and the expiry of the wait.

These jobs call no outside system. Their payload says which wait they belong to: ``status``, and
``since`` (ISO 8601), the moment when the task entered it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import effects, withdrawal
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import SigningTask
from tasks.pipeline.step import TaskJobKind
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


class Remind(TaskJobKind):
    """Reminds the client if the task still waits for the same answer."""

    kind = "remind"
    title = "Напоминание клиенту"
    system = ""
    caption_when_parked = None  # the task goes on, and only administrators can help

    def run(self, job: OutboxJob) -> None:
        with transaction.atomic():
            task = lock_task(job.subject)
            if job.complete() and _is_same_wait(task, job):
                effects.enqueue_messages(task, effects.REMINDERS[Status(task.status)])


class Expire(TaskJobKind):
    """Ends the wait with the resolution «Клиент не ответил в срок»."""

    kind = "expire"
    title = "Окончание срока ожидания"
    system = ""
    caption_when_parked = None  # the task goes on, and only administrators can help

    def run(self, job: OutboxJob) -> None:
        with transaction.atomic():
            task = lock_task(job.subject)
            if not job.complete() or not _is_same_wait(task, job):
                return
            arguments: dict[str, Any] = {"resolution": Resolution.NO_ANSWER}
            if task.status == Status.IDENTIFICATION_PENDING:
                perform(task.number, "identification_failed", actor=Actor.SYSTEM, **arguments)
            elif task.withdrawal:
                # A revocation is under way. If it fails, this wait must still be ended.
                effects.expire_later(task)
            else:
                # The client could still sign the document, so it is revoked first.
                withdrawal.request(
                    task, then="signing_failed", actor=Actor.SYSTEM, arguments=arguments
                )


def _is_same_wait(task: SigningTask, job: OutboxJob) -> bool:
    """Whether the task is still in the wait that the job belongs to."""
    since = datetime.fromisoformat(job.payload["since"])
    return task.status == job.payload["status"] and task.status_changed_at == since
