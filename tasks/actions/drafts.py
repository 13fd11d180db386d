"""What a user has typed into a form, stored as they type (docs/rules.md#drafts).

Every function that writes locks the draft's row. A page may write if it was the last one to
write, or if it shows the current revision.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import TaskType
from archive import documents
from archive.documents import StoredUpload
from econtract.platform.common import clock
from tasks.models import Draft, SigningTask

CLOSED_DRAFT_LIFETIME = timedelta(days=1)
# The form chooses an only option in these itself.
AUTO_SELECTED_FIELDS = frozenset({"region", "box", "signatory"})


@dataclass(frozen=True)
class PageVersion:
    """What a page sends about itself: an id, the revision it shows, its submission key.

    ``revision`` is None for a page that was opened empty. ``turn`` numbers the requests of a page:
    one that arrives after a later one changes nothing. Without JavaScript it is None, and the
    request counts as the latest.
    """

    page: str
    revision: int | None
    submission_key: uuid.UUID
    turn: int | None = None


class DraftChanged(Exception):
    """Another page has written since this one was opened; ``draft`` has its contents."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"Draft {draft.pk} is at revision {draft.revision}.")
        self.draft = draft


class AlreadyCreated(Exception):
    """The page has been submitted before and has created ``task``."""

    def __init__(self, task: SigningTask) -> None:
        super().__init__(f"Task {task.number} was created from this page.")
        self.task = task


def find_draft(user: User, task_type: TaskType) -> Draft:
    """The user's draft; an unsaved one if there is none yet."""
    draft = Draft.objects.filter(user=user, task_type=task_type).first()
    return draft or Draft(user=user, task_type=task_type)


def has_contents(draft: Draft) -> bool:
    """Whether there is anything to restore; a closed draft has nothing."""
    if draft.closed_at is not None:
        return False
    return has_user_input(draft.fields) or draft.document_version_id is not None


def has_user_input(fields: dict[str, list[str]]) -> bool:
    """Whether any field has a value that the form has not chosen itself."""
    return any(
        value.strip()
        for name, values in fields.items()
        if name not in AUTO_SELECTED_FIELDS
        for value in values
    )


def fill_draft(
    *,
    user: User,
    task_type: TaskType,
    page_version: PageVersion,
    fields: dict[str, list[str]],
    organisation: dict[str, Any] | None,
    file: StoredUpload | None = None,
) -> Draft:
    """Lock the draft and put the contents of a page into it. The caller saves or clears it.

    ``file`` becomes the draft's document. Call it in a transaction. Raises DraftChanged if another
    page was faster, AlreadyCreated if the page has created its task.
    """
    draft = _lock_draft(user, task_type, page_version)
    turn = page_version.turn
    if turn is None or page_version.page != draft.page or turn >= draft.page_turn:
        _set_fields(draft, page_version, fields, organisation)
    if file is not None:
        _abandon_document(draft)
        draft.document_version = documents.add_version(file, user=user)
        _increment_revision(draft)
    return draft


def _set_fields(
    draft: Draft,
    page_version: PageVersion,
    fields: dict[str, list[str]],
    organisation: dict[str, Any] | None,
) -> None:
    if not has_contents(draft):
        _clear(draft)
    if (draft.fields, draft.organisation) != (fields, organisation):
        _increment_revision(draft)
    draft.fields, draft.organisation = fields, organisation
    draft.page, draft.page_turn = page_version.page, page_version.turn or 0
    draft.submission_key = page_version.submission_key


def _increment_revision(draft: Draft) -> None:
    draft.revision += 1
    draft.updated_at = clock.now()


def _lock_draft(user: User, task_type: TaskType, page_version: PageVersion) -> Draft:
    """The locked row, if the page may write to it."""
    rows = Draft.objects.select_for_update().filter(user=user, task_type=task_type)
    draft = rows.first()
    if draft is None:
        Draft.objects.get_or_create(user=user, task_type=task_type)
        draft = rows.get()
    tasks = SigningTask.objects.filter(submission_key=page_version.submission_key, created_by=user)
    task = tasks.only("pk").first()
    if task is not None:
        raise AlreadyCreated(task)
    is_last_writer = page_version.page == draft.page
    is_current = page_version.revision == draft.revision
    if has_contents(draft) and not is_last_writer and not is_current:
        raise DraftChanged(draft)
    return draft


@transaction.atomic
def detach(*, draft: Draft) -> None:
    """Remove the document from the draft."""
    _abandon_document(draft)
    _update_draft(draft, document_version=None)


@transaction.atomic
def record_account_check(*, draft: Draft, outcome: str, check_input: list[str]) -> None:
    """Store the result of «Проверка ЛС» and what it depends on."""
    _update_draft(
        draft,
        account_outcome=outcome,
        account_checked_at=clock.now(),
        account_checked_for=check_input,
    )


@transaction.atomic
def record_recipient_options(
    *, draft: Draft, options: list[dict[str, Any]], check_input: list[str]
) -> None:
    """Store where the client can receive documents and what that depends on."""
    _update_draft(draft, recipient_options=options, recipient_options_for=check_input)


@transaction.atomic
def close(*, draft: Draft) -> None:
    """Close the draft. `reopen` brings it back until something new is typed."""
    _update_draft(draft, closed_at=clock.now(), page="")
    _clear_expired()


@transaction.atomic
def reopen(*, user: User, task_type: TaskType) -> bool:
    """Undo `close`. False if there is nothing to bring back any more."""
    draft = Draft.objects.select_for_update().filter(user=user, task_type=task_type).first()
    if draft is None or draft.closed_at is None:
        return False
    _update_draft(draft, closed_at=None, page="")
    return has_contents(draft)


def clear_after_creation(draft: Draft) -> None:
    """Empty and save the draft of a task; call it in the transaction that creates the task."""
    _clear(draft)
    draft.submission_key = uuid.uuid4()
    draft.page = ""
    draft.revision += 1
    draft.save()


def _abandon_document(draft: Draft) -> None:
    if draft.document_version is not None:
        documents.abandon(draft.document_version)


def _update_draft(draft: Draft, **values: Any) -> None:
    """Save ``values`` as the next revision, and set them on ``draft`` too."""
    row = Draft.objects.select_for_update().get(pk=draft.pk)
    values |= {"revision": row.revision + 1, "updated_at": clock.now()}
    for instance in (row, draft):
        for name, value in values.items():
            setattr(instance, name, value)
    row.save(update_fields=list(values))


def _clear(draft: Draft) -> None:
    """Remove everything that a user has put into the draft; it is open then."""
    draft.fields = {}
    draft.organisation = None
    draft.document_version = None
    draft.account_outcome = ""
    draft.account_checked_at = None
    draft.account_checked_for = []
    draft.recipient_options = []
    draft.recipient_options_for = []
    draft.closed_at = None


def _clear_expired() -> None:
    """Clear drafts that were closed a day ago: they hold personal data that nobody needs."""
    cutoff = clock.now() - CLOSED_DRAFT_LIFETIME
    for draft in Draft.objects.select_for_update().filter(closed_at__lt=cutoff):
        _clear(draft)
        draft.save()
