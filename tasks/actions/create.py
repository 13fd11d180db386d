"""Creating a task out of a filled form.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission, TaskType
from archive.models import DocumentVersion
from clients import actions as client_actions
from clients.models import Client, Contact, Region, Service
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.document import record_review
from tasks.channels import OperatorSender
from tasks.lifecycle.perform import perform_locked
from tasks.models import SigningTask


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """A filled form, checked: domain objects, no strings to be parsed any more."""

    task_type: TaskType
    client: Client
    contact: Contact
    region: Region
    sender: OperatorSender
    services: Sequence[Service]
    account_number: str
    account_verified_at: datetime | None
    document_version: DocumentVersion | None
    document_number: str
    document_kind: str
    fraud_check_confirmed: bool = False


@transaction.atomic(savepoint=False)
def create_task(*, facts: TaskFacts, actor: User, submission_key: uuid.UUID) -> SigningTask:
    """Creates the task and starts its course; the contact gets linked to the client.

    A ``submission_key`` makes one task and no other: the form looks for that task beforehand
    (`tasks.actions.drafts.locked`). A refusal ends the caller's transaction too.
    """
    if not actor.has_permission(Permission.CREATE_TASKS) or facts.task_type not in actor.task_types:
        text = "Недостаточно прав, чтобы создать задание этого типа."
        raise ActionRefused(Refusal("task_type_forbidden", text))
    version = facts.contact.current
    if version is None:
        raise ValueError(f"Contact {facts.contact.pk} has no version.")
    client_actions.link_contact(client=facts.client, contact=facts.contact, actor=actor)
    now = clock.now()
    task = SigningTask.objects.create(
        task_type=facts.task_type,
        seamless=facts.region.seamless,
        manager=actor,
        created_by=actor,
        client=facts.client,
        contact_version=version,
        region=facts.region,
        **facts.sender.columns,
        account_number=facts.account_number,
        account_verified_at=facts.account_verified_at,
        document_id=facts.document_version.document_id if facts.document_version else None,
        document_version=facts.document_version,
        document_number=facts.document_number,
        document_kind=facts.document_kind,
        fraud_check_confirmed=facts.fraud_check_confirmed,
        approval_needed=needs_approval(facts),
        submission_key=submission_key,
        status_changed_at=now,
        created_at=now,
        updated_at=now,
    )
    task.services.add(*facts.services)
    # Nobody else sees the row before the commit: it is as good as locked.
    identified_at = valid_identification(facts.contact) if task.seamless else None
    perform_locked(task, "submit", actor=actor, identified_at=identified_at)
    if facts.document_version is not None and facts.document_version.reviewed_at is not None:
        record_review(task, facts.document_version, actor)
    return task


def needs_approval(facts: TaskFacts) -> bool:
    """A fraud-risk service whose check is not confirmed, or a client with a warning."""
    risky = any(service.fraud_risk for service in facts.services)
    return facts.client.needs_approval or (risky and not facts.fraud_check_confirmed)


def valid_identification(contact: Contact) -> datetime | None:
    """When the contact was identified, if that is still valid; else None."""
    oldest = clock.now() - timedelta(days=settings.IDENTIFICATION_VALID_DAYS)
    at = contact.identified_at
    return at if at is not None and at >= oldest else None
