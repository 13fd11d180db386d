"""Changing the manager of a task: «Принять в работу» with its undo, «Передать»."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import TaskType
from accounts.users import combobox_options, search_by_name
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import redirect_browser, render_page
from econtract.platform.common.refusals import Refusal
from econtract.platform.common.toasts import UndoToast, offer_undo
from econtract.platform.listing.query import parse_id
from tasks.actions import handover
from tasks.models import SigningTask
from tasks.screens.common.handover_forms import HandOverForm
from tasks.screens.common.requests import UNPROCESSABLE, get_visible_task


@require_POST
def take_over(request: HttpRequest, number: int) -> HttpResponse:
    """«Принять в работу». If another user was faster, the message names them."""
    task, user = get_visible_task(request, number), current_user(request)
    was_manager = task.manager_id == user.pk
    try:
        handover.take_over(task=task, actor=user, from_manager_id=_parse_expected_manager(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = f"Задание {number} принято в работу"
        if was_manager:
            messages.success(request, text)
        else:
            offer_undo(request, UndoToast(text, reverse("tasks:give_back", args=[number])))
    return _redirect_to_task(request, number)


@require_POST
def give_back(request: HttpRequest, number: int) -> HttpResponse:
    """«Отменить» in the toast: the previous manager gets the task back."""
    task = get_visible_task(request, number)
    try:
        updated_task = handover.give_back(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Задание {number} снова у сотрудника {updated_task.manager}")
    return _redirect_to_task(request, number)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """«Передать»: the receiver and a comment. «Найти» works without JavaScript."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = handover.hand_over_refusals(task, user)
    receivers = handover.find_receivers(user, task.task_type).exclude(pk=task.manager_id)
    form = HandOverForm(request.POST or None, receivers=receivers)
    is_submitted = request.method == "POST" and "find" not in request.POST
    if is_submitted and not refusals and form.is_valid():
        refusals = _hand_over(request, task, form)
        if not refusals:
            return _redirect_to_task(request, number)
    context = {
        "task": task,
        "title": "Передать задание",
        "body": "tasks/card/actions/_hand_over.html",
        "form": form
        if is_submitted
        else HandOverForm(receivers=receivers, initial=request.POST.dict()),
        "picker": form.picker(),
        "receivers_url": f"{reverse('tasks:colleagues')}?type={task.task_type}",
        "refusals": refusals,
    }
    status = UNPROCESSABLE if is_submitted else 200
    return render_page(
        request,
        "tasks/card/actions/page.html",
        "tasks/card/actions/_hand_over.html",
        context,
        status=status,
    )


def _hand_over(request: HttpRequest, task: SigningTask, form: HandOverForm) -> list[Refusal]:
    """Hands the task over; returns the refusals, empty on success."""
    receiver = form.cleaned_data["to"]
    try:
        handover.hand_over(
            task=task,
            receiver=receiver,
            actor=current_user(request),
            comment=form.cleaned_data["comment"],
            from_manager_id=_parse_expected_manager(request),
        )
    except ActionRefused as refusal:
        return list(refusal.refusals)
    messages.success(request, f"Задание {task.number} передано сотруднику {receiver}")
    return []


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Suggestions for «Кому»: the managers to whom the user can hand over a task (of a type)."""
    task_type = request.GET.get("type", "")
    receivers = handover.find_receivers(
        current_user(request), task_type if task_type in TaskType.values else ""
    )
    options = combobox_options(search_by_name(receivers, request.GET.get("to_q", "")))
    context = {"id": "hand-to", "options": options, "empty": "Сотрудник не найден"}
    return render(request, "components/forms/combobox_options.html", context)


def _parse_expected_manager(request: HttpRequest) -> int | None:
    """The manager that the page showed; None if the form does not say."""
    return parse_id(request.POST.get("manager", ""))


def _redirect_to_task(request: HttpRequest, number: int) -> HttpResponse:
    """Redirects to the card, or home if the user does not see the task any more."""
    is_visible = SigningTask.objects.visible_to(current_user(request)).filter(pk=number).exists()
    return redirect_browser(
        request, reverse("tasks:card", args=[number]) if is_visible else reverse("home")
    )
