"""Revoking a document that has been sent to the client."""

from typing import Any

from django.db import transaction

from accounts.models import User
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import AlreadySigned, SessionState
from tasks.channels import RELATIONS, channel_for
from tasks.lifecycle import effects, guards, history, withdrawal
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import HistoryEntry, SigningTask
from tasks.pipeline.step import TaskJobKind, load_task
from tasks.transitions import Actor


class RevokeExchange(TaskJobKind):
    """Revokes the document through its channel, then performs the transition that waited for it.

    The task's `withdrawal` says which transition; the payload is empty.
    """

    kind = withdrawal.KIND
    title = "Отзыв документа"
    system = "edo"
    caption_when_parked = "Оператор ЭДО не отозвал документ"

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject, "client", *RELATIONS)
        request = task.withdrawal
        if request is None:
            job.complete()
            return
        channel = channel_for(task)
        session = channel.session
        too_late = session is not None and session.state == SessionState.SIGNED
        if session is not None and session.is_live:
            try:
                channel.revoke()
            except AlreadySigned:
                too_late = True
        with transaction.atomic():
            fresh = lock_task(task.number)
            if not job.complete():
                return
            _clear_withdrawal(fresh)
            if too_late:
                _record(fresh, "revocation_too_late")
                effects.enqueue_poll(fresh)
            elif not guards.refusals(
                fresh, request["then"], frozenset({Actor(request["acted_as"])})
            ):
                _perform_requested(fresh, request)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = lock_task(job.subject)
        if task.withdrawal:
            _clear_withdrawal(task)
            _record(task, "revocation_failed")

    def retry(self, job: OutboxJob, actor: User) -> None:
        """Only closes the job: parking cleared the withdrawal, so a person requests it again."""
        OutboxJob.objects.parked().filter(pk=job.pk).update(state=OutboxJob.State.DONE)


def _clear_withdrawal(task: SigningTask) -> None:
    task.withdrawal = None
    task.save(update_fields=["withdrawal"])


def _perform_requested(task: SigningTask, request: dict[str, Any]) -> None:
    actor: User | Actor = Actor(request["acted_as"])
    if request["actor"]:
        actor = User.objects.get(pk=request["actor"])
    perform(
        task.number,
        request["then"],
        actor=actor,
        acting_as=Actor(request["acted_as"]),
        **request["facts"],
    )


def _record(task: SigningTask, name: str) -> None:
    history.record(task, kind=HistoryEntry.Kind.OUTSIDE, name=name)
