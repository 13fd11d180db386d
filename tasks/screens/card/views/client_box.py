"""The client's box: checking it, choosing one of several, asking for the client's consent."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused, OutsideError
from edo.channels.protocol import RecipientOption
from tasks.actions.recipient import choose_recipient, recipient_refusals
from tasks.channels import channel_for
from tasks.lifecycle import effects
from tasks.models import SigningTask
from tasks.screens.common.requests import UNPROCESSABLE, get_visible_task
from tasks.statuses import Status

BOX_FOUND = "Ящик клиента найден, документ будет принят"
CHOOSE_BOX = "Выберите ящик клиента"
CONSENT_ASKED = "Спрашиваем оператора, принял ли клиент приглашение"
NO_RESPONSE = "Оператор ЭДО не отвечает. Повторите позже"


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Checks outside whether the client can receive the document; the card shows the result.

    A client with several boxes: the manager is asked which one.
    """
    task = get_visible_task(request, number)
    channel = channel_for(task)
    if not channel.can_check_recipient:
        raise Http404
    if task.status == Status.CONSENT_PENDING:
        with transaction.atomic():
            effects.enqueue_poll(task)
        messages.success(request, CONSENT_ASKED)
        return redirect(task)
    result = channel.check_recipient()
    if result.is_known and _has_choice(task):
        return redirect("tasks:client_box_choice", task.number)
    if result.is_ok:
        messages.success(request, BOX_FOUND)
    else:
        messages.error(request, " ".join(map(str, result.refusals)))
    return redirect(task)


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """The boxes of the client; the chosen one is stored on the task."""
    task, user = get_visible_task(request, number), current_user(request)
    if not channel_for(task).can_check_recipient:
        raise Http404
    try:
        options = channel_for(task).find_recipient_options()
    except OutsideError:
        messages.error(request, NO_RESPONSE)
        return redirect(task)
    refusals = recipient_refusals(task, user)
    error = ""
    if request.method == "POST":
        option = next((row for row in options if row.id == request.POST.get("box")), None)
        if option is None:
            error = CHOOSE_BOX
        else:
            try:
                choose_recipient(task=task, option=option, actor=user)
            except ActionRefused as refusal:
                error = str(refusal)
            else:
                messages.success(request, f"Документ уйдет в ящик «{option.label}»")
                return redirect(task)
    context: dict[str, Any] = {
        "task": task,
        "options": options,
        "chosen": request.POST.get("box") or task.recipient_address or _get_first_usable(options),
        "refusals": refusals,
        "errors": [{"href": "#box-0", "text": error}] if error else [],
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "tasks/card/actions/client_box.html", context, status=status)


def _has_choice(task: SigningTask) -> bool:
    try:
        options = channel_for(task).find_recipient_options()
    except OutsideError:
        return False
    return sum(option.is_usable for option in options) > 1


def _get_first_usable(options: tuple[RecipientOption, ...]) -> str:
    return next((option.id for option in options if option.is_usable), "")
