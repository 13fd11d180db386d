"""Actions on a card: transitions, comments, reminders."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.users import combobox_options
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import redirect_browser, render_page
from econtract.platform.common.refusals import Refusal
from tasks.actions import mentions, reminders
from tasks.actions.comments import add_comment
from tasks.actions.perform_action import VERDICTS, perform_action
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.card.buttons import BUTTON_SPECS, ButtonSpec, button_label
from tasks.screens.card.forms import CommentForm, TransitionForm
from tasks.screens.card.signing import build_client_signature
from tasks.screens.card.views.card import show_card
from tasks.screens.common.requests import UNPROCESSABLE, get_visible_task


@require_http_methods(["GET", "POST"])
def transition(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Makes the transition ``name`` at once, or after the page that asks for its comment."""
    spec = BUTTON_SPECS.get(name)
    task = get_visible_task(request, number)
    if spec is None:
        raise Http404
    if spec.comment is not None:
        return _transition_with_comment(request, task, name, spec)
    if request.method != "POST":
        return redirect(task)
    try:
        perform_action(task=task, name=name, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, spec.success_text)
    return redirect(task)


def _transition_with_comment(
    request: HttpRequest, task: SigningTask, name: str, spec: ButtonSpec
) -> HttpResponse:
    user = current_user(request)
    argument = "reason" if name == "cancel" else "comment"
    form = TransitionForm(request.POST or None, spec=spec, argument=argument)
    refusals = guards.refusals(task, name, guards.actors_of(user, task))
    if request.method == "POST" and form.is_valid():
        try:
            updated_task = perform_action(task=task, name=name, actor=user, **form.arguments)
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, _success_text(updated_task, spec))
            return redirect_browser(request, task.get_absolute_url())
    return _render_transition_page(request, task, name, spec, form, refusals)


def _success_text(task: SigningTask, spec: ButtonSpec) -> str:
    if task.withdrawal:
        return "Документ отзывается. Действие завершится, когда отзыв подтвердится."
    return spec.success_text


def _render_transition_page(
    request: HttpRequest,
    task: SigningTask,
    name: str,
    spec: ButtonSpec,
    form: TransitionForm,
    refusals: list[Refusal],
) -> HttpResponse:
    context: dict[str, Any] = {
        "task": task,
        "form": form,
        "label": button_label(name, task),
        "action_url": request.path,
        "spec": spec,
        "refusals": refusals,
        "errors": [{"text": refusal} for refusal in refusals] if request.method == "POST" else [],
        "danger": name == "cancel",
        "signature": build_client_signature(task) if name in VERDICTS else None,
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
    """Adds a comment; the card shows a refused one again, with the reason."""
    task, user = get_visible_task(request, number), current_user(request)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            add_comment(task=task, actor=user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error("text", refusal.messages)
        else:
            return redirect(f"{task.get_absolute_url()}#comments")
    return show_card(request, number, comment_form=form, status=UNPROCESSABLE)


@require_safe
def people(request: HttpRequest, number: int) -> HttpResponse:
    """Suggestions after «@» in a comment: the users who see the task."""
    task = get_visible_task(request, number)
    users = mentions.find_candidates(request.GET.get("q", ""), task)
    options = [
        {**option, "value": option["note"], "note": f"@{option['note']}"}
        for option in combobox_options(users)
    ]
    context = {"id": "id_text", "options": options, "empty": "Никто из видящих задание"}
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


@require_POST
def send_link_by_email(request: HttpRequest, number: int) -> HttpResponse:
    """«Отправить ссылку по почте»."""
    task = get_visible_task(request, number)
    try:
        reminders.send_link_by_email(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Клиенту отправлена ссылка по электронной почте")
    return redirect(task)
