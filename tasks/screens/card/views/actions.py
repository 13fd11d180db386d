"""What people press on a card: moves and comments."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.users import combobox_options as options_of
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import redirect_browser, render_page
from econtract.platform.common.refusals import Refusal
from tasks.actions import mentions, reminders
from tasks.actions.comments import add_comment
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.card.buttons import BUTTON_SPECS, ButtonSpec, label_of
from tasks.screens.card.forms import CommentForm, WordsForm
from tasks.screens.card.views.card import show_card
from tasks.screens.common.requests import UNPROCESSABLE, get_visible_task


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One transition: made at once by POST, or after the words that its page asks for."""
    wording = BUTTON_SPECS.get(name)
    task = get_visible_task(request, number)
    if wording is None:
        raise Http404
    if wording.comment is not None:
        return _ask(request, task, name, wording)
    if request.method != "POST":
        return redirect(task)
    try:
        perform_action(task=task, name=name, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, wording.done)
    return redirect(task)


def _ask(request: HttpRequest, task: SigningTask, name: str, wording: ButtonSpec) -> HttpResponse:
    user = current_user(request)
    argument = "reason" if name == "cancel" else "comment"
    form = WordsForm(request.POST or None, wording=wording, argument=argument)
    refusals = guards.refusals(task, name, guards.actors_of(user, task))
    if request.method == "POST" and form.is_valid():
        try:
            moved = perform_action(task=task, name=name, actor=user, **form.facts)
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, _done(moved, wording))
            return redirect_browser(request, task.get_absolute_url())
    return _words_page(request, task, name, wording, form, refusals)


def _done(task: SigningTask, wording: ButtonSpec) -> str:
    if task.withdrawal:
        return "Документ отзывается у оператора ЭДО. Действие завершится, когда он ответит."
    return wording.done


def _words_page(
    request: HttpRequest,
    task: SigningTask,
    name: str,
    wording: ButtonSpec,
    form: WordsForm,
    refusals: list[Refusal],
) -> HttpResponse:
    context: dict[str, Any] = {
        "task": task,
        "form": form,
        "label": label_of(name, task),
        "action_url": request.path,
        "wording": wording,
        "refusals": refusals,
        "errors": [{"text": reason} for reason in refusals] if request.method == "POST" else [],
        "danger": name == "cancel",
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_page(
        request,
        "tasks/card/actions/action.html",
        "tasks/card/actions/_action.html",
        context,
        status=status,
    )


@require_POST
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Adds a comment; a refused one comes back with what was typed."""
    task, user = get_visible_task(request, number), current_user(request)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            add_comment(task=task, actor=user, text=form.cleaned_data["text"])
        except ActionRefused as refusal:
            form.add_error("text", refusal.messages)
        else:
            return redirect(f"{task.get_absolute_url()}#comments")
    return show_card(request, number, comment_form=form, status=UNPROCESSABLE)


@require_safe
def people(request: HttpRequest, number: int) -> HttpResponse:
    """Suggestions after «@» in a comment: those who see the task."""
    task = get_visible_task(request, number)
    found = mentions.find_candidates(request.GET.get("q", ""), task)
    combobox_options = [
        {**option, "value": option["note"], "note": f"@{option['note']}"}
        for option in options_of(found)
    ]
    context = {"id": "id_text", "options": combobox_options, "empty": "Никто из видящих задание"}
    return render(request, "components/forms/combobox_options.html", context)


@require_POST
def remind(request: HttpRequest, number: int) -> HttpResponse:
    """«Напомнить»."""
    task = get_visible_task(request, number)
    try:
        reminders.remind(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Клиенту отправлено напоминание")
    return redirect(task)
