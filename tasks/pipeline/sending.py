"""Sending the document to the client through the ЭДО operator."""

from django.db import transaction

from archive.files import storage
from clients.gateways.eip import eip
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.outbox.models import OutboxJob
from edo.channels.operator import exchanges
from edo.channels.operator.exchanges import Failure, SendRefusal
from edo.models import Exchange
from tasks.lifecycle import preflight
from tasks.lifecycle.perform import lock_task
from tasks.models import SigningTask
from tasks.pipeline.archiving import SubmitDocumentToArchive
from tasks.pipeline.step import ALL_RELATIONS, DueTransition, Step, failure
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor

# The resolution for a refusal of the operator or of our own pre-flight check.
RESOLUTIONS: dict[str, Resolution] = {
    SendRefusal.CERTIFICATE_INVALID: Resolution.CERTIFICATE_INVALID,
    SendRefusal.KEY_BLOCKED: Resolution.CERTIFICATE_INVALID,
    SendRefusal.KEY_UNKNOWN: Resolution.CERTIFICATE_INVALID,
    SendRefusal.POWER_OF_ATTORNEY_INVALID: Resolution.POWER_OF_ATTORNEY_INVALID,
    Failure.SENDER_SIGNATURE_INVALID: Resolution.CERTIFICATE_INVALID,
    Failure.POWER_OF_ATTORNEY_INVALID: Resolution.POWER_OF_ATTORNEY_INVALID,
}


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

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        if problem := _document_problem(task):
            return [problem]
        verified = task.account_verified_at is not None
        if not verified and not eip().account_belongs(task.account_number, task.client.inn):
            return [failure("signing_failed", Resolution.ACCOUNT_UNVERIFIED)]
        if problem := _party_problem(task):
            return [problem]
        unverified = SigningTask.objects.filter(pk=task.number, account_verified_at=None)
        return [
            DueTransition(
                "send_document", before=lambda: unverified.update(account_verified_at=clock.now())
            )
        ]

    def on_unreachable(self, task: SigningTask, error: Exception) -> DueTransition:
        return failure("signing_failed", Resolution.SERVICE_UNAVAILABLE)


class SendDocument(Step):
    """Signs the PDF and sends it to the client through the operator, with the power of attorney."""

    kind = "send_document"
    title = "Отправка документа"
    system = "edo"
    starts_in = frozenset({Status.DOCUMENT_SENT})
    relations = ALL_RELATIONS
    retry_transition = "send_document"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        version = task.document_version
        if task.withdrawal or version is None or version.pdf is None:
            return []
        exchange = self._exchange(task, version.pdf.sha256, job)
        exchanges.send(exchange=exchange, pdf=storage.read_file(version.pdf))
        return []

    def _exchange(self, task: SigningTask, sha256: str, job: OutboxJob) -> Exchange:
        """The task's exchange for this very document; an older one is revoked first.

        An attempt whose result is unknown is repeated with the same operation id: a new id could
        create a second document at the operator.
        """
        current = task.exchange
        if current is not None and current.is_live:
            if _is_same(current, task, sha256):
                return current
            exchanges.revoke(exchange=current)
        with transaction.atomic():
            fresh = lock_task(task.number)
            if fresh.exchange is not None:
                fresh.past_exchanges.add(fresh.exchange)
            fresh.exchange = exchanges.open_exchange(
                box=task.box,
                signatory=task.signatory,
                recipient_inn=task.client.inn,
                recipient_kpp=task.client.kpp,
                document_sha256=sha256,
                document_number=task.document_number,
                document_kind=task.document_kind,
                file_name=f"{task.document_number}.pdf",
                operation_id=job.key,
            )
            fresh.save(update_fields=["exchange"])
            return fresh.exchange

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        resolution = RESOLUTIONS.get(refusal.code, Resolution.SEND_FAILED)
        return failure("signing_failed", resolution, refusal.message)

    def on_unreachable(self, task: SigningTask, error: Exception) -> DueTransition:
        return failure("signing_failed", Resolution.SERVICE_UNAVAILABLE)


class FollowExchange(Step):
    """Asks the operator for the state of the sent document."""

    kind = "follow_exchange"
    title = "Запрос состояния документа"
    system = "edo"
    polls_in = frozenset({Status.DOCUMENT_SENT, Status.DOCUMENT_SIGNING})
    relations = ALL_RELATIONS

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        exchange = task.exchange
        if exchange is None or not exchange.message_id:
            return []
        state = exchanges.follow(exchange=exchange)
        exchange.refresh_from_db()
        delivery = [DueTransition("document_delivered")]
        # The client may have answered before we heard of the delivery.
        missed = delivery if task.status == Status.DOCUMENT_SENT else []
        match state:
            case Exchange.State.DELIVERED:
                return missed
            case Exchange.State.SIGNED:
                return [*missed, DueTransition("client_signed", actor=Actor.CLIENT)]
            case Exchange.State.REFUSED:
                refusal = failure(
                    "signing_failed",
                    Resolution.CLIENT_REFUSED,
                    exchange.reason,
                    actor=Actor.CLIENT,
                )
                return [*missed, refusal]
            case Exchange.State.FAILED:
                resolution = RESOLUTIONS.get(exchange.failure, Resolution.SEND_FAILED)
                return [failure("signing_failed", resolution, exchange.reason)]
            case Exchange.State.REVOKED if not task.withdrawal:
                return [failure("signing_failed", Resolution.WITHDRAWN)]
            case _:
                return []


def _document_problem(task: SigningTask) -> DueTransition | None:
    version = task.document_version
    if version is not None and version.is_ready and version.archive_code:
        return None
    if version is None or version.state == version.State.FAILED:
        reason = " ".join(map(str, preflight.document_problems(version)))
        return failure("signing_failed", Resolution.SEND_FAILED, reason)
    parked = OutboxJob.objects.parked().filter(
        subject=task.number, kind=SubmitDocumentToArchive.kind
    )
    if version.is_ready and parked.filter(payload__version=version.pk).exists():
        reason = "Электронный архив не принял документ."
        return failure("signing_failed", Resolution.SERVICE_UNAVAILABLE, reason)
    raise NotReadyYet("The document is being converted and archived.")


def _party_problem(task: SigningTask) -> DueTransition | None:
    problems = [
        *preflight.client_problems(task),
        *preflight.signatory_problems(task, fresh=True),
    ]
    if not problems:
        return None
    resolution = RESOLUTIONS.get(problems[0].code, Resolution.SEND_FAILED)
    return failure("signing_failed", resolution, " ".join(p.text for p in problems))


def _is_same(exchange: Exchange, task: SigningTask, sha256: str) -> bool:
    return (
        exchange.document_sha256 == sha256
        and exchange.box_id == task.box_id
        and exchange.signatory_id == task.signatory_id
        and exchange.recipient_inn == task.client.inn
    )
