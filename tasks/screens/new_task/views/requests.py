"""Reading a request: which form it is about, and what was posted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from archive.documents import StoredUpload
from archive.intake import refusals
from archive.joining import composition
from clients.screens.access import current_user
from tasks.actions import drafts
from tasks.actions.drafts import PageVersion
from tasks.models import Draft
from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG, FormKind
from tasks.screens.new_task import templates
from tasks.screens.new_task.draft_list import DRAFT_PARAM
from tasks.screens.new_task.field_values import read_values
from tasks.screens.new_task.form_state import FormState, build_form_state, field_names
from tasks.screens.new_task.saving import save_form

FILES_FIELD = "document"
ALREADY_ATTACHED = "«{}» уже вложен"
# Length of the textual form of a UUID, and of `Draft.page`.
MAX_PAGE_LENGTH = 36
MAX_NUMBER_LENGTH = 9


@dataclass(frozen=True)
class PostedFiles:
    """The posted files that are accepted, stored, and why others are not ("": all are)."""

    accepted: Sequence[StoredUpload] = ()
    refusal: str = ""


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
    names = [*field_names(kind), *templates.asked_names(request.POST)]
    values = read_values(request.POST, names)
    key = read_page_version(request).submission_key
    draft = drafts.find_draft(user, kind.task_type, key)
    return build_form_state(kind, user, values, draft, refresh=refresh)


def save_posted_form(
    request: HttpRequest,
    kind: FormKind,
    *,
    refresh: bool = False,
) -> FormState:
    """`read_form`, saved as the draft. Raises DraftChanged and AlreadyCreated."""
    state = read_form(request, kind, refresh=refresh)
    return save_form(state, read_page_version(request))


def save_posted_form_and_files(
    request: HttpRequest, kind: FormKind
) -> tuple[FormState, PostedFiles]:
    """`save_posted_form`, and the posted files join the draft's document."""
    state = read_form(request, kind)
    posted = store_posted_files(request, state.draft)
    return save_form(state, read_page_version(request), posted.accepted), posted


def store_posted_files(request: HttpRequest, draft: Draft) -> PostedFiles:
    """The files that the request adds to the document of ``draft``. In no transaction."""
    uploads = request.FILES.getlist(FILES_FIELD)
    if not uploads:
        return PostedFiles()
    attached = composition.list_parts(draft.document_version)
    if len(attached) + len(uploads) > composition.MAX_PARTS:
        return PostedFiles(refusal=refusals.TOO_MANY_FILES.message)
    accepted, refused = composition.store_uploads(uploads, user=current_user(request))
    known = {part.uploaded_file.sha256 for part in attached}
    messages = [refusal.message for refusal in refused]
    messages += [
        ALREADY_ATTACHED.format(file.inspected.file_name)
        for file in accepted
        if file.inspected.sha256 in known
    ]
    return PostedFiles(accepted, ". ".join(messages))
