"""What people do to tasks, besides the transitions themselves.

Every function is one transaction, takes ``actor``, and raises ActionRefused with words for the
user when it is not possible now.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission, TaskType
from archive import documents
from archive.models import DocumentVersion
from clients import actions as client_actions
from clients.actions import ContactFacts
from clients.models import Client, Contact, ContactVersion, Region, Service
from econtract.common import clock
from econtract.common.errors import ActionRefused
from edo.models import Box, Signatory
from tasks import effects, guards, history, mentions, withdrawal
from tasks.conflicts import Overtaken
from tasks.door import locked, pass_through, perform
from tasks.lifecycle import Actor
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.notifications import causes
from tasks.statuses import Status


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """A filled form, checked: domain objects, no strings to be parsed any more."""

    task_type: TaskType
    client: Client
    contact: Contact
    region: Region
    box: Box
    signatory: Signatory
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
    (`tasks.drafts.locked`). A refusal ends the caller's transaction too.
    """
    if not actor.may(Permission.CREATE_TASKS) or facts.task_type not in actor.opened_types:
        raise ActionRefused(["Недостаточно прав, чтобы создать задание этого типа."])
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
        box=facts.box,
        signatory=facts.signatory,
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
    pass_through(task, "submit", actor=actor, identified_at=identified_at)
    return task


def needs_approval(facts: TaskFacts) -> bool:
    """A fraud-risk service whose check is not confirmed, or a client with a warning."""
    risky = any(service.fraud_risk for service in facts.services)
    return facts.client.warned or (risky and not facts.fraud_check_confirmed)


def valid_identification(contact: Contact) -> datetime | None:
    """When the contact was identified, if that is still valid; else None."""
    oldest = clock.now() - timedelta(days=settings.IDENTIFICATION_VALID_DAYS)
    at = contact.identified_at
    return at if at is not None and at >= oldest else None


@transaction.atomic
def move(*, task: SigningTask, name: str, actor: User, **facts: Any) -> SigningTask:
    """A button of the card: the transition ``name``, or the order that must come before it.

    Cancelling a task whose document is at the operator first has it revoked there.
    """
    fresh = locked(task.number)
    if name == "cancel" and withdrawal.needed(fresh):
        guards.require(fresh, name, guards.actors_of(actor, fresh))
        withdrawal.request(fresh, then=name, actor=actor, facts=facts)
        return fresh
    return perform(fresh.number, name, actor=actor, **facts)


@transaction.atomic
def comment(*, task: SigningTask, actor: User, text: str) -> Comment:
    """Adds a comment and tells whom it concerns; who may is section 2 of the domain.

    Refused when it names («@логин») anybody who does not see the task.
    """
    if reasons := comment_refusals(task, actor):
        raise ActionRefused(reasons)
    mentioned = mentions.people_in(text, task)
    made = Comment.objects.create(task=task, author=actor, text=text)
    causes.after_comment(made, mentioned)
    return made


def comment_refusals(task: SigningTask, user: User) -> list[str]:
    """Why ``user`` does not write comments here; empty: he does.

    On his own tasks with the manager's role; on every visible one with the team leader's.
    """
    if user.may(Permission.COMMENT_VISIBLE):
        return []
    if user.may(Permission.COMMENT_OWN) and task.manager_id == user.pk:
        return []
    return ["Комментарии пишут менеджер задания, тимлидер и администратор."]


# --- Contact ---------------------------------------------------------------------------------


def contact_refusals(task: SigningTask, user: User) -> list[str]:
    """Why the task's contact cannot be changed now; empty: it can (manual, 4.1)."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        return ["Данные клиента меняет менеджер задания. Примите задание в работу."]
    if not task.facts.client_data_editable:
        label = Status(task.status).label
        return [f"В статусе «{label}» данные клиента изменить нельзя."]
    return []


@transaction.atomic
def edit_contact(
    *, task: SigningTask, facts: ContactFacts, actor: User, based_on: int | None = None
) -> SigningTask:
    """«Редактировать»: a new version on the card, which the task takes.

    Raises clients.actions.DuplicateContact when the new phone belongs to another contact, and
    ContactChanged when the card's newest version is no longer number ``based_on``.
    """
    fresh = _locked_for_contact(task, actor)
    before, client = fresh.contact_version, fresh.client
    if client.signs_in_person:
        version = client_actions.edit_person(
            client=client, contact=before.contact, facts=facts, actor=actor, based_on=based_on
        )
    else:
        version = client_actions.edit_contact(
            contact=before.contact, facts=facts, actor=actor, based_on=based_on
        )
    return _set_version(fresh, before, version, "contact_edited", actor)


@transaction.atomic
def refresh_contact(*, task: SigningTask, actor: User, expected: int | None = None) -> SigningTask:
    """«Обновить версию»: the card's newest version.

    Raises Overtaken when that is no longer ``expected`` (its key; None: whatever it is).
    """
    fresh = _locked_for_contact(task, actor)
    before = fresh.contact_version
    newest = before.contact.current
    if newest is None or newest.pk == before.pk:
        raise ActionRefused(["В задании уже последняя версия данных."])
    if expected is not None and newest.pk != expected:
        raise Overtaken(fresh, "Карточку клиента изменили еще раз")
    return _set_version(fresh, before, newest, "contact_refreshed", actor)


@transaction.atomic
def replace_contact(
    *, task: SigningTask, contact: Contact, actor: User, based_on: int | None = None
) -> SigningTask:
    """«Заменить»: another person signs; identification restarts and the old link dies.

    Raises Overtaken when the contact is no longer ``based_on`` (its key; None: whoever it is).
    """
    fresh = _locked_for_contact(task, actor)
    before = fresh.contact_version
    if based_on is not None and before.contact_id != based_on:
        now = f"Контактное лицо уже заменено, теперь это {before.full_name}"
        raise Overtaken(fresh, now, "contact_replaced")
    if contact.pk == before.contact_id:
        raise ActionRefused(["Выберите другой контакт: этот уже в задании."])
    if contact.current is None:
        raise ValueError(f"Contact {contact.pk} has no version.")
    client_actions.link_contact(client=fresh.client, contact=contact, actor=actor)
    _set_version(fresh, before, contact.current, "contact_replaced", actor)
    if guards.refusals(fresh, "restart_identification", frozenset({Actor.MANAGER})):
        return fresh
    return perform(fresh.number, "restart_identification", actor=actor)


def _locked_for_contact(task: SigningTask, actor: User) -> SigningTask:
    fresh = locked(task.number)
    if reasons := contact_refusals(fresh, actor):
        raise ActionRefused(reasons)
    return fresh


def _set_version(
    task: SigningTask, before: ContactVersion, after: ContactVersion, name: str, actor: User
) -> SigningTask:
    if before.pk == after.pk:
        return task
    task.contact_version = after
    _save(task, "contact_version")
    old, new = asdict(ContactFacts.of(before)), asdict(ContactFacts.of(after))
    changed = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    history.record(
        task,
        kind=HistoryEntry.Kind.EDITED,
        name=name,
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
    return task


# --- Document and account --------------------------------------------------------------------


def document_refusals(task: SigningTask, user: User) -> list[str]:
    """Why the document cannot be replaced now; empty: it can (manual, 5.1)."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        return ["Документ меняет менеджер задания. Примите задание в работу."]
    if not task.facts.document_replaceable:
        return [f"В статусе «{Status(task.status).label}» документ заменить нельзя."]
    if task.withdrawal:
        return ["Документ отзывается у оператора. Дождитесь ответа."]
    return []


@transaction.atomic
def remove_document(*, task: SigningTask, actor: User, based_on: int | None = None) -> SigningTask:
    """The trash icon. A document already at the operator is revoked there first.

    Raises Overtaken when the version is no longer ``based_on`` (its key; None: whatever it is).
    """
    fresh = _locked_for_document(task, actor)
    version = fresh.document_version
    if version is None:
        raise Overtaken(fresh, "Документ уже откреплен", "document_removed")
    if based_on is not None and version.pk != based_on:
        raise Overtaken(fresh, "Документ заменен", "document_attached")
    fresh.document_version = None
    _save(fresh, "document_version")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.DOCUMENT,
        name="document_removed",
        actor=actor,
        acted_as=Actor.MANAGER,
        file_name=version.file_name,
        version=version.number,
    )
    facts: dict[str, Any] = {"resolution": "withdrawn"}
    if withdrawal.needed(fresh):
        withdrawal.request(fresh, then="signing_failed", actor=actor, facts=facts)
    elif "signing_failed" in guards.moves_from(fresh):
        return perform(fresh.number, "signing_failed", actor=actor, **facts)
    return fresh


def attach_document(*, task: SigningTask, upload: Any, actor: User) -> DocumentVersion:
    """A corrected package in place of the removed one: a new version of the same document.

    Raises archive.intake.IntakeRefused when the file cannot be taken. The file is looked at
    before the task is locked: a large one must not hold the task up.
    """
    _require_empty_place(task, actor)
    version = documents.receive(upload=upload, user=actor, document=task.document)
    with transaction.atomic():
        fresh = locked(task.number)
        _require_empty_place(fresh, actor)
        fresh.document = version.document
        fresh.document_version = version
        _save(fresh, "document", "document_version")
        history.record(
            fresh,
            kind=HistoryEntry.Kind.DOCUMENT,
            name="document_attached",
            actor=actor,
            acted_as=Actor.MANAGER,
            file_name=version.file_name,
            version=version.number,
            sha256=version.source.sha256,
        )
        effects.lodge_document(fresh)
    return version


@transaction.atomic
def retry_conversion(*, task: SigningTask, actor: User) -> None:
    """«Повторить» at a failed conversion: converted once more, then lodged."""
    fresh = _locked_for_document(task, actor)
    if fresh.document_version is None:
        raise ActionRefused(["Документ откреплен. Вложите его снова."])
    documents.retry_conversion(version=fresh.document_version)
    effects.lodge_document(fresh)


def _require_empty_place(task: SigningTask, actor: User) -> None:
    if reasons := document_refusals(task, actor):
        raise ActionRefused(reasons)
    if task.document_version is not None:
        raise Overtaken(task, "Документ уже вложен", "document_attached")


def _locked_for_document(task: SigningTask, actor: User) -> SigningTask:
    fresh = locked(task.number)
    if reasons := document_refusals(fresh, actor):
        raise ActionRefused(reasons)
    return fresh


def account_refusals(task: SigningTask, user: User) -> list[str]:
    """Why the account number cannot be changed or checked now; empty: it can."""
    reasons = document_refusals(task, user)
    if not reasons and withdrawal.needed(task):
        return ["Документ уже у клиента. Чтобы изменить лицевой счет, открепите документ."]
    return reasons


@transaction.atomic
def set_account(
    *,
    task: SigningTask,
    account_number: str,
    verified_at: datetime | None,
    actor: User,
    based_on: str = "",
) -> SigningTask:
    """A checked account number; ``verified_at`` None: ЕИП has not confirmed it (any more).

    Raises Overtaken when the number is no longer ``based_on`` ("": whatever it is).
    """
    fresh = locked(task.number)
    if reasons := account_refusals(fresh, actor):
        raise ActionRefused(reasons)
    if based_on and fresh.account_number != based_on:
        raise Overtaken(fresh, "Лицевой счет изменен", "account_verified", "account_unverified")
    changed = {}
    if fresh.account_number != account_number:
        changed["account_number"] = [fresh.account_number, account_number]
    fresh.account_number = account_number
    fresh.account_verified_at = verified_at
    _save(fresh, "account_number", "account_verified_at")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="account_verified" if verified_at else "account_unverified",
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
    return fresh


def fraud_check_refusals(task: SigningTask, user: User) -> list[str]:
    """Why «Проверка проведена» cannot be ticked now; empty: it can."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        return ["Проверку клиента отмечает менеджер задания. Примите задание в работу."]
    if task.is_finished:
        return ["Задание завершено."]
    if task.fraud_check_confirmed:
        return ["Проверка уже отмечена."]
    return []


@transaction.atomic
def confirm_fraud_check(*, task: SigningTask, actor: User) -> SigningTask:
    """«Проверка проведена» on the card: kept with the task, for whoever approves it to see."""
    fresh = locked(task.number)
    if reasons := fraud_check_refusals(fresh, actor):
        raise ActionRefused(reasons)
    fresh.fraud_check_confirmed = True
    _save(fresh, "fraud_check_confirmed")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="fraud_check_confirmed",
        actor=actor,
        acted_as=Actor.MANAGER,
    )
    return fresh


def _save(task: SigningTask, *fields: str) -> None:
    task.updated_at = clock.now()
    task.revision += 1
    task.save(update_fields=[*fields, "updated_at", "revision"])
