"""The draft: saved while the user types, closed, deleted from the list and reopened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from econtract.platform.common.toasts import UndoToast, offer_undo
from tasks.actions import drafts
from tasks.actions.drafts import AlreadyCreated, DraftChanged
from tasks.models import Draft
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task.draft_list import draft_url
from tasks.screens.new_task.field_values import read_values
from tasks.screens.new_task.form_state import field_names
from tasks.screens.new_task.saving import check_account
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    find_draft_of_url,
    get_form_kind,
    save_posted_form,
    save_posted_form_and_files,
)
from tasks.screens.new_task.views.responses import form_url, render_changes, render_refused_file

FORM_CLEARED = "Форма очищена"
CHANGED_ELSEWHERE = "Черновик изменен в другом окне и остался как есть"
DRAFT_DELETED = "Черновик удален"
NOTHING_TO_REOPEN = "Черновика больше нет: после закрытия он хранится сутки"


@require_POST
@handle_draft_conflicts
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """The autosave, 1.5 s after the last change; «Сохранить черновик» without JavaScript.

    An account number that has become complete is checked at once.
    """
    kind = get_form_kind(request, slug)
    state, posted = save_posted_form_and_files(request, kind)
    if posted.refusal:
        return render_refused_file(request, state, posted.refusal)
    if state.needs_account_check:
        check_account(state)
    return render_changes(request, state)


@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """«Закрыть»: the draft is closed, and «Отменить» in a toast reopens it."""
    kind = get_form_kind(request, slug)
    _save_and_close(request, kind)
    return redirect(reverse("tasks:list", args=["my"]))


def _save_and_close(request: HttpRequest, kind: FormKind) -> None:
    try:
        state = save_posted_form(request, kind)
    except DraftChanged:
        messages.info(request, CHANGED_ELSEWHERE)
        return
    except AlreadyCreated:
        return
    if drafts.has_contents(state.draft):
        drafts.close(draft=state.draft)
        _offer_reopening(request, kind, state.draft, FORM_CLEARED)


@require_POST
@handle_draft_conflicts
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """«Удалить» in a list of drafts; «Отменить» in a toast brings the draft back.

    The list above an empty form posts that form as well: what is typed there is saved.
    """
    kind = get_form_kind(request, slug)
    draft = find_draft_of_url(request, kind)
    if drafts.has_contents(draft):
        drafts.close(draft=draft)
        _offer_reopening(request, kind, draft, DRAFT_DELETED)
    if "submission_key" not in request.POST:
        return redirect("tasks:new")
    if drafts.has_user_input(read_values(request.POST, field_names(kind))):
        return redirect(form_url(kind, save_posted_form(request, kind).draft))
    return redirect(form_url(kind))


def _offer_reopening(request: HttpRequest, kind: FormKind, draft: Draft, text: str) -> None:
    offer_undo(request, UndoToast(text, draft_url("reopen", kind, draft)))


@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """«Отменить» in the toast of a closed form."""
    kind = get_form_kind(request, slug)
    draft = find_draft_of_url(request, kind)
    if drafts.reopen(draft=draft):
        return redirect(form_url(kind, draft))
    messages.info(request, NOTHING_TO_REOPEN)
    return redirect("tasks:new")
