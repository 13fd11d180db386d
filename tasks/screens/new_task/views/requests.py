"""Reading a request: which form it is about, and what was posted."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from archive import documents
from archive.documents import StoredUpload
from archive.intake.refusals import IntakeRefused
from clients.screens.access import current_user
from tasks.actions import drafts
from tasks.actions.drafts import PageVersion
from tasks.models import Draft
from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG, FormKind
from tasks.screens.new_task.draft_list import DRAFT_PARAM
from tasks.screens.new_task.field_values import read_values
from tasks.screens.new_task.form_state import FormState, build_form_state, field_names
from tasks.screens.new_task.saving import save_form

FILE_FIELD = "document"
SINGLE_FILE_ONLY = "Можно вложить только один файл"
# Length of the textual form of a UUID, and of `Draft.page`.
MAX_PAGE_LENGTH = 36
MAX_NUMBER_LENGTH = 9


def get_form_kind(request: HttpRequest, slug: str) -> FormKind:
    """The form. Raises PermissionDenied if the user has no access to its task type."""
    kind = FORM_KIND_BY_SLUG[slug]
    if kind.task_type not in current_user(request).task_types:
        raise PermissionDenied(f"Нужен доступ «{kind.label}».")
    return kind


def find_draft_of_url(request: HttpRequest, kind: FormKind) -> Draft:
    """The draft that the URL names; an unsaved one if the user has none like that."""
    key = _parse_key(request.GET.get(DRAFT_PARAM, ""))
    return drafts.find_draft(current_user(request), kind.task_type, key)


def read_page_version(request: HttpRequest) -> PageVersion:
    """What the page says about itself. Malformed values count as those of a new page."""
    data = request.POST
    return PageVersion(
        page=data.get("page", "").replace("\x00", "")[:MAX_PAGE_LENGTH],
        revision=_parse_number(data.get("overwrite") or data.get("revision", "")),
        submission_key=_parse_key(data.get("submission_key", "")),
        turn=_parse_number(data.get("turn", "")),
    )


def _parse_number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_LENGTH
    return int(text) if is_number else None


def _parse_key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def read_form(request: HttpRequest, kind: FormKind, *, refresh: bool = False) -> FormState:
    """The posted form. Nothing is saved; ``refresh`` as in `build_form_state`."""
    user = current_user(request)
    values = read_values(request.POST, field_names(kind))
    key = read_page_version(request).submission_key
    draft = drafts.find_draft(user, kind.task_type, key)
    return build_form_state(kind, user, values, draft, refresh=refresh)


def save_posted_form(
    request: HttpRequest,
    kind: FormKind,
    *,
    refresh: bool = False,
    file: StoredUpload | None = None,
) -> FormState:
    """`read_form`, saved as the draft. Raises DraftChanged and AlreadyCreated."""
    state = read_form(request, kind, refresh=refresh)
    return save_form(state, read_page_version(request), file)


def store_posted_file(request: HttpRequest) -> tuple[StoredUpload | None, str]:
    """The posted file, stored, and why it is refused; (None, "") if no file was posted."""
    uploads = request.FILES.getlist(FILE_FIELD)
    if not uploads:
        return None, ""
    if len(uploads) > 1:
        return None, SINGLE_FILE_ONLY
    try:
        return documents.store_upload(uploads[0], user=current_user(request)), ""
    except IntakeRefused as error:
        return None, error.refusal.message
