"""«Лицевой счет» on the card: change, «Проверка ЛС», and the tick of the reliability check."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from clients.gateways.eip import eip
from clients.screens.access import current_user
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused, OutsideError
from econtract.platform.common.htmx import redirect_browser, render_page
from tasks.actions.account import account_refusals, confirm_fraud_check, set_account
from tasks.actions.conflicts import Overtaken
from tasks.models import SigningTask
from tasks.screens.card.forms import AccountForm
from tasks.screens.common.requests import CONFLICT, UNPROCESSABLE, get_visible_task

FOUND = "ЛС проверен"
NOT_FOUND = (
    "ЛС не найден у клиента с этим ИНН. Если ЛС создан менее 60 минут назад, повторите проверку "
    "позже. Если ЛС создан давно, оформите заявку в техническую поддержку."
)
OUT_OF_REACH = "ЕИП не отвечает. Подписание начнется после успешной проверки"


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another account number: checked by its prefix here and in ЕИП at once."""
    task = get_visible_task(request, number)
    refusals = account_refusals(task, current_user(request))
    shown = {"account_number": task.account_number, "based_on": task.account_number}
    form = AccountForm(request.POST or None, initial=shown, task=task)
    status, changes = UNPROCESSABLE, []
    if request.method == "POST" and not refusals and form.is_valid():
        try:
            return _verify(request, task, **form.cleaned_data)
        except Overtaken as overtaken:
            status, changes = CONFLICT, _compare(form, overtaken)
    context = {
        "task": task,
        "form": form,
        "refusals": refusals,
        "changes": changes,
        "title": "Лицевой счет",
        "body": "tasks/card/actions/_account.html",
    }
    shown_status = status if request.method == "POST" else 200
    return render_page(
        request,
        "tasks/card/actions/page.html",
        "tasks/card/actions/_account.html",
        context,
        status=shown_status,
    )


def _compare(form: AccountForm, overtaken: Overtaken) -> list[dict[str, str]]:
    """What somebody else has saved against what was typed; the next save goes over it."""
    form.add_error(None, overtaken.messages)
    saved, typed = overtaken.task.account_number, form.data["account_number"]
    form.begin_again_from(saved)
    return [{"label": "Лицевой счет", "old": saved, "new": typed}]


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """«Проверка ЛС» of the number that the task has."""
    task = get_visible_task(request, number)
    if refusals := account_refusals(task, current_user(request)):
        messages.error(request, " ".join(map(str, refusals)))
        return redirect(task)
    account = task.account_number
    try:
        return _verify(request, task, account, based_on=account)
    except Overtaken as overtaken:
        messages.error(request, str(overtaken))
        return redirect(task)


def _verify(
    request: HttpRequest, task: SigningTask, account_number: str, based_on: str
) -> HttpResponse:
    """Asks ЕИП with no transaction open, then writes what it said. Raises Overtaken."""
    try:
        found = eip().account_belongs(
            account_number, task.client.inn, timeout=settings.OUTSIDE_PAGE_SECONDS
        )
    except OutsideError:
        found, words = False, OUT_OF_REACH
    else:
        words = FOUND if found else NOT_FOUND
    try:
        set_account(
            task=task,
            account_number=account_number,
            verified_at=clock.now() if found else None,
            actor=current_user(request),
            based_on=based_on,
        )
    except Overtaken:
        raise
    except ActionRefused as refusal:
        found, words = False, str(refusal)
    (messages.success if found else messages.error)(request, words)
    return redirect_browser(request, task.get_absolute_url())


@require_POST
def fraud_check(request: HttpRequest, number: int) -> HttpResponse:
    """«Проверка проведена» (portal dataport)."""
    task = get_visible_task(request, number)
    try:
        confirm_fraud_check(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Проверка клиента отмечена")
    return redirect(task)
