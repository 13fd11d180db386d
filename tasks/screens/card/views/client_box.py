"""«Проверить ящик клиента»: asking outside whether the client can be reached."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tasks.channels import channel_for
from tasks.screens.common.requests import get_visible_task

FOUND = "Ящик клиента найден, документ будет принят"


@require_POST
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Asks whether the client can receive our document; the card shows the answer."""
    task = get_visible_task(request, number)
    channel = channel_for(task)
    if not channel.can_check_recipient:
        raise Http404
    check = channel.check_recipient()
    if check.is_ok:
        messages.success(request, FOUND)
    else:
        messages.error(request, " ".join(map(str, check.refusals)))
    return redirect(task)
