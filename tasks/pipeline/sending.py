"""Sending the document to the client through its signing channel."""

from archive.files import storage
from clients.gateways.eip import eip
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.common.formatting import format_with_zone
from econtract.platform.common.refusals import join_texts
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.leases import fenced_transaction
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import (
    DocumentToSign,
    SessionState,
    SigningChannel,
    SigningSession,
)
from tasks import channels
from tasks.actions.document import find_parked_submission
from tasks.channels import channel_for, resolution_for
from tasks.lifecycle import preflight
from tasks.lifecycle.perform import lock_task
from tasks.models import SigningTask
from tasks.pipeline.revocation import revoke_session
from tasks.pipeline.step import (
    ALL_RELATIONS,
    DueTransition,
    Step,
    build_failure,
    build_refused,
)
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


class PrepareSending(Step):
    """Checks that the document may be sent: archived, account verified, both sides in order.

    The only outside call is the check of the account, if ЕИП could not be reached when the task
    was created.
    """

    kind = "prepare_sending"
    title = "Проверка перед отправкой"
    system = "eip"
    starts_in = frozenset({Status.CABINET_CREATED})
    relations = ALL_RELATIONS
    failure_transition = "signing_failed"
    retry_transition = "send_document"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        if problem := _check_document(task):
            return [problem]
        is_verified = task.account_verified_at is not None
        if not is_verified and not eip().account_belongs(task.account_number, task.client.inn):
            return [build_failure("signing_failed", Resolution.ACCOUNT_UNVERIFIED)]
        if problem := _check_parties(task):
            return [problem]
        tasks = SigningTask.objects.filter(pk=task.number, account_verified_at=None)
        return [
            DueTransition(
                "send_document", before=lambda: tasks.update(account_verified_at=clock.now())
            )
        ]


class SendDocument(Step):
    """Signs the PDF for our side and sends it to the client."""

    kind = "send_document"
    title = "Отправка документа"
    system = "edo"
    starts_in = frozenset({Status.DOCUMENT_SENT})
    relations = ALL_RELATIONS
    failure_transition = "signing_failed"
    retry_transition = "send_document"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        version = task.document_version
        if task.withdrawal or version is None or version.pdf is None:
            return []
        channel = self._open_channel(task, version.pdf.sha256, job)
        due = send(channel, task)
        if not due and channel.session and channel.session.state == SessionState.DELIVERED:
            due = [DueTransition("document_delivered")]
        return due

    def _open_channel(self, task: SigningTask, sha256: str, job: OutboxJob) -> SigningChannel:
        """The channel with a session for exactly this document; an older one is revoked first.

        An attempt whose result is unknown is retried in its own session: a new session could
        send a second document.
        """
        channel = channel_for(task)
        document = DocumentToSign(
            sha256=sha256,
            number=task.document_number,
            kind=task.document_kind_id,
            file_name=f"{task.document_number}.pdf",
            contract_number=task.contract_number,
            contract_date=task.contract_date,
        )
        if channel.session is not None and channel.session.is_live:
            if channel.is_session_for(document):
                return channel
            revoke_session(channel, job)
        with fenced_transaction():
            fresh = lock_task(task.number)
            session = channel.open(document, operation_id=job.key)
            channels.set_session(fresh, session.id)
        return channel

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        return build_send_failure(refusal)


def send(channel: SigningChannel, task: SigningTask) -> list[DueTransition]:
    """Sends the document of ``task``; the transition that is due when a person has to act first.

    Raises as `SigningChannel.send`.
    """
    channel.send(read_pdf(task))
    session = channel.session
    match session and session.state:
        case SessionState.AWAITING_CONSENT:
            name = "consent_requested"
        case SessionState.AWAITING_CONFIRMATION:
            name = "confirmation_requested"
        case _:
            return []
    return [DueTransition(name, arguments={"comment": _describe_wait(session)})]


def _describe_wait(session: SigningSession | None) -> str:
    """What the session waits for and until when, for the history and the banner."""
    if session is None or session.waits_until is None:
        return session.reason if session else ""
    return f"{session.reason} Ждем до {format_with_zone(session.waits_until)}."


def build_send_failure(refusal: Refused, *, actor: Actor = Actor.SYSTEM) -> DueTransition:
    """The transition after the channel has refused to send the document."""
    resolution = resolution_for(refusal.code)
    return build_refused("signing_failed", resolution, refusal, actor=actor)


def read_pdf(task: SigningTask) -> bytes:
    """The document of ``task``. Raises ValueError when there is none."""
    version = task.document_version
    if version is None or version.pdf is None:
        raise ValueError(f"Task {task.number} has no document.")
    return storage.read_file(version.pdf)


def _check_document(task: SigningTask) -> DueTransition | None:
    version = task.document_version
    if version is not None and version.may_be_sent and version.archive_code:
        return None
    if version is not None and version.needs_review:
        return build_failure(
            "signing_failed", Resolution.REVIEW_NEEDED, str(preflight.REVIEW_PENDING)
        )
    if version is None or version.state == version.State.FAILED:
        reason = " ".join(map(str, preflight.document_refusals(version)))
        return build_failure("signing_failed", Resolution.SEND_FAILED, reason)
    if job := find_parked_submission(task):
        return _build_submission_failure(job)
    raise NotReadyYet("The document is being converted and archived.")


def _build_submission_failure(job: OutboxJob) -> DueTransition:
    """The failure of a task whose document could not be put into the archive."""
    if job.error_kind == ErrorKind.REFUSED:
        refusal = Refused(job.error_system, job.error_code)
        return build_refused("signing_failed", Resolution.DOCUMENT_REJECTED, refusal)
    reason = "Электронный архив не отвечал, и документ в него не передан."
    return build_failure("signing_failed", Resolution.SERVICE_UNAVAILABLE, reason)


def _check_parties(task: SigningTask) -> DueTransition | None:
    problems = [
        *preflight.client_refusals(task),
        *preflight.sender_refusals(task, fresh=True),
    ]
    if not problems:
        return None
    return build_failure("signing_failed", resolution_for(problems[0].code), join_texts(problems))
