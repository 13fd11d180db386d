"""The draft: saved as one types, closed and brought back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from econtract.platform.common.toasts import UndoToast, offer_undo
from tasks.actions import drafts
from tasks.actions.drafts import AlreadyCreated, DraftChanged
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.common.requests import person_of
from tasks.screens.new_task.field_values import read_values
from tasks.screens.new_task.form_state import field_names
from tasks.screens.new_task.views.common import (
    form_url,
    get_form_kind,
    handle_draft_conflicts,
    read_page_version,
    render_changes,
    save_form,
    save_posted_form,
)
from tasks.screens.new_task.views.common import read_form as posted
from tasks.screens.new_task.views.documents import render_refused_file, store_posted_file

CLEARED = "Форма очищена"
ELSEWHERE = "Черновик изменен в другом окне и остался как есть"


@require_POST
@handle_draft_conflicts
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """What is typed, 1.5 s after it was typed; without a script the button «Сохранить черновик»."""
    kind = get_form_kind(request, slug)
    file, refusal = store_posted_file(request)
    state = save_posted_form(request, kind, file=file)
    if refusal:
        return render_refused_file(request, state, refusal)
    return render_changes(request, state, anchor="")


@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """«Закрыть»: the form and the draft are emptied; «Отменить» brings them back."""
    kind = get_form_kind(request, slug)
    _close(request, kind)
    return redirect(reverse("tasks:list", args=["my"]))


@require_POST
def restart(request: HttpRequest, slug: str) -> HttpResponse:
    """«Начать заново»: an empty form instead of the saved one."""
    kind = get_form_kind(request, slug)
    user = person_of(request)
    draft = drafts.find_draft(user, kind.task_type)
    if drafts.has_contents(draft):
        drafts.close(draft=draft)
        _offer_reopening(request, kind)
    if drafts.has_user_input(read_values(request.POST, field_names(kind))):
        save_form(posted(request, kind), read_page_version(request))
        return redirect(form_url(kind))
    return redirect(form_url(kind, restore=False))


def _close(request: HttpRequest, kind: FormKind) -> None:
    try:
        state = save_posted_form(request, kind)
    except DraftChanged:
        messages.info(request, ELSEWHERE)
        return
    except AlreadyCreated:
        return
    if drafts.has_contents(state.draft):
        drafts.close(draft=state.draft)
        _offer_reopening(request, kind)


def _offer_reopening(request: HttpRequest, kind: FormKind) -> None:
    undo_url = reverse("tasks:new_reopen", args=[kind.slug])
    offer_undo(request, UndoToast(CLEARED, undo_url))


@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """«Отменить» in the toast of a closed form."""
    kind = get_form_kind(request, slug)
    if not drafts.reopen(user=person_of(request), task_type=kind.task_type):
        messages.info(request, "Восстанавливать нечего: начат новый черновик")
    return redirect(form_url(kind))
