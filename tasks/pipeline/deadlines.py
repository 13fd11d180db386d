"""What happens when the client has not answered by a date: a reminder, then the end of the wait."""

from datetime import datetime
from typing import Any

from django.db import transaction

from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import PlainHandler
from tasks.lifecycle import effects, withdrawal
from tasks.lifecycle.perform import locked, perform
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


class Remind(PlainHandler):
    """Reminds the client, if the task still waits for the same answer."""

    def run(self, job: OutboxJob) -> None:
        with transaction.atomic():
            task = locked(job.subject)
            if job.complete() and still_waits(task, job):
                effects.message(task, effects.REMINDERS[Status(task.status)])


class Expire(PlainHandler):
    """The client has not answered in time: the step fails with `no_answer`."""

    def run(self, job: OutboxJob) -> None:
        with transaction.atomic():
            task = locked(job.subject)
            if not job.complete() or not still_waits(task, job):
                return
            facts: dict[str, Any] = {"resolution": Resolution.NO_ANSWER}
            if task.status == Status.IDENTIFICATION_PENDING:
                perform(task.number, "identification_failed", actor=Actor.SYSTEM, **facts)
            elif not task.withdrawal:
                # A document that the client could still sign must not outlive its task's wish.
                withdrawal.request(task, then="signing_failed", actor=Actor.SYSTEM, facts=facts)


def still_waits(task: SigningTask, job: OutboxJob) -> bool:
    """Whether the task is in the very wait that the date was set for."""
    since = datetime.fromisoformat(job.payload["since"])
    return task.status == job.payload["status"] and task.status_changed_at == since
