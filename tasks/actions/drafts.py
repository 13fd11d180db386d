"""What a person has typed into a form, kept on the server as it is typed (domain, 5).

Every function that writes locks the draft's row. A page may write when nobody else has written
since it was drawn: it is then the last writer, or it shows the newest revision.
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
AUTO_SELECTED_FIELDS = frozenset({"region", "box", "signatory"})
EMPTY_VALUES: dict[str, Any] = {
    "fields": {},
    "organisation": None,
    "document_version": None,
    "account_outcome": "",
    "account_checked_at": None,
    "account_checked_for": [],
}


@dataclass(frozen=True)
class PageVersion:
    """What a page says of itself: its name, the revision it was drawn from, its submission key.

    ``revision`` is None for a page that was drawn empty. ``turn`` counts what the page sends: an
    older message that comes later changes nothing. None, without a script, is the newest.
    """

    page: str
    revision: int | None
    key: uuid.UUID
    turn: int | None = None


class DraftChanged(Exception):
    """Another page has written since this one was drawn; ``draft`` is what it has written."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"Draft {draft.pk} is at revision {draft.revision}.")
        self.draft = draft


class AlreadyCreated(Exception):
    """The page's task is made; ``task`` is what was made of it."""

    def __init__(self, task: SigningTask) -> None:
        super().__init__(f"Task {task.number} was made of this page.")
        self.task = task


def find_draft(user: User, task_type: TaskType) -> Draft:
    """The person's draft, a new one (not saved) when there was none yet."""
    found = Draft.objects.filter(user=user, task_type=task_type).first()
    return found or Draft(user=user, task_type=task_type)


def has_contents(draft: Draft) -> bool:
    """Whether there is anything to restore; what was closed does not count."""
    if draft.closed_at is not None:
        return False
    return has_user_input(draft.fields) or draft.document_version_id is not None


def has_user_input(fields: dict[str, list[str]]) -> bool:
    """Whether a person has put anything in: the form chooses the only region itself."""
    return any(
        value.strip()
        for name, values in fields.items()
        if name not in AUTO_SELECTED_FIELDS
        for value in values
    )


def write_draft(
    *,
    user: User,
    task_type: TaskType,
    mark: PageVersion,
    fields: dict[str, list[str]],
    organisation: dict[str, Any] | None,
    file: StoredUpload | None = None,
) -> Draft:
    """The draft, locked, with what the page holds in it; the caller saves or finishes it.

    ``file`` is one that the page has sent just now. Call it in a transaction. Raises DraftChanged
    when another page was faster, AlreadyCreated when the page's task is made.
    """
    draft = _locked(user, task_type, mark)
    late = mark.turn is not None and mark.turn < draft.page_turn and mark.page == draft.page
    if not late:
        _fill(draft, mark, fields, organisation)
    if file is not None:
        _abandon_document(draft)
        draft.document_version = documents.add_version(file, user=user)
        _touch(draft)
    return draft


def _fill(
    draft: Draft,
    mark: PageVersion,
    fields: dict[str, list[str]],
    organisation: dict[str, Any] | None,
) -> None:
    if not has_contents(draft):
        _empty(draft)
        draft.closed_at = None
    if (draft.fields, draft.organisation) != (fields, organisation):
        _touch(draft)
    draft.fields, draft.organisation = fields, organisation
    draft.page, draft.page_turn = mark.page, mark.turn or 0
    draft.submission_key = mark.key


def _touch(draft: Draft) -> None:
    """The next revision."""
    draft.revision += 1
    draft.updated_at = clock.now()


def _locked(user: User, task_type: TaskType, mark: PageVersion) -> Draft:
    """The draft's row, locked for the page to write to."""
    rows = Draft.objects.select_for_update().filter(user=user, task_type=task_type)
    draft = rows.first()
    if draft is None:
        Draft.objects.get_or_create(user=user, task_type=task_type)
        draft = rows.get()
    made = SigningTask.objects.filter(submission_key=mark.key, created_by=user).only("pk").first()
    if made is not None:
        raise AlreadyCreated(made)
    if has_contents(draft) and mark.page != draft.page and mark.revision != draft.revision:
        raise DraftChanged(draft)
    return draft


@transaction.atomic
def detach(*, draft: Draft) -> None:
    """«Открепить»."""
    _abandon_document(draft)
    _change(draft, document_version=None)


@transaction.atomic
def record_account_check(*, draft: Draft, outcome: str, about: list[str]) -> None:
    """How «Проверка ЛС» ended, and what it was about."""
    _change(
        draft,
        account_outcome=outcome,
        account_checked_at=clock.now(),
        account_checked_for=about,
    )


@transaction.atomic
def close(*, draft: Draft) -> None:
    """«Закрыть»: empty from now on; `reopen` brings it back while nothing new is typed."""
    _change(draft, closed_at=clock.now(), page="")
    _forget_closed()


@transaction.atomic
def reopen(*, user: User, task_type: TaskType) -> bool:
    """«Отменить» after «Закрыть». False when there is nothing to bring back any more."""
    draft = Draft.objects.select_for_update().filter(user=user, task_type=task_type).first()
    if draft is None or draft.closed_at is None:
        return False
    _change(draft, closed_at=None, page="")
    return has_contents(draft)


def _abandon_document(draft: Draft) -> None:
    if draft.document_version is not None:
        documents.abandon(draft.document_version)


def clear_after_creation(draft: Draft) -> None:
    """Empties the draft of a task that was made; call it in that transaction."""
    _empty(draft)
    draft.submission_key = uuid.uuid4()
    draft.page = ""
    draft.revision += 1
    draft.save()


def _change(draft: Draft, **facts: Any) -> None:
    """Writes ``facts`` to the row, and to the object at hand, as the next revision."""
    row = Draft.objects.select_for_update().get(pk=draft.pk)
    facts |= {"revision": row.revision + 1, "updated_at": clock.now()}
    for each in (row, draft):
        for name, value in facts.items():
            setattr(each, name, value)
    row.save(update_fields=list(facts))


def _empty(draft: Draft) -> None:
    for name, value in EMPTY_VALUES.items():
        setattr(draft, name, type(value)(value) if isinstance(value, (dict, list)) else value)


def _forget_closed() -> None:
    """What was closed and not brought back for a day holds personal data for nothing."""
    before = clock.now() - CLOSED_DRAFT_LIFETIME
    for draft in Draft.objects.select_for_update().filter(closed_at__lt=before):
        _empty(draft)
        draft.closed_at = None
        draft.save()
