"""«Другой способ подписания»: the ЭДО operator or SMS."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.actions.channel import choose_channel
from tasks.models import Channel
from tasks.screens.common.requests import get_visible_task

SUCCESS_TEXTS = {
    Channel.EDO: "Документ уйдет через оператора ЭДО",
    Channel.SMS: "Клиент получит ссылку и код в СМС",
}
REVOKED_FIRST = "Отправленный документ отзывается. {}, как только он будет отозван"
UNKNOWN = "Такого способа подписания нет"


@require_POST
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Changes the way of signing. A document that the client has is revoked, then sent again; any
    other is sent by «Отправить снова» or in its turn."""
    task, user = get_visible_task(request, number), current_user(request)
    channel = request.POST.get("channel", "")
    if channel not in Channel.values:
        messages.error(request, UNKNOWN)
        return redirect(task)
    try:
        choice = choose_channel(task=task, channel=Channel(channel), actor=user)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = SUCCESS_TEXTS[Channel(channel)]
        messages.success(request, REVOKED_FIRST.format(text) if choice.is_revoked_first else text)
    return redirect(task)
