"""What a user has typed into a form, stored as they type (docs/rules.md#drafts).

A user may have several drafts of a task type; the submission key of a page says which is its own.
Every function that writes locks the draft's row. A page may write if it was the last one to
write, or if it shows the current revision.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import TaskType
from archive import documents
from archive.documents import StoredUpload
from archive.joining import composition
from archive.models import DocumentVersion
from econtract.platform.common import clock
from tasks.models import Draft, SigningTask

CLOSED_DRAFT_LIFETIME = timedelta(days=1)
# Of one user and task type. One more takes the place of the draft that was left alone longest.
MAX_DRAFTS = 20
# The form fills these itself: with an only option, or as in the user's last task.
AUTO_SELECTED_FIELDS = frozenset(
    {"channel", "default_channel", "region", "box", "signatory", "document_kind", "offer"}
)


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


def find_draft(user: User, task_type: TaskType, submission_key: uuid.UUID) -> Draft:
    """The user's draft with the key; an unsaved one if there is none yet."""
    identity: dict[str, Any] = {
        "user": user,
        "task_type": task_type,
        "submission_key": submission_key,
    }
    return Draft.objects.filter(**identity).first() or Draft(**identity)


def list_drafts(user: User, task_types: Iterable[TaskType]) -> list[Draft]:
    """The user's drafts that can be restored, the newest first."""
    drafts = Draft.objects.filter(user=user, task_type__in=task_types, closed_at=None)
    return [draft for draft in drafts.order_by("-updated_at", "-pk") if has_contents(draft)]


def find_draft_with_document(user: User, task_type: TaskType, version_pk: int) -> Draft | None:
    """The user's draft whose document is the version, or has it as one of its files."""
    # A subquery: a number that no column can hold is then no error.
    versions = DocumentVersion.objects.filter(pk=version_pk)
    has_it = Q(document_version__in=versions) | Q(document_version__parts__version__in=versions)
    drafts = Draft.objects.filter(has_it, user=user, task_type=task_type)
    return drafts.select_related("document_version").first()


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
    files: Sequence[StoredUpload] = (),
) -> Draft:
    """Lock the draft and put the contents of a page into it. The caller saves or clears it.

    ``files`` join those of the draft's document. Call it in a transaction. Raises DraftChanged if
    another page was faster, AlreadyCreated if the page has created its task.
    """
    draft = _lock_draft(user, task_type, page_version)
    turn = page_version.turn
    if turn is None or page_version.page != draft.page or turn >= draft.page_turn:
        _set_fields(draft, page_version, fields, organisation)
    if files:
        version = composition.add_files(draft.document_version, files, user=user)
        if version != draft.document_version:
            draft.document_version = version
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


def _increment_revision(draft: Draft) -> None:
    draft.revision += 1
    draft.updated_at = clock.now()


def _lock_draft(user: User, task_type: TaskType, page_version: PageVersion) -> Draft:
    """The locked row, if the page may write to it."""
    key = page_version.submission_key
    identity: dict[str, Any] = {"user": user, "task_type": task_type, "submission_key": key}
    rows = Draft.objects.select_for_update().filter(**identity)
    draft = rows.first()
    if draft is None:
        draft, is_new = Draft.objects.get_or_create(**identity)
        if not is_new:
            draft = rows.get()
        _delete_excess(draft)
    tasks = SigningTask.objects.filter(submission_key=key, created_by=user)
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
    update_draft(draft, document_version=None)


@transaction.atomic
def record_account_check(*, draft: Draft, outcome: str, check_input: list[str]) -> None:
    """Store the result of «Проверка ЛС» and what it depends on."""
    update_draft(
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
    update_draft(draft, recipient_options=options, recipient_options_for=check_input)


@transaction.atomic
def close(*, draft: Draft) -> None:
    """Close the draft. `reopen` brings it back until something new is typed."""
    update_draft(draft, closed_at=clock.now(), page="")
    _delete_expired()


@transaction.atomic
def reopen(*, draft: Draft) -> bool:
    """Undo `close`. False if there is nothing to bring back any more."""
    if draft.closed_at is None:
        return False
    update_draft(draft, closed_at=None, page="")
    return has_contents(draft)


def _abandon_document(draft: Draft) -> None:
    if draft.document_version is not None:
        documents.abandon(draft.document_version)


def update_draft(draft: Draft, **values: Any) -> None:
    """Save ``values`` as the next revision, and set them on ``draft`` too. In a transaction.

    An outside system may have taken so long that the draft has become a task meanwhile: then there
    is no row to save them in.
    """
    row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    values |= {"revision": draft.revision + 1, "updated_at": clock.now()}
    if row is not None:
        values["revision"] = row.revision + 1
        _set_values(row, values)
        row.save(update_fields=list(values))
    _set_values(draft, values)


def _set_values(draft: Draft, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(draft, name, value)


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


def _delete_expired() -> None:
    """Delete drafts that were closed a day ago: they hold personal data that nobody needs."""
    Draft.objects.filter(closed_at__lt=clock.now() - CLOSED_DRAFT_LIFETIME).delete()


def _delete_excess(new_draft: Draft) -> None:
    """Keep the number of drafts of a type within the limit: first go empty and closed ones."""
    drafts = Draft.objects.filter(user=new_draft.user, task_type=new_draft.task_type)
    others = list(drafts.exclude(pk=new_draft.pk).order_by("-updated_at", "-pk"))
    others.sort(key=has_contents, reverse=True)
    for draft in others[MAX_DRAFTS - 1 :]:
        _abandon_document(draft)
        draft.delete()
