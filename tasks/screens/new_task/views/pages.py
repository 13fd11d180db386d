"""The choice of a task type, and the form itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.session_end.unsent_forms import take_form
from accounts.support import build_access_request
from clients.actions import DuplicateContact
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.actions import drafts
from tasks.models import Draft
from tasks.screens.common.form_kinds import FormKind, list_form_kinds
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.screens.new_task.companies import find_linked_contact, search_companies
from tasks.screens.new_task.contacts import CONTACT_NOT_FOUND
from tasks.screens.new_task.draft_list import DRAFT_PARAM, build_saved_drafts
from tasks.screens.new_task.field_values import FieldValues, get_value
from tasks.screens.new_task.form_state import FormState, build_form_state
from tasks.screens.new_task.last_choices import find_last_choices
from tasks.screens.new_task.person_section import PersonSection
from tasks.screens.new_task.saving import create_or_save, save_form
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    find_draft_of_url,
    get_form_kind,
    read_form,
    read_page_version,
    save_posted_form,
    store_posted_files,
)
from tasks.screens.new_task.views.responses import (
    CLIENT_SEARCH,
    CONTACT_SEARCH,
    SEARCH_PARAM,
    form_url,
    new_page_version,
    render_page,
)

# Above an empty form; «Новое задание» lists all.
MAX_DRAFTS_OFFERED = 2
DRAFT_GONE = "Этого черновика больше нет: по нему создано задание, или он удален"


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """«+ Новое задание»: the task types that the user has access to.

    A link from a client's card names the type, and the rest of its query goes to the form.
    """
    user = current_user(request)
    kinds = list_form_kinds(user)
    for kind in kinds:
        if kind.task_type == request.GET.get("type"):
            return redirect(f"{form_url(kind)}?{request.GET.urlencode()}")
    context = {
        "kinds": kinds,
        "saved_drafts": build_saved_drafts(drafts.list_drafts(user, user.task_types)),
        "max_drafts": drafts.MAX_DRAFTS,
        "access_request": build_access_request(user.username),
    }
    return render(request, "tasks/new_task/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@handle_draft_conflicts
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form: empty, restored from a draft, or submitted with «Создать задание»."""
    kind = get_form_kind(request, slug)
    if request.method == "POST":
        return _create(request, kind)
    if unsent := take_form(request, request.path, field="submission_key"):
        return _restore_unsent(request, kind, unsent.data)
    draft = find_draft_of_url(request, kind)
    if draft._state.adding or draft.closed_at is not None:
        if DRAFT_PARAM in request.GET:
            messages.info(request, DRAFT_GONE)
        return _render_empty_form(request, kind)
    state = build_form_state(kind, current_user(request), draft.fields, draft)
    page_version = new_page_version(draft, is_restored=True)
    return render_page(request, state, page_version, **_build_search_result(request, state))


def _render_empty_form(request: HttpRequest, kind: FormKind) -> HttpResponse:
    """A new draft, and the saved ones to restore instead."""
    user = current_user(request)
    draft = Draft(user=user, task_type=kind.task_type)
    values = {**find_last_choices(user, kind.task_type), **_read_client_param(request, kind)}
    state = build_form_state(kind, user, values, draft)
    if state.signing_options.signatory is None and get_value(values, "signatory"):
        # They cannot sign any more, so they are not offered.
        state = build_form_state(kind, user, {**values, "signatory": []}, draft)
    if isinstance(state.client_section, PersonSection):
        state.client_section.form.fields["inn"].widget.attrs["autofocus"] = True
    saved_drafts = build_saved_drafts(drafts.list_drafts(user, [kind.task_type]))
    page_version = new_page_version(draft, is_restored=False)
    return render_page(
        request,
        state,
        page_version,
        autofocus=True,
        saved_drafts=saved_drafts[:MAX_DRAFTS_OFFERED],
        has_more_drafts=len(saved_drafts) > MAX_DRAFTS_OFFERED,
        max_drafts=drafts.MAX_DRAFTS,
        replaced_draft=saved_drafts[-1] if len(saved_drafts) >= drafts.MAX_DRAFTS else None,
    )


def _restore_unsent(request: HttpRequest, kind: FormKind, data: QueryDict) -> HttpResponse:
    """The form as it was when its session ended, saved as the draft like any autosave.

    Every request of the form carries all its fields. Raises DraftChanged and AlreadyCreated.
    """
    request.POST = data  # type: ignore[assignment]  # also for the page of a conflict
    state = save_posted_form(request, kind)
    return render_page(request, state, new_page_version(state.draft, is_restored=True))


def _read_client_param(request: HttpRequest, kind: FormKind) -> FieldValues:
    """The client in the URL of «Отправить на подпись»: ИНН or ИНН-КПП; and one of its contacts.

    The contact is a key and no phone, which logs would keep.
    """
    client = request.GET.get("client", "")
    if not client:
        return {}
    if kind.is_for_persons:
        return {"person-inn": [client]}
    contact = request.GET.get("contact", "")
    return {"client": [client], **find_linked_contact(kind.section, client, contact)}


def _build_search_result(request: HttpRequest, state: FormState) -> dict[str, Any]:
    """The result of a search without JavaScript."""
    search = request.GET.get(SEARCH_PARAM)
    if search == CLIENT_SEARCH:
        query = get_value(state.values, "client_q")
        options, message = search_companies(state.kind.section, query) if query else ([], "")
        return {"client_options": options, "client_message": message}
    if search == CONTACT_SEARCH:
        return {"contact_note": CONTACT_NOT_FOUND}
    return {}


def _create(request: HttpRequest, kind: FormKind) -> HttpResponse:
    """«Создать задание»: the task's card, or the form with everything that is missing (422)."""
    page_version = read_page_version(request)
    state = read_form(request, kind, refresh=True)
    posted = store_posted_files(request, state.draft)
    task, reasons = None, []
    if posted.refusal:
        state = save_form(state, page_version, posted.accepted)
    else:
        try:
            state, task = create_or_save(state, page_version, posted.accepted)
        except (DuplicateContact, ActionRefused) as error:
            reasons = error.messages if isinstance(error, ActionRefused) else [str(error)]
            # The cause may be newer than the form's validation, so validate it again.
            state = save_form(read_form(request, kind), page_version, posted.accepted)
    if task is not None:
        messages.success(request, f"Задание {task.number} создано")
        return redirect(task)
    return render_page(
        request,
        state,
        page_version,
        status=UNPROCESSABLE,
        refusals=reasons,
        document_error=posted.refusal,
    )
