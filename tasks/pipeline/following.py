"""Following a sent document: delivered, signed, refused, or open whether the signature is valid."""

from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import SessionState, SigningSession
from tasks.channels import channel_for, resolution_for, sends_own_messages
from tasks.lifecycle import withdrawal
from tasks.models import SigningTask
from tasks.pipeline.sending import read_pdf
from tasks.pipeline.step import ALL_RELATIONS, DueTransition, Step, build_failure
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


class FollowExchange(Step):
    """Asks the channel for the state of the sent document.

    A task whose sending failed without an answer may have a document that the client can sign.
    It is followed as well, and goes on when the client has signed. A signature in review is judged
    again: a missing root or revocation list may have come.
    """

    kind = "follow_exchange"
    title = "Запрос состояния документа"
    system = "edo"
    polls_in = frozenset(
        {
            Status.DOCUMENT_SENT,
            Status.DOCUMENT_SIGNING,
            Status.SIGNATURE_REVIEW,
            Status.SIGNING_FAILED,
        }
    )
    relations = ALL_RELATIONS

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        channel = channel_for(task)
        if channel.session is None:
            return []
        if not channel.session.is_sent:
            if not job.payload.get("is_reported"):
                return []
            # The other side has the document, but its response was lost. The same operation
            # returns that response again.
            channel.send(read_pdf(task))
        session = channel.follow()
        if task.withdrawal:
            # The client may have agreed to a revocation, refused it, or signed.
            with fenced_transaction():
                withdrawal.ask_again(task)
        if task.status == Status.SIGNING_FAILED:
            return _resume_signed(session)
        delivery: list[DueTransition] = []
        if task.status == Status.DOCUMENT_SENT:
            # The client may have answered before we heard of the delivery.
            delivery.append(DueTransition("document_delivered"))
        match session.state:
            case SessionState.DELIVERED:
                return delivery
            case SessionState.SENT if sends_own_messages(task):
                # Its link works without a report of its delivery. One that did not arrive can be
                # sent again only in this status.
                return delivery
            case SessionState.SIGNED:
                return [*delivery, DueTransition("client_signed", actor=Actor.CLIENT)]
            case SessionState.UNVERIFIED if task.status != Status.SIGNATURE_REVIEW:
                return [*delivery, _build_review(session)]
            case SessionState.REFUSED:
                resolution = resolution_for(session.failure_code, Resolution.CLIENT_REFUSED)
                refusal = build_failure(
                    "signing_failed", resolution, session.reason, actor=Actor.CLIENT
                )
                return [*delivery, refusal]
            case SessionState.FAILED:
                resolution = resolution_for(session.failure_code)
                return [build_failure("signing_failed", resolution, session.reason)]
            case SessionState.REVOKED if not task.withdrawal:
                return [build_failure("signing_failed", Resolution.WITHDRAWN)]
            case _:
                return []


def _build_review(session: SigningSession) -> DueTransition:
    return DueTransition("signature_unverified", Actor.CLIENT, {"comment": session.reason})


def _resume_signed(session: SigningSession) -> list[DueTransition]:
    """The transitions of a task in «Ошибка подписания» whose client has signed after all."""
    delivery = [DueTransition("send_document"), DueTransition("document_delivered")]
    match session.state:
        case SessionState.SIGNED:
            return [*delivery, DueTransition("client_signed", actor=Actor.CLIENT)]
        case SessionState.UNVERIFIED:
            return [*delivery, _build_review(session)]
        case _:
            return []
