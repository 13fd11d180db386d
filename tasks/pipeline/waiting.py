"""Waiting for a person before the document can be sent: the client's consent, our signatory."""

from datetime import timedelta

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.outbox.models import OutboxJob
from tasks import channels
from tasks.channels import channel_for
from tasks.models import SigningTask
from tasks.pipeline.sending import build_send_failure, send
from tasks.pipeline.step import ALL_RELATIONS, DueTransition, Step
from tasks.statuses import Status
from tasks.transitions import Actor

MIN_POLL_SECONDS, MAX_POLL_SECONDS = 3, 30
# The signing service says itself that the time is over; this only ends a wait that it forgot.
GRACE = timedelta(hours=1)


class AwaitConsent(Step):
    """Asks whether the client has accepted our invitation to exchange documents."""

    kind = "await_consent"
    title = "Проверка согласия клиента на обмен"
    system = "edo"
    polls_in = frozenset({Status.CONSENT_PENDING})
    relations = ALL_RELATIONS

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        return _resume_sending(task, "consent_requested", "consent_given", Actor.CLIENT)

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        return build_send_failure(refusal, actor=Actor.CLIENT)


class AwaitConfirmation(Step):
    """Asks the signing service whether the signatory has confirmed the signature.

    Nobody tells us when they do, so it asks every few seconds: the client waits for the document.
    """

    kind = "await_confirmation"
    title = "Проверка подтверждения подписанта"
    system = "signing"
    starts_in = frozenset({Status.CONFIRMATION_PENDING})
    polls_in = frozenset({Status.CONFIRMATION_PENDING})
    relations = ALL_RELATIONS
    failure_transition = "signing_failed"
    retry_transition = "send_document"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        due = _resume_sending(task, "confirmation_requested", "confirmation_given", Actor.SYSTEM)
        session = channels.get_session(task)
        if due or task.withdrawal or session is None:
            return due
        waited = (clock.now() - task.status_changed_at).total_seconds()
        raise NotReadyYet(
            "The signatory has not confirmed yet.",
            seconds=min(max(waited / 10, MIN_POLL_SECONDS), MAX_POLL_SECONDS),
            until=session.waits_until and session.waits_until + GRACE,
        )

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        return build_send_failure(refusal)


def _resume_sending(task: SigningTask, waits: str, done: str, actor: Actor) -> list[DueTransition]:
    """Sends again after a wait: nothing is due while it goes on, ``done`` when it is over.

    ``waits`` is the transition that the wait began with.
    """
    channel = channel_for(task)
    if task.withdrawal or channel.session is None or not channel.session.is_live:
        return []
    due = send(channel, task)
    is_waiting = any(transition.name == waits for transition in due)
    # Another wait begins in «Документ отправлен», whose own step sends once more.
    return [] if is_waiting else [DueTransition(done, actor=actor)]
