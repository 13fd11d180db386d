"""Creating a task from the data of a complete form."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission, TaskType
from accounts.support import HelpMeService
from accounts.visibility import approvers_of
from archive.models import DocumentVersion
from clients import actions as client_actions
from clients.models import Client, Contact, Region, Service
from clients.rules.usability import find_warning
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.channels.protocol import RecipientOption
from tasks.actions.document import record_attachment, record_review
from tasks.actions.document_kinds import require_available_kind
from tasks.channels import TaskSender
from tasks.lifecycle.perform import perform_locked
from tasks.models import SigningTask
from tasks.recipient_lookups import request_lookup_of


@dataclass(frozen=True, kw_only=True)
class NewTaskData:
    """The validated data of a new task (docs/rules.md#new-task-form)."""

    task_type: TaskType
    client: Client
    contact: Contact
    region: Region
    sender: TaskSender
    recipient: RecipientOption | None = None
    services: Sequence[Service]
    account_number: str
    account_verified_at: datetime | None
    document_version: DocumentVersion | None
    document_number: str
    # A code of the directory.
    document_kind: str
    contract_number: str = ""
    contract_date: date | None = None
    fraud_check_confirmed: bool = False


@transaction.atomic(savepoint=False)
def create_task(*, data: NewTaskData, actor: User, submission_key: uuid.UUID) -> SigningTask:
    """Create the task and submit it; the contact is linked to the client.

    A ``submission_key`` belongs to one task: `tasks.actions.drafts.fill_draft` looks for that
    task first. Raises ActionRefused, which rolls back the caller's transaction too.
    """
    if not actor.has_permission(Permission.CREATE_TASKS) or data.task_type not in actor.task_types:
        text = "Недостаточно прав, чтобы создать задание этого типа."
        raise ActionRefused(Refusal("task_type_forbidden", text))
    require_available_kind(data.document_kind, task_type=data.task_type, user=actor)
    is_approval_needed = needs_approval(data)
    if is_approval_needed and not approvers_of(actor.pk).exists():
        raise ActionRefused(_build_no_approver_refusal(data))
    version = data.contact.current
    if version is None:
        raise ValueError(f"Contact {data.contact.pk} has no version.")
    client_actions.link_contact(client=data.client, contact=data.contact, actor=actor)
    now = clock.now()
    task = SigningTask.objects.create(
        task_type=data.task_type,
        seamless=data.region.seamless,
        manager=actor,
        created_by=actor,
        client=data.client,
        contact_version=version,
        region=data.region,
        **data.sender.columns,
        recipient_address=data.recipient.id if data.recipient else "",
        recipient_label=data.recipient.label if data.recipient else "",
        account_number=data.account_number,
        account_verified_at=data.account_verified_at,
        document_id=data.document_version.document_id if data.document_version else None,
        document_version=data.document_version,
        document_number=data.document_number,
        document_kind_id=data.document_kind,
        contract_number=data.contract_number,
        contract_date=data.contract_date,
        fraud_check_confirmed=data.fraud_check_confirmed,
        approval_needed=is_approval_needed,
        submission_key=submission_key,
        status_changed_at=now,
        created_at=now,
        updated_at=now,
    )
    request_lookup_of(task)
    task.services.add(*data.services)
    # No other transaction sees the row before the commit, so it needs no lock.
    identified_at = find_valid_identification(data.contact) if task.seamless else None
    perform_locked(task, "submit", actor=actor, identified_at=identified_at)
    if data.document_version is not None:
        record_attachment(task, data.document_version, actor)
        if data.document_version.reviewed_at is not None:
            record_review(task, data.document_version, actor)
    return task


def needs_approval(data: NewTaskData) -> bool:
    """Whether a head must approve the task first (docs/rules.md#approval)."""
    is_risky = any(service.fraud_risk for service in data.services)
    return _is_in_doubt(data.client) or (is_risky and not data.fraud_check_confirmed)


def _is_in_doubt(client: Client) -> bool:
    return client.needs_approval or bool(find_warning(client))


def _build_no_approver_refusal(data: NewTaskData) -> Refusal:
    """The task would wait for ever: nobody may approve it."""
    text = "Такое задание согласует руководитель, а в ваших группах доступа его нет."
    fix = f"Запросите руководителя или его заместителя в услуге «{HelpMeService.ACCESS}»."
    if not _is_in_doubt(data.client):
        fix = f"Проверьте клиента и отметьте «Проверка проведена». Или: {fix[0].lower()}{fix[1:]}"
    return Refusal("no_approver", text, fix)


def find_valid_identification(contact: Contact) -> datetime | None:
    """When the contact was identified; None if they never were, or too long ago."""
    cutoff = clock.now() - timedelta(days=settings.IDENTIFICATION_VALID_DAYS)
    identified_at = contact.identified_at
    return identified_at if identified_at is not None and identified_at >= cutoff else None
