"""The transition table of `tasks/data/transitions.csv` in code.

A transition sets fields of its own row and nothing else. Nobody calls one but the door
(`tasks.lifecycle.perform.perform`), which asks the guards first, and records and enqueues after.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import TextChoices
from django_fsm import RETURN_VALUE, FSMField, transition

from econtract.platform.common import clock
from tasks.statuses import Resolution, Status, resolution_choices, status_choices

Body = TypeVar("Body", bound=Callable[..., Any])

NEW = ""


class Actor(TextChoices):
    """In what capacity somebody acts on a task."""

    MANAGER = "manager", "Менеджер"
    APPROVER = "approver", "Согласующий"
    CLIENT = "client", "Клиент"
    SYSTEM = "system", "Система"
    SUPPORT = "support", "Техподдержка"


def moves(source: list[str], target: Any, *actors: Actor) -> Callable[[Body], Body]:
    """A transition of the status field that ``actors`` may start."""
    return transition(field="status", source=source, target=target, custom={"actors": actors})


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
    Status.DOCUMENT_SIGNING,
    Status.SIGNING_FAILED,
]


class Lifecycle(models.Model):
    """The status of a task and its transitions. Effects outside the row are the door's."""

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

    @moves(
        [NEW],
        RETURN_VALUE(Status.ON_APPROVAL, Status.IDENTIFICATION_REQUESTED, Status.CABINET_REQUESTED),
        Actor.MANAGER,
    )
    def submit(self, *, identified_at: datetime | None = None) -> Status:
        """The created task starts its course.

        To approval when `approval_needed`; past identification when the contact was identified
        recently enough (``identified_at``) and the process is seamless; else to identification.
        """
        self.identified_at = identified_at
        if self.approval_needed:
            return Status.ON_APPROVAL
        if identified_at is not None:
            return Status.CABINET_REQUESTED
        return Status.IDENTIFICATION_REQUESTED

    @moves([Status.ON_APPROVAL], Status.IDENTIFICATION_REQUESTED, Actor.APPROVER)
    def approve(self, *, comment: str = "") -> None:
        """A head lets the task go on."""
        self.approved = True

    @moves([Status.ON_APPROVAL], Status.APPROVAL_REJECTED, Actor.APPROVER)
    def reject_approval(self, *, comment: str) -> None:
        """A head sends the task back; the comment says why."""

    @moves([Status.APPROVAL_REJECTED], Status.ON_APPROVAL, Actor.MANAGER)
    def resubmit(self, *, comment: str = "") -> None:
        """The manager asks for approval again."""

    @moves([Status.IDENTIFICATION_REQUESTED], Status.IDENTIFICATION_PENDING, Actor.SYSTEM)
    def identification_started(self, *, ref: str, link: str) -> None:
        """The identification request exists; its link goes to the client."""
        self.identification_ref = ref
        self.identification_link = link

    @moves([Status.IDENTIFICATION_PENDING], Status.AUTHORITY_REVIEW, Actor.CLIENT)
    def authority_documents_received(self, *, files: list[str]) -> None:
        """The client sent documents that confirm his authority."""

    @moves([Status.AUTHORITY_REVIEW], Status.IDENTIFIED, Actor.MANAGER)
    def confirm_authority(self, *, comment: str = "") -> None:
        """The manager accepts them."""
        self.identified_at = clock.now()

    @moves([Status.AUTHORITY_REVIEW], Status.IDENTIFICATION_PENDING, Actor.MANAGER)
    def decline_authority(self, *, comment: str) -> None:
        """The manager wants other documents; the client is told."""
        self.resolution = Resolution.AUTHORITY_PENDING

    @moves([Status.IDENTIFICATION_PENDING], Status.IDENTIFIED, Actor.CLIENT)
    def identification_passed(self, *, identified_at: datetime, resolution: str = "") -> None:
        """The client has confirmed who he is."""
        self.identified_at = identified_at
        self.resolution = resolution

    @moves(
        [
            Status.IDENTIFICATION_REQUESTED,
            Status.IDENTIFICATION_PENDING,
            Status.AUTHORITY_REVIEW,
        ],
        Status.IDENTIFICATION_FAILED,
        Actor.CLIENT,
        Actor.SYSTEM,
    )
    def identification_failed(self, *, resolution: str, comment: str = "") -> None:
        """The client refused, did not answer, or could not be asked."""
        self.resolution = resolution

    @moves(
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
        """A new request is made; the old link, known until the new one comes, dies."""
        self.identified_at = None

    @moves([Status.IDENTIFIED], Status.CABINET_REQUESTED, Actor.SYSTEM, Actor.MANAGER)
    def proceed(self) -> None:
        """On to the cabinet: by itself when seamless, else by «Продолжить»."""

    @moves([Status.CABINET_REQUESTED], Status.CABINET_CREATED, Actor.SYSTEM)
    def cabinet_created(self, *, ref: str) -> None:
        """The client's cabinet exists."""
        self.cabinet_ref = ref

    @moves([Status.CABINET_REQUESTED], Status.CABINET_FAILED, Actor.SYSTEM)
    def cabinet_failed(self, *, resolution: str, comment: str = "") -> None:
        """The cabinet service said no, or nothing at all."""
        self.resolution = resolution

    @moves([Status.CABINET_FAILED], Status.CABINET_REQUESTED, Actor.MANAGER)
    def retry_cabinet(self) -> None:
        """Once more, with the data as it is now."""

    @moves(
        [Status.CABINET_CREATED, Status.SIGNING_FAILED],
        Status.DOCUMENT_SENT,
        Actor.SYSTEM,
        Actor.MANAGER,
    )
    def send_document(self) -> None:
        """The document goes to the operator; the guards have seen that it may."""

    @moves([Status.DOCUMENT_SENT], Status.DOCUMENT_SIGNING, Actor.SYSTEM)
    def document_delivered(self) -> None:
        """Our signature and power of attorney are attached and the client has the document."""

    @moves([Status.DOCUMENT_SIGNING], Status.DOCUMENT_SIGNED, Actor.CLIENT)
    def client_signed(self) -> None:
        """The client's signature is there and verified."""

    @moves(
        [Status.DOCUMENT_SENT, Status.DOCUMENT_SIGNING, Status.CABINET_CREATED],
        Status.SIGNING_FAILED,
        Actor.CLIENT,
        Actor.SYSTEM,
        Actor.MANAGER,
    )
    def signing_failed(self, *, resolution: str, comment: str = "") -> None:
        """Nothing is on the way to a signature any more; the resolution says why."""
        self.resolution = resolution

    @moves([Status.DOCUMENT_SIGNED], Status.COMPLETED, Actor.SYSTEM)
    def archived(self, *, package: int | None) -> None:
        """The package (its key) lies in the archive and on the task."""
        self.package_id = package
        self.completed_at = clock.now()

    @moves([Status.DOCUMENT_SIGNED], Status.ARCHIVE_FAILED, Actor.SYSTEM)
    def archive_failed(self, *, resolution: str, comment: str = "") -> None:
        """The archive did not take the package."""
        self.resolution = resolution

    @moves([Status.ARCHIVE_FAILED], Status.DOCUMENT_SIGNED, Actor.MANAGER, Actor.SUPPORT)
    def retry_archive(self) -> None:
        """Once more to the archive."""

    @moves(BEFORE_SIGNED, Status.CANCELLED, Actor.MANAGER)
    def cancel(self, *, reason: str) -> None:
        """The task ends unsigned; a sent document has been revoked by now."""
        self.completed_at = clock.now()
