"""Remote identification of the client's signatory."""

from functools import partial
from pathlib import PurePath

from django.db import transaction

from archive.files import storage
from clients.actions import is_same_identity
from clients.gateways.identity import (
    Applicant,
    Identification,
    IdentificationState,
    RepresentedOrganisation,
    identity,
)
from clients.models import Contact
from econtract.platform.common.errors import NotReadyYet, Refused
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AuthorityDocument, SigningTask
from tasks.pipeline.step import (
    PARTIES,
    DueTransition,
    NotifyingJobKind,
    Step,
    build_failure,
    build_refused,
)
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.transitions import Actor


class StartIdentification(Step):
    """Asks the identification service for a link, which the client then gets by SMS and e-mail."""

    kind = "start_identification"
    title = "Запрос на идентификацию"
    system = "identity"
    starts_in = frozenset({Status.IDENTIFICATION_REQUESTED})
    relations = PARTIES
    failure_transition = "identification_failed"
    retry_transition = "restart_identification"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        invitation = identity().create(_build_applicant(task), idempotency_key=job.key)
        arguments = {"ref": invitation.ref, "link": invitation.link}
        return [DueTransition("identification_started", arguments=arguments)]

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        resolution = Resolution.DATA_MISMATCH
        if refusal.code == Resolution.BLACKLISTED:
            resolution = Resolution.BLACKLISTED
        return build_refused("identification_failed", resolution, refusal)


class FollowIdentification(Step):
    """Asks the identification service for the state of the request."""

    kind = "follow_identification"
    title = "Запрос результата идентификации"
    system = "identity"
    polls_in = frozenset({Status.IDENTIFICATION_PENDING, Status.AUTHORITY_REVIEW})
    relations = PARTIES

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        identification = identity().get(task.identification_ref)
        match identification.state:
            case IdentificationState.PASSED if task.status == Status.IDENTIFICATION_PENDING:
                return [self._on_passed(task, identification)]
            case IdentificationState.DOCUMENTS if task.status == Status.IDENTIFICATION_PENDING:
                return [self._on_documents(task, identification)]
            case IdentificationState.FAILED:
                return [self._on_failed(identification)]
            case _:
                return []

    def _on_passed(self, task: SigningTask, identification: Identification) -> DueTransition:
        resolution = _get_resolution(identification.resolution, Status.IDENTIFIED)
        return DueTransition(
            "identification_passed",
            actor=Actor.CLIENT,
            arguments={"identified_at": identification.identified_at, "resolution": resolution},
            before=partial(_mark_identified, task, identification),
        )

    def _on_documents(self, task: SigningTask, identification: Identification) -> DueTransition:
        files = [
            AuthorityDocument(
                task=task,
                file=storage.store_bytes(document.content, document.content_type),
                file_name=PurePath(document.name).name[:255] or "документ",
                request_ref=identification.ref,
            )
            for document in identification.documents
        ]
        create = partial(AuthorityDocument.objects.bulk_create, files, ignore_conflicts=True)
        return DueTransition(
            "authority_documents_received",
            actor=Actor.CLIENT,
            arguments={"files": [file.file_name for file in files]},
            before=create,
        )

    def _on_failed(self, identification: Identification) -> DueTransition:
        resolution = _get_resolution(identification.resolution, Status.IDENTIFICATION_FAILED)
        return build_failure(
            "identification_failed",
            Resolution(resolution or Resolution.DATA_REFUSED),
            identification.comment,
            actor=Actor.CLIENT,
        )


class AnswerIdentity(NotifyingJobKind):
    """Sends our decision to the identification service.

    Payload: ``answer`` («accept» or «decline» the client's documents, «cancel» the link), ``ref``
    of the request, and for «decline» the ``comment`` for the client.
    """

    kind = "answer_identity"
    title = "Ответ сервису идентификации"
    system = "identity"
    caption_when_parked = "Сервис идентификации не получил наш ответ"

    # The client, or an earlier attempt of ours, was faster: there is nothing left to send.
    TOO_LATE = frozenset({"already_answered", "wrong_state", "not_found"})

    def run(self, job: OutboxJob) -> None:
        try:
            self._send(job)
        except Refused as refusal:
            if refusal.code not in self.TOO_LATE:
                raise
        with transaction.atomic():
            job.complete()

    def _send(self, job: OutboxJob) -> None:
        ref = job.payload["ref"]
        match job.payload["answer"]:
            case "cancel":
                identity().cancel(ref, idempotency_key=job.key)
            case "accept":
                identity().accept(ref, idempotency_key=job.key)
            case "decline":
                comment = job.payload["comment"]
                identity().decline(ref, comment, idempotency_key=job.key)


def _mark_identified(task: SigningTask, identification: Identification) -> None:
    """Stores the identification on the contact, unless it has another name or number by now.

    Raises NotReadyYet when another request has been made since we asked: its answer counts.
    """
    if not SigningTask.objects.filter(pk=task.pk, identification_ref=identification.ref).exists():
        raise NotReadyYet("the request for identification has been replaced")
    contact = Contact.objects.select_for_update().get(pk=task.contact_version.contact_id)
    if is_same_identity(task.contact_version.details, contact.current_version.details):
        contact.identified_at = identification.identified_at
        contact.save(update_fields=["identified_at"])


def _get_resolution(code: str, status: Status) -> str:
    """The service's ``code`` if it is a resolution that ``status`` can have, else ""."""
    return code if code in resolutions_of(status) else ""


def _build_applicant(task: SigningTask) -> Applicant:
    contact, client = task.contact_version, task.client
    organisation = RepresentedOrganisation(client.inn, client.kpp, client.ogrn, client.short_name)
    return Applicant(
        reference=str(task.number),
        surname=contact.surname,
        given_name=contact.given_name,
        patronymic=contact.patronymic,
        phone=contact.phone,
        email=contact.email,
        position=contact.position,
        authority=contact.authority,
        organisation=None if client.signs_in_person else organisation,
    )
