"""«Лицевой счет» on the card: changing it, «Проверка ЛС», and «Проверка проведена»."""

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

ACCOUNT_VERIFIED = "ЛС проверен"
ACCOUNT_NOT_FOUND = (
    "ЛС не найден у клиента с этим ИНН. Если ЛС создан менее 60 минут назад, повторите проверку "
    "позже. Если ЛС создан давно, оформите заявку в техническую поддержку."
)
EIP_UNAVAILABLE = "ЕИП не отвечает. Подписание начнется после успешной проверки"


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Changes the account number: the form checks its prefix, then ЕИП the number."""
    task = get_visible_task(request, number)
    refusals = account_refusals(task, current_user(request))
    initial = {"account_number": task.account_number, "based_on": task.account_number}
    form = AccountForm(request.POST or None, initial=initial, task=task)
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
    response_status = status if request.method == "POST" else 200
    return render_page(
        request,
        "tasks/card/actions/page.html",
        "tasks/card/actions/_account.html",
        context,
        status=response_status,
    )


def _compare(form: AccountForm, overtaken: Overtaken) -> list[dict[str, str]]:
    """The number that another user saved beside the one in the form; saving again replaces it."""
    form.add_error(None, overtaken.messages)
    current = overtaken.task.account_number
    form.rebase_on(current)
    return [{"label": "Лицевой счет", "old": current, "new": form.data["account_number"]}]


@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """«Проверка ЛС» of the task's current number."""
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
    """Queries ЕИП outside a transaction, then saves number and result. Raises Overtaken."""
    try:
        is_verified = eip().account_belongs(
            account_number, task.client.inn, timeout=settings.OUTSIDE_PAGE_SECONDS
        )
    except OutsideError:
        is_verified, text = False, EIP_UNAVAILABLE
    else:
        text = ACCOUNT_VERIFIED if is_verified else ACCOUNT_NOT_FOUND
    try:
        set_account(
            task=task,
            account_number=account_number,
            verified_at=clock.now() if is_verified else None,
            actor=current_user(request),
            based_on=based_on,
        )
    except Overtaken:
        raise
    except ActionRefused as refusal:
        is_verified, text = False, str(refusal)
    (messages.success if is_verified else messages.error)(request, text)
    return redirect_browser(request, task.get_absolute_url())


@require_POST
def fraud_check(request: HttpRequest, number: int) -> HttpResponse:
    """«Проверка проведена»: the user has checked the client on the portal dataport."""
    task = get_visible_task(request, number)
    try:
        confirm_fraud_check(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Проверка клиента отмечена")
    return redirect(task)
