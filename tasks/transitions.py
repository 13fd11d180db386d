"""The transition table of `tasks/data/transitions.csv` in code.

A transition sets columns of its own row and nothing else. Only `tasks.lifecycle.perform` calls it:
that checks the guards first, then writes the history and enqueues jobs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import TextChoices
from django_fsm import RETURN_VALUE, FSMField, transition

from econtract.platform.common import clock
from tasks.statuses import Resolution, Status, resolution_choices, status_choices

Method = TypeVar("Method", bound=Callable[..., Any])

NEW = ""


class Actor(TextChoices):
    """The capacity in which somebody acts on a task."""

    MANAGER = "manager", "Менеджер"
    APPROVER = "approver", "Согласующий"
    CLIENT = "client", "Клиент"
    SYSTEM = "system", "Система"
    SUPPORT = "support", "Техподдержка"


def actor_transition(source: list[str], target: Any, *actors: Actor) -> Callable[[Method], Method]:
    """Declares a transition of the status field that ``actors`` may make."""
    return transition(field="status", source=source, target=target, custom={"actors": actors})


# A client's signature in review is not among them: it may be valid.
BEFORE_SIGNED: list[str] = [
    Status.ON_APPROVAL,
    Status.APPROVAL_REJECTED,
    Status.IDENTIFICATION_REQUESTED,
    Status.IDENTIFICATION_PENDING,
    Status.AUTHORITY_REVIEW,
    Status.IDENTIFIED,
    Status.IDENTIFICATION_FAILED,
    Status.CABINET_REQUESTED,
    Status.CABINET_FAILED,
    Status.CABINET_CREATED,
    Status.DOCUMENT_SENT,
    Status.CONSENT_PENDING,
    Status.CONFIRMATION_PENDING,
    Status.DOCUMENT_SIGNING,
    Status.SIGNING_FAILED,
]


class Lifecycle(models.Model):
    """The status of a task and its transitions, without effects outside the row."""

    status = FSMField("Статус", default=NEW, choices=status_choices, protected=True, editable=False)
    resolution = models.CharField(
        "Резолюция", max_length=40, choices=resolution_choices, blank=True
    )
    status_changed_at = models.DateTimeField("Статус с", default=clock.now)
    approval_needed = models.BooleanField("Нужно согласование", default=False)
    approved = models.BooleanField("Согласовано", default=False)
    identified_at = models.DateTimeField("Идентификация пройдена", null=True)
    identification_ref = models.CharField("Запрос идентификации", max_length=100, blank=True)
    identification_link = models.CharField(max_length=500, blank=True)
    cabinet_ref = models.CharField("ЛК клиента", max_length=100, blank=True)
    completed_at = models.DateTimeField("Завершено", null=True)

    package_id: int | None

    class Meta:
        abstract = True

    @actor_transition(
        [NEW],
        RETURN_VALUE(Status.ON_APPROVAL, Status.IDENTIFICATION_REQUESTED, Status.CABINET_REQUESTED),
        Actor.MANAGER,
    )
    def submit(self, *, identified_at: datetime | None = None) -> Status:
        """Start the created task.

        It goes to approval if `approval_needed`, past identification if the contact was identified
        recently enough (``identified_at``) and the process is seamless, else to identification.
        """
        self.identified_at = identified_at
        if self.approval_needed:
            return Status.ON_APPROVAL
        if identified_at is not None:
            return Status.CABINET_REQUESTED
        return Status.IDENTIFICATION_REQUESTED

    @actor_transition([Status.ON_APPROVAL], Status.IDENTIFICATION_REQUESTED, Actor.APPROVER)
    def approve(self, *, comment: str = "") -> None:
        """A team leader approves the task."""
        self.approved = True

    @actor_transition([Status.ON_APPROVAL], Status.APPROVAL_REJECTED, Actor.APPROVER)
    def reject_approval(self, *, comment: str) -> None:
        """A team leader sends the task back; the comment says why."""

    @actor_transition([Status.APPROVAL_REJECTED], Status.ON_APPROVAL, Actor.MANAGER)
    def resubmit(self, *, comment: str = "") -> None:
        """The manager asks for approval again."""

    @actor_transition(
        [Status.IDENTIFICATION_REQUESTED], Status.IDENTIFICATION_PENDING, Actor.SYSTEM
    )
    def identification_started(self, *, ref: str, link: str) -> None:
        """The identification request exists; its link goes to the client."""
        self.identification_ref = ref
        self.identification_link = link

    @actor_transition([Status.IDENTIFICATION_PENDING], Status.AUTHORITY_REVIEW, Actor.CLIENT)
    def authority_documents_received(self, *, files: list[str]) -> None:
        """The client has sent documents that confirm their authority."""

    @actor_transition([Status.AUTHORITY_REVIEW], Status.IDENTIFIED, Actor.MANAGER)
    def confirm_authority(self, *, comment: str = "") -> None:
        """The manager accepts them."""
        self.identified_at = clock.now()

    @actor_transition([Status.AUTHORITY_REVIEW], Status.IDENTIFICATION_PENDING, Actor.MANAGER)
    def decline_authority(self, *, comment: str) -> None:
        """The manager asks for other documents; the client is notified."""
        self.resolution = Resolution.AUTHORITY_PENDING

    @actor_transition([Status.IDENTIFICATION_PENDING], Status.IDENTIFIED, Actor.CLIENT)
    def identification_passed(self, *, identified_at: datetime, resolution: str = "") -> None:
        """The client has confirmed their identity."""
        self.identified_at = identified_at
        self.resolution = resolution

    @actor_transition(
        [
            Status.IDENTIFICATION_REQUESTED,
            Status.IDENTIFICATION_PENDING,
            Status.AUTHORITY_REVIEW,
        ],
        Status.IDENTIFICATION_FAILED,
        Actor.CLIENT,
        Actor.SYSTEM,
    )
    def identification_failed(
        self, *, resolution: str, comment: str = "", outside_code: str = ""
    ) -> None:
        """The client refused, did not answer, or could not be reached."""
        self.resolution = resolution

    @actor_transition(
        [
            Status.IDENTIFICATION_PENDING,
            Status.AUTHORITY_REVIEW,
            Status.IDENTIFIED,
            Status.IDENTIFICATION_FAILED,
            Status.CABINET_FAILED,
            Status.SIGNING_FAILED,
            Status.APPROVAL_REJECTED,
        ],
        Status.IDENTIFICATION_REQUESTED,
        Actor.MANAGER,
    )
    def restart_identification(self, *, comment: str = "") -> None:
        """A new request is made. The old link stays valid until the new one exists."""
        self.identified_at = None

    @actor_transition([Status.IDENTIFIED], Status.CABINET_REQUESTED, Actor.SYSTEM, Actor.MANAGER)
    def proceed(self) -> None:
        """Go on to the cabinet: automatically if seamless, else by «Продолжить»."""

    @actor_transition([Status.CABINET_REQUESTED], Status.CABINET_CREATED, Actor.SYSTEM)
    def cabinet_created(self, *, ref: str) -> None:
        """The client's cabinet exists."""
        self.cabinet_ref = ref

    @actor_transition([Status.CABINET_REQUESTED], Status.CABINET_FAILED, Actor.SYSTEM)
    def cabinet_failed(self, *, resolution: str, comment: str = "", outside_code: str = "") -> None:
        """The cabinet service refused, or did not answer."""
        self.resolution = resolution

    @actor_transition([Status.CABINET_FAILED], Status.CABINET_REQUESTED, Actor.MANAGER)
    def retry_cabinet(self) -> None:
        """Create it again, with the current data."""

    @actor_transition(
        [Status.CABINET_CREATED, Status.SIGNING_FAILED],
        Status.DOCUMENT_SENT,
        Actor.SYSTEM,
        Actor.MANAGER,
    )
    def send_document(self) -> None:
        """The document goes to the operator; the guards have checked that it may."""

    @actor_transition([Status.DOCUMENT_SENT], Status.CONSENT_PENDING, Actor.SYSTEM)
    def consent_requested(self, *, comment: str = "") -> None:
        """The client must accept our invitation before anything can be sent to them."""

    @actor_transition([Status.CONSENT_PENDING], Status.DOCUMENT_SENT, Actor.CLIENT)
    def consent_given(self) -> None:
        """The client has accepted: the sending goes on."""

    @actor_transition([Status.DOCUMENT_SENT], Status.CONFIRMATION_PENDING, Actor.SYSTEM)
    def confirmation_requested(self, *, comment: str = "") -> None:
        """The signatory must confirm the signature before anything can be sent."""

    @actor_transition([Status.CONFIRMATION_PENDING], Status.DOCUMENT_SENT, Actor.SYSTEM)
    def confirmation_given(self) -> None:
        """The signatory has confirmed: the sending goes on."""

    @actor_transition([Status.DOCUMENT_SENT], Status.DOCUMENT_SIGNING, Actor.SYSTEM)
    def document_delivered(self) -> None:
        """Our signature and power of attorney are attached and the client has the document."""

    @actor_transition(
        [Status.DOCUMENT_SIGNING, Status.SIGNATURE_REVIEW], Status.DOCUMENT_SIGNED, Actor.CLIENT
    )
    def client_signed(self) -> None:
        """The client's signature has arrived and is valid."""

    @actor_transition([Status.DOCUMENT_SIGNING], Status.SIGNATURE_REVIEW, Actor.CLIENT)
    def signature_unverified(self, *, comment: str = "") -> None:
        """The client's signature has arrived, but it is open whether it is valid."""

    @actor_transition([Status.SIGNATURE_REVIEW], Status.DOCUMENT_SIGNED, Actor.SUPPORT)
    def accept_signature(self, *, comment: str) -> None:
        """An administrator takes the client's signature as valid; the comment says why."""

    @actor_transition([Status.SIGNATURE_REVIEW], Status.SIGNING_FAILED, Actor.SUPPORT)
    def refuse_signature(self, *, comment: str) -> None:
        """An administrator takes the client's signature as invalid; the comment says why."""
        self.resolution = Resolution.CLIENT_SIGNATURE_INVALID

    @actor_transition(
        [
            Status.DOCUMENT_SENT,
            Status.CONSENT_PENDING,
            Status.CONFIRMATION_PENDING,
            Status.DOCUMENT_SIGNING,
            Status.SIGNATURE_REVIEW,
            Status.CABINET_CREATED,
        ],
        Status.SIGNING_FAILED,
        Actor.CLIENT,
        Actor.SYSTEM,
        Actor.MANAGER,
    )
    def signing_failed(self, *, resolution: str, comment: str = "", outside_code: str = "") -> None:
        """The document will not be signed as things stand; the resolution says why."""
        self.resolution = resolution
        if resolution == Resolution.WRONG_NUMBER:
            # Whoever was identified has not this phone.
            self.identified_at = None

    @actor_transition([Status.DOCUMENT_SIGNED], Status.COMPLETED, Actor.SYSTEM)
    def archived(self, *, package: int | None) -> None:
        """The package (its primary key) is in the archive and on the task."""
        self.package_id = package
        self.completed_at = clock.now()

    @actor_transition([Status.DOCUMENT_SIGNED], Status.ARCHIVE_FAILED, Actor.SYSTEM)
    def archive_failed(self, *, resolution: str, comment: str = "", outside_code: str = "") -> None:
        """The archive did not accept the package."""
        self.resolution = resolution

    @actor_transition([Status.ARCHIVE_FAILED], Status.DOCUMENT_SIGNED, Actor.MANAGER, Actor.SUPPORT)
    def retry_archive(self) -> None:
        """Submit the package to the archive again."""

    @actor_transition(BEFORE_SIGNED, Status.CANCELLED, Actor.MANAGER)
    def cancel(self, *, reason: str) -> None:
        """The task ends unsigned; a sent document has been revoked before."""
        self.completed_at = clock.now()
