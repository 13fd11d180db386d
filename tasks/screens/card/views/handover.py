"""Whose task it is: «Принять в работу» and its undo, «Передать»."""

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
from tasks.actions import handover
from tasks.models import SigningTask
from tasks.screens.common.handover_forms import HandOverForm
from tasks.screens.common.requests import UNPROCESSABLE, get_visible_task


@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """«Принять в работу». Whoever was slower is told by whom the task was taken."""
    task, user = get_visible_task(request, number), current_user(request)
    had_it = task.manager_id == user.pk
    try:
        handover.take_over(task=task, actor=user, from_manager_id=_shown_manager(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = f"Задание {number} принято в работу"
        if had_it:
            messages.success(request, text)
        else:
            offer_undo(request, UndoToast(text, reverse("tasks:give_back", args=[number])))
    return _to_task(request, number)


@require_POST
def give_back(request: HttpRequest, number: int) -> HttpResponse:
    """«Отменить» of the toast: the previous manager has the task again."""
    task = get_visible_task(request, number)
    try:
        after = handover.give_back(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Задание {number} снова у сотрудника {after.manager}")
    return _to_task(request, number)


@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, number: int) -> HttpResponse:
    """«Передать»: to whom, and a comment. «Найти» serves those without a script."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = handover.hand_over_refusals(task, user)
    people = handover.find_receivers(user, task.task_type).exclude(pk=task.manager_id)
    form = HandOverForm(request.POST or None, people=people)
    sent = request.method == "POST" and "find" not in request.POST
    if sent and not refusals and form.is_valid():
        refusals = _handed(request, task, form)
        if not refusals:
            return _to_task(request, number)
    context = {
        "task": task,
        "title": "Передать задание",
        "body": "tasks/card/actions/_hand_over.html",
        "form": form if sent else HandOverForm(people=people, initial=request.POST.dict()),
        "picker": form.picker(),
        "people_url": f"{reverse('tasks:colleagues')}?type={task.task_type}",
        "refusals": refusals,
    }
    status = UNPROCESSABLE if sent else 200
    return render_page(
        request,
        "tasks/card/actions/page.html",
        "tasks/card/actions/_hand_over.html",
        context,
        status=status,
    )


def _handed(request: HttpRequest, task: SigningTask, form: HandOverForm) -> list[Refusal]:
    """Hands the task over as the form says; answers why it could not be, if so."""
    receiver = form.cleaned_data["to"]
    try:
        handover.hand_over(
            task=task,
            receiver=receiver,
            actor=current_user(request),
            comment=form.cleaned_data["comment"],
            from_manager_id=_shown_manager(request),
        )
    except ActionRefused as refusal:
        return list(refusal.refusals)
    messages.success(request, f"Задание {task.number} передано сотруднику {receiver}")
    return []


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Suggestions for «Кому»: managers to whom this person can hand a task (of a type)."""
    wanted = request.GET.get("type", "")
    people = handover.find_receivers(
        current_user(request), wanted if wanted in TaskType.values else ""
    )
    found = combobox_options(search_by_name(people, request.GET.get("to_q", "")))
    context = {"id": "hand-to", "options": found, "empty": "Сотрудник не найден"}
    return render(request, "components/forms/combobox_options.html", context)


def _shown_manager(request: HttpRequest) -> int | None:
    """Whose task it was when the page was drawn; None: the page did not say."""
    shown = request.POST.get("manager", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 16 else None


def _to_task(request: HttpRequest, number: int) -> HttpResponse:
    """To the card, or home for one who does not see the task any more."""
    seen = SigningTask.objects.visible_to(current_user(request)).filter(pk=number).exists()
    return redirect_browser(
        request, reverse("tasks:card", args=[number]) if seen else reverse("home")
    )
