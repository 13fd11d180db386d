"""The choice of type, and the form itself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import request_text
from archive.documents import StoredUpload
from clients.actions import DuplicateContact
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from tasks.actions import drafts
from tasks.actions.create import create_task
from tasks.actions.drafts import PageVersion
from tasks.models import Draft, SigningTask
from tasks.screens.common.form_kinds import FormKind, list_form_kinds
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.screens.new_task.contacts import CONTACT_NOT_FOUND
from tasks.screens.new_task.field_values import FieldValues
from tasks.screens.new_task.form_state import FormState
from tasks.screens.new_task.views.common import (
    RESTORE,
    build_page_version,
    client_search,
    get_form_kind,
    handle_draft_conflicts,
    read_form,
    read_page_version,
    render_page,
    save_form,
    write_draft,
)
from tasks.screens.new_task.views.documents import store_posted_file


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """«+ Новое задание»: the types that the person's access is opened to."""
    user = person_of(request)
    kinds = list_form_kinds(user)
    context = {
        "kinds": kinds,
        "request_text": request_text(user.username),
        "helpme_url": settings.HELPME_URL,
    }
    return render(request, "tasks/new_task/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@handle_draft_conflicts
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form: empty, restored from the draft, or sent off with «Создать задание»."""
    kind = get_form_kind(request, slug)
    if request.method == "POST":
        return _create(request, kind)
    user = person_of(request)
    draft = drafts.find_draft(user, kind.task_type)
    saved = drafts.has_contents(draft)
    restored = saved and RESTORE in request.GET
    shown = draft if restored else Draft(user=user, task_type=kind.task_type)
    state = FormState(kind, user, shown.fields or _wanted(request, kind), shown)
    more = _found(request, state) if restored else {}
    more["saved_at"] = format_datetime(draft.updated_at) if saved and not restored else ""
    return render_page(request, state, build_page_version(draft, restored=restored), **more)


def _wanted(request: HttpRequest, kind: FormKind) -> FieldValues:
    """The client that a link names («Создать задание с этим клиентом»): ИНН, or ИНН-КПП."""
    client = request.GET.get("client", "")
    if not client:
        return {}
    return {"person-inn": [client]} if kind.of_persons else {"client": [client]}


def _found(request: HttpRequest, state: FormState) -> dict[str, Any]:
    """What a search without a script has found."""
    match request.GET.get("find"):
        case "client":
            return client_search(state)
        case "nobody":
            return {"contact_note": CONTACT_NOT_FOUND}
        case _:
            return {}


def _create(request: HttpRequest, kind: FormKind) -> HttpResponse:
    """«Создать задание»: 422 with everything that is missing, or the task's card."""
    mark, state = read_page_version(request), read_form(request, kind, ask=True)
    file, refusal = store_posted_file(request)
    try:
        task = _make(state, mark, file) if not refusal else None
    except (DuplicateContact, ActionRefused) as error:
        reasons = error.messages if isinstance(error, ActionRefused) else [str(error)]
        for reason in reasons:
            messages.error(request, reason)
        # Somebody has taken the phone since the form was judged: it is judged again.
        state, task = read_form(request, kind), None
    if task is not None:
        messages.success(request, f"Задание {task.number} создано")
        return redirect(task)
    save_form(state, mark, file)
    more = {"document_error": refusal}
    return render_page(request, state, mark, status=UNPROCESSABLE, **more)


def _make(state: FormState, mark: PageVersion, file: StoredUpload | None) -> SigningTask | None:
    """Client, contact, task and the emptied draft in one transaction; None: it is not ready."""
    with transaction.atomic():
        write_draft(state, mark, file)
        if state.ready:
            client, contact = state.client_section.make(state.user)
            data = state.build_task_data(client, contact)
            task = create_task(data=data, actor=state.user, submission_key=mark.key)
            drafts.clear_after_creation(state.draft)
            return task
        transaction.set_rollback(True)
    return None
