"""«Проверить ящик клиента»."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tasks.channels import channel_for
from tasks.screens.common.requests import get_visible_task

BOX_FOUND = "Ящик клиента найден, документ будет принят"


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Checks outside whether the client can receive the document; the card shows the result."""
    task = get_visible_task(request, number)
    channel = channel_for(task)
    if not channel.can_check_recipient:
        raise Http404
    result = channel.check_recipient()
    if result.is_ok:
        messages.success(request, BOX_FOUND)
    else:
        messages.error(request, " ".join(map(str, result.refusals)))
    return redirect(task)
