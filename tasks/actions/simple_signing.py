"""What a task does when its client has done something on the signing page."""

from uuid import UUID

from clients.models import Contact, ContactVersion
from tasks.channels import LIVE_SESSION
from tasks.lifecycle import effects
from tasks.models import SigningTask
from tasks.notifications import triggers
from tasks.statuses import BEFORE_SENDING, Status


def enqueue_next_step(signing_id: UUID) -> None:
    """Enqueue the step that follows the signing, in the transaction of what the client did."""
    task = SigningTask.objects.filter(simple_signing_id=signing_id).first()
    if task:
        effects.enqueue_poll(task, is_reported=True)


def forget_identification(person: ContactVersion) -> None:
    """The person has not the phone of ``person``: no task may rely on their identification.

    In the transaction of the report. Tasks whose document the client has are followed.
    """
    versions = ContactVersion.objects.filter(contact=person.contact_id, phone=person.phone)
    unsent = [*BEFORE_SENDING, Status.DOCUMENT_SENT, Status.CONFIRMATION_PENDING]
    tasks = SigningTask.objects.filter(contact_version__in=versions, status__in=unsent)
    tasks.update(identified_at=None)


def notify_of_withdrawal(person: Contact) -> None:
    """Notify the managers who wait for the signature of ``person``: no message reaches them now.

    In the transaction of the withdrawal.
    """
    versions = ContactVersion.objects.filter(contact=person)
    tasks = SigningTask.objects.filter(LIVE_SESSION, contact_version__in=versions)
    for task in tasks.select_related("manager"):
        triggers.on_consent_withdrawn(task)
