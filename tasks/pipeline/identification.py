"""Remote identification of the client's signatory, and his cabinet."""

from functools import partial
from pathlib import PurePath

from django.db import transaction

from archive.files import storage
from clients.gateways.identity import Applicant, Identification, Represented, State, identity
from clients.models import Contact
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AuthorityDocument, SigningTask
from tasks.pipeline.step import PARTY, Outcome, Step, TellingHandler, failure
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.transitions import Actor


class StartIdentification(Step):
    """Asks the identification component for a link; the client gets it by SMS and e-mail."""

    serves = frozenset({Status.IDENTIFICATION_REQUESTED})
    looks_at = PARTY
    again = "restart_identification"

    def run(self, task: SigningTask, job: OutboxJob) -> list[Outcome]:
        invitation = identity().create(_applicant(task), idempotency_key=job.key)
        facts = {"ref": invitation.ref, "link": invitation.link}
        return [Outcome("identification_started", facts=facts)]

    def refused(self, task: SigningTask, refusal: Refused) -> Outcome:
        resolution = Resolution.DATA_MISMATCH
        if refusal.code == Resolution.BLACKLISTED:
            resolution = Resolution.BLACKLISTED
        return failure("identification_failed", resolution, refusal.message)

    def spent(self, task: SigningTask, error: Exception) -> Outcome:
        return failure("identification_failed", Resolution.SERVICE_UNAVAILABLE)


class FollowIdentification(Step):
    """Asks what the client has answered. An event of the feed, or the sweep, wakes it."""

    serves = frozenset({Status.IDENTIFICATION_PENDING, Status.AUTHORITY_REVIEW})
    looks_at = PARTY

    def run(self, task: SigningTask, job: OutboxJob) -> list[Outcome]:
        answer = identity().get(task.identification_ref)
        match answer.state:
            case State.PASSED if task.status == Status.IDENTIFICATION_PENDING:
                return [self._passed(task, answer)]
            case State.DOCUMENTS if task.status == Status.IDENTIFICATION_PENDING:
                return [self._documents(task, answer)]
            case State.FAILED:
                return [self._failed(answer)]
            case _:
                return []

    def _passed(self, task: SigningTask, answer: Identification) -> Outcome:
        contact = Contact.objects.filter(pk=task.contact_version.contact_id)
        resolution = _known(answer.resolution, Status.IDENTIFIED)
        return Outcome(
            "identification_passed",
            actor=Actor.CLIENT,
            facts={"identified_at": answer.identified_at, "resolution": resolution},
            also=partial(contact.update, identified_at=answer.identified_at),
        )

    def _documents(self, task: SigningTask, answer: Identification) -> Outcome:
        papers = [
            AuthorityDocument(
                task=task,
                file=storage.store_bytes(paper.content, paper.content_type),
                file_name=PurePath(paper.name).name[:255] or "документ",
                request_ref=answer.ref,
            )
            for paper in answer.documents
        ]
        create = partial(AuthorityDocument.objects.bulk_create, papers, ignore_conflicts=True)
        return Outcome(
            "authority_documents_received",
            actor=Actor.CLIENT,
            facts={"files": [paper.file_name for paper in papers]},
            also=create,
        )

    def _failed(self, answer: Identification) -> Outcome:
        resolution = _known(answer.resolution, Status.IDENTIFICATION_FAILED)
        return failure(
            "identification_failed",
            Resolution(resolution or Resolution.DATA_REFUSED),
            answer.comment,
            actor=Actor.CLIENT,
        )


class AnswerIdentity(TellingHandler):
    """Tells the component what we decided: link dies, papers accepted or declined."""

    # The client, or an earlier attempt of ours, was faster: nothing is left to be told.
    TOO_LATE = frozenset({"already_answered", "wrong_state", "not_found"})

    def run(self, job: OutboxJob) -> None:
        try:
            self._tell(job)
        except Refused as refusal:
            if refusal.code not in self.TOO_LATE:
                raise
        with transaction.atomic():
            job.complete()

    def _tell(self, job: OutboxJob) -> None:
        ref = job.payload["ref"]
        match job.payload["answer"]:
            case "cancel":
                identity().cancel(ref, idempotency_key=job.key)
            case "accept":
                identity().accept(ref, idempotency_key=job.key)
            case "decline":
                comment = job.payload["comment"]
                identity().decline(ref, comment, idempotency_key=job.key)


def _known(resolution: str, status: Status) -> str:
    """A resolution that ``status`` carries, "" for one that it does not know."""
    return resolution if resolution in resolutions_of(status) else ""


def _applicant(task: SigningTask) -> Applicant:
    person, client = task.contact_version, task.client
    represented = Represented(client.inn, client.kpp, client.ogrn, client.short_name)
    return Applicant(
        reference=str(task.number),
        surname=person.surname,
        given_name=person.given_name,
        patronymic=person.patronymic,
        phone=person.phone,
        email=person.email,
        position=person.position,
        authority=person.authority,
        organisation=None if client.signs_in_person else represented,
    )
