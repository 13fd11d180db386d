"""Changing the task's contact.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from dataclasses import asdict

from django.db import transaction

from accounts.models import User
from clients import actions as client_actions
from clients.models import Contact, ContactDetails, ContactVersion
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.conflicts import Overtaken
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, message_limit
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor


def contact_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the contact cannot be changed now; empty: it can (docs/rules.md#contact-versions)."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Данные клиента меняет менеджер задания."
        return [Refusal("contact_only_manager", text, TAKE_OVER)]
    if not task.status_row.client_data_editable:
        label = Status(task.status).label
        text = f"В статусе «{label}» данные клиента изменить нельзя."
        return [Refusal("contact_locked_by_status", text)]
    return []


@transaction.atomic
def edit_contact(
    *, task: SigningTask, details: ContactDetails, actor: User, based_on: int | None = None
) -> SigningTask:
    """«Редактировать»: a new version of the contact, which the task then uses.

    Raises clients.actions.DuplicateContact when the new phone belongs to another contact, and
    ContactChanged when the contact's newest version is no longer number ``based_on``.
    """
    fresh = _lock_for_change(task, actor)
    before, client = fresh.contact_version, fresh.client
    if client.signs_in_person:
        version = client_actions.edit_person(
            client=client, contact=before.contact, details=details, actor=actor, based_on=based_on
        )
    else:
        version = client_actions.edit_contact(
            contact=before.contact, details=details, actor=actor, based_on=based_on
        )
    return _set_version(fresh, before, version, "contact_edited", actor)


@transaction.atomic
def refresh_contact(*, task: SigningTask, actor: User, expected: int | None = None) -> SigningTask:
    """«Обновить версию»: the task uses the contact's newest version.

    Raises Overtaken when that is no longer ``expected`` (its key; None: whatever it is).
    """
    fresh = _lock_for_change(task, actor)
    before = fresh.contact_version
    newest = before.contact.current
    if newest is None or newest.pk == before.pk:
        raise ActionRefused(Refusal("contact_is_newest", "В задании уже последняя версия данных."))
    if expected is not None and newest.pk != expected:
        raise Overtaken(fresh, "Карточку клиента изменили еще раз")
    return _set_version(fresh, before, newest, "contact_refreshed", actor)


@transaction.atomic
def replace_contact(
    *, task: SigningTask, contact: Contact, actor: User, based_on: int | None = None
) -> SigningTask:
    """«Заменить»: another person signs. Identification starts again; the old link is cancelled.

    Raises Overtaken when the contact is no longer ``based_on`` (its key; None: whoever it is).
    """
    fresh = _lock_for_change(task, actor)
    before = fresh.contact_version
    if based_on is not None and before.contact_id != based_on:
        now = f"Контактное лицо уже заменено, теперь это {before.full_name}"
        raise Overtaken(fresh, now, "contact_replaced")
    if contact.pk == before.contact_id:
        text = "Выберите другой контакт: этот уже в задании."
        raise ActionRefused(Refusal("contact_is_same", text))
    if contact.current is None:
        raise ValueError(f"Contact {contact.pk} has no version.")
    client_actions.link_contact(client=fresh.client, contact=contact, actor=actor)
    _set_version(fresh, before, contact.current, "contact_replaced", actor)
    reasons = guards.refusals(fresh, "restart_identification", frozenset({Actor.MANAGER}))
    if any(refusal.code == message_limit.CODE for refusal in reasons):
        # The link of the former contact must not stay valid.
        raise ActionRefused(*reasons)
    if reasons:
        return fresh
    return perform(fresh.number, "restart_identification", actor=actor)


def _lock_for_change(task: SigningTask, actor: User) -> SigningTask:
    fresh = lock_task(task.number)
    if reasons := contact_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    return fresh


def _set_version(
    task: SigningTask, before: ContactVersion, after: ContactVersion, name: str, actor: User
) -> SigningTask:
    if before.pk == after.pk:
        return task
    old, new = asdict(before.details), asdict(after.details)
    task.contact_version = after
    if any(old[field] != new[field] for field in client_actions.IDENTITY_FIELDS):
        # The person who was identified is not the one, or has not the number, of this version.
        task.identified_at = None
    save_task(task, "contact_version", "identified_at")
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
