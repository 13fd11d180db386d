"""«Проверить ящик клиента»: the line of the pre-flight list that only the operator answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tasks.lifecycle import preflight
from tasks.screens.common.requests import visible_task

FOUND = "Ящик клиента найден, документ будет принят"


@require_POST
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Asks the operator whether the client has a box that takes our documents."""
    task = visible_task(request, number)
    check = preflight.ask_about_client_box(task)
    if check.ok:
        messages.success(request, FOUND)
    else:
        messages.error(request, " ".join(map(str, check.refusals)))
    return redirect(task)
