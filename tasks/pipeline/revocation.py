"""Revoking a document that has been sent to the client."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused, NotReadyYet, Refused
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import AlreadySigned, SigningChannel
from tasks.actions.channel import set_channel
from tasks.actions.document import detach_document
from tasks.channels import RELATIONS, channel_for
from tasks.lifecycle import effects, guards, history, withdrawal
from tasks.lifecycle.guards import SIGNED_BY_CLIENT
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.pipeline.step import NOTHING_TO_RETRY, TaskJobKind, load_task
from tasks.transitions import Actor
from tasks.wording.refusals import explain_refusal

# The client may have to agree to a revocation. After a day the manager sees that it has failed.
AGREEMENT_WAIT = timedelta(days=1)
AGREEMENT_POLL_SECONDS = 300


class RevokeExchange(TaskJobKind):
    """Revokes the document through its channel, then performs the transition that waited for it.

    The task's `withdrawal` says which transition. The payload is a copy of it, for a retry of a
    failed revocation: by then the task no longer has it.
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
        is_too_late = session is not None and session.state in SIGNED_BY_CLIENT
        if session is not None and session.is_live:
            try:
                channel.revoke()
            except AlreadySigned:
                is_too_late = True
        session = channel.session
        needs_client = session is not None and session.is_live and not is_too_late
        with transaction.atomic():
            fresh = lock_task(task.number)
            if not job.complete():
                return
            if needs_client:
                # The request stays on the task: `FollowExchange` asks for the client's answer.
                _record_once(fresh, "revocation_needs_client")
                return
            _clear_withdrawal(fresh)
            if is_too_late:
                _record(fresh, "revocation_too_late")
                effects.enqueue_poll(fresh)
            else:
                _perform_requested(fresh, request)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = lock_task(job.subject)
        request = task.withdrawal
        if request is None:
            return
        _clear_withdrawal(task)
        if isinstance(error, Refused):
            _record(task, "revocation_refused", comment=explain_refusal(error))
        else:
            _record(task, "revocation_failed")
        if request["acted_as"] == Actor.SYSTEM:
            # The client has not answered in time. Nobody else would request the revocation again.
            effects.expire_later(task)

    def retry(self, job: OutboxJob, actor: User) -> None:
        """Requests the same withdrawal again: parking has cleared it."""
        task = lock_task(job.subject)
        request = job.payload
        if not request or task.withdrawal or not withdrawal.is_needed(task):
            raise ActionRefused(NOTHING_TO_RETRY)
        withdrawal.repeat(task, request, actor)
        job.reopen()


def revoke_session(channel: SigningChannel, job: OutboxJob) -> None:
    """Revokes the live session of ``channel``; raises as `SigningChannel.revoke`.

    Raises NotReadyYet while the client has to agree: until then they may still sign.
    """
    channel.revoke()
    if channel.session is not None and channel.session.is_live:
        raise NotReadyYet(
            "The client has to agree to the revocation.",
            seconds=AGREEMENT_POLL_SECONDS,
            until=job.created_at + AGREEMENT_WAIT,
        )


def _clear_withdrawal(task: SigningTask) -> None:
    task.withdrawal = None
    task.save(update_fields=["withdrawal"])


def _perform_requested(task: SigningTask, request: dict[str, Any]) -> None:
    """Performs the transition of ``request`` and what goes with it, if the task still allows it.

    A document whose channel was changed is sent again; what prevents that is shown on the card.
    """
    acting_as = Actor(request["acted_as"])
    user = User.objects.get(pk=request["actor"]) if request["actor"] else None
    if user and request.get("removes_document") and task.status_row.document_replaceable:
        detach_document(task, user)
    if not guards.refusals(task, request["then"], frozenset({acting_as})):
        actor = user or acting_as
        task = perform(
            task.number, request["then"], actor=actor, acting_as=acting_as, **request["facts"]
        )
        if user and (channel := request.get("channel")):
            set_channel(task, Channel(channel), user)
            if not guards.refusals(task, "send_document", frozenset({acting_as}), fresh=True):
                perform(task.number, "send_document", actor=user, acting_as=acting_as)


def _record(task: SigningTask, name: str, comment: str = "") -> None:
    history.record(task, kind=HistoryEntry.Kind.OUTSIDE, name=name, comment=comment)


def _record_once(task: SigningTask, name: str) -> None:
    """Not again while the task waits in the same status: the client is asked about repeatedly."""
    if not task.history.filter(name=name, at__gte=task.status_changed_at).exists():
        _record(task, name)
