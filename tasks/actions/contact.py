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
from edo.channels.protocol import AlreadySigned
from tasks import channels
from tasks.actions.conflicts import Overtaken
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, message_limit
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor

# The client has an open request for identification.
REQUESTED = frozenset({Status.IDENTIFICATION_PENDING, Status.AUTHORITY_REVIEW})
# The client has got the document, and not signed it.
SIGNING_STATUSES = frozenset({Status.DOCUMENT_SIGNING, Status.SIGNING_FAILED})


def contact_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the contact cannot be changed now; empty: it can (docs/rules.md#contact-versions)."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Данные клиента меняет менеджер задания."
        return [Refusal("contact_only_manager", text, TAKE_OVER)]
    if not task.status_row.client_data_editable and not is_identified_again(task):
        label = Status(task.status).label
        text = f"В статусе «{label}» данные клиента изменить нельзя."
        return [Refusal("contact_locked_by_status", text)]
    return [guards.REVOCATION_PENDING] if task.withdrawal else []


def is_identified_again(task: SigningTask) -> bool:
    """Whether another person or number is identified at once, and the client's link dies.

    So it is while the client may sign by SMS, or has not: codes go to the identified number only.
    """
    return task.channel == Channel.SMS and task.status in SIGNING_STATUSES


@transaction.atomic
def edit_contact(
    *, task: SigningTask, details: ContactDetails, actor: User, based_on: int | None = None
) -> SigningTask:
    """«Редактировать»: a new version of the contact, which the task then uses.

    Another name or number than an open request is about starts identification again.

    Raises clients.actions.DuplicateContact when the new phone belongs to another contact, and
    ContactChanged when the contact's newest version is no longer number ``based_on``.
    """
    fresh = _lock_for_change(task, actor)
    contact, client = fresh.contact_version.contact, fresh.client
    if client.signs_in_person:
        version = client_actions.edit_person(
            client=client, contact=contact, details=details, actor=actor, based_on=based_on
        )
    else:
        version = client_actions.edit_contact(
            contact=contact, details=details, actor=actor, based_on=based_on
        )
    return _use_version(fresh, version, "contact_edited", actor)


@transaction.atomic
def refresh_contact(*, task: SigningTask, actor: User, expected: int | None = None) -> SigningTask:
    """«Обновить версию»: the task uses the contact's newest version; see `edit_contact`.

    Raises Overtaken when that is no longer ``expected`` (its key; None: whatever it is).
    """
    fresh = _lock_for_change(task, actor)
    before = fresh.contact_version
    newest = before.contact.current
    if newest is None or newest.pk == before.pk:
        raise ActionRefused(Refusal("contact_is_newest", "В задании уже последняя версия данных."))
    if expected is not None and newest.pk != expected:
        raise Overtaken(fresh, "Карточку клиента изменили еще раз")
    return _use_version(fresh, newest, "contact_refreshed", actor)


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
    return _use_version(fresh, contact.current, "contact_replaced", actor, is_replaced=True)


def _lock_for_change(task: SigningTask, actor: User) -> SigningTask:
    fresh = lock_task(task.number)
    if reasons := contact_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    return fresh


def _use_version(
    task: SigningTask,
    version: ContactVersion,
    name: str,
    actor: User,
    *,
    is_replaced: bool = False,
) -> SigningTask:
    """The task as it is with ``version``, after what follows from another person or number."""
    is_same = client_actions.is_same_identity(task.contact_version.details, version.details)
    is_other = is_replaced or not is_same
    # The answer to an open request must not count for another identity than it was about.
    is_asked = task.status in REQUESTED or is_identified_again(task)
    restarts = is_replaced or (is_other and is_asked)
    if is_other and task.status == Status.DOCUMENT_SIGNING:
        task = _end_link(task, actor)
    _set_version(task, version, name, actor, is_other=is_other)
    return _restart_identification(task, actor) if restarts else task


def _end_link(task: SigningTask, actor: User) -> SigningTask:
    """Take the document back from a client who signs by SMS, so that nobody signs it meanwhile."""
    try:
        channels.end_link(task)
    except AlreadySigned as error:
        text, fix = "Клиент уже подписал документ.", "Обновите страницу задания."
        raise ActionRefused(Refusal("contact_has_signed", text, fix)) from error
    return perform(task.number, "signing_failed", actor=actor, resolution=Resolution.WITHDRAWN)


def _restart_identification(task: SigningTask, actor: User) -> SigningTask:
    reasons = guards.refusals(task, "restart_identification", frozenset({Actor.MANAGER}))
    if any(refusal.code == message_limit.CODE for refusal in reasons):
        # The link of the former person or number must not stay valid.
        raise ActionRefused(*reasons)
    if reasons:
        return task
    return perform(task.number, "restart_identification", actor=actor)


def _set_version(
    task: SigningTask, after: ContactVersion, name: str, actor: User, *, is_other: bool
) -> None:
    before = task.contact_version
    if before.pk == after.pk:
        return
    old, new = asdict(before.details), asdict(after.details)
    task.contact_version = after
    if is_other:
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
