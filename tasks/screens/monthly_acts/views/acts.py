"""Preparing the acts of a month, and what was prepared."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.models import AgentList
from tasks.monthly_acts.amounts import describe_month
from tasks.monthly_acts.preparing import may_prepare, prepare_acts
from tasks.monthly_acts.states import find_acts
from tasks.monthly_acts.table import describe_act
from tasks.screens.common.requests import MAX_KEY_DIGITS, UNPROCESSABLE
from tasks.screens.monthly_acts.forms import ActsForm
from tasks.screens.monthly_acts.views.lists import get_visible_list

NEEDS_ROLES = "Нужны роли «Менеджер» и «Массовые прогоны» и доступ «ДГПХ»."


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; a file that cannot be used comes back with the reason and everything chosen."""
    user, agent_list = current_user(request), get_visible_list(request, pk)
    if not may_prepare(user, agent_list):
        raise PermissionDenied(NEEDS_ROLES)
    if request.method != "POST":
        return _render_form(request, agent_list, ActsForm.empty(user))
    form = ActsForm(user, request.POST, request.FILES)
    if form.is_valid():
        try:
            acts = prepare_acts(
                agent_list=agent_list,
                month=form.cleaned_data["month"],
                data=form.batch_data(),
                upload=form.cleaned_data["file"],
                submission_key=form.cleaned_data["submission_key"],
                actor=user,
            )
        except ActionRefused as refused:
            form.add_error("file", refused.messages)
        else:
            return redirect("acts:month", agent_list.pk, acts.pk)
    return _render_form(request, agent_list, form, status=UNPROCESSABLE)


def _render_form(
    request: HttpRequest, agent_list: AgentList, form: ActsForm, *, status: int = 200
) -> HttpResponse:
    context = {"agent_list": agent_list, "form": form}
    return render(request, "tasks/monthly_acts/prepare.html", context, status=status)


@require_safe
def month(request: HttpRequest, pk: int, acts: int) -> HttpResponse:
    """Who gets an act in which batch, and who gets none, and why."""
    agent_list = get_visible_list(request, pk)
    if len(str(acts)) > MAX_KEY_DIGITS:
        raise Http404
    row = get_object_or_404(agent_list.acts.select_related("batch"), pk=acts)
    items = row.items.select_related("acts", "client").order_by("client__name_key", "pk")
    found = {act.client_id: act for act in find_acts(items, current_user(request))}
    lines = [
        (item.client, act, describe_act(act))
        for item in items
        if (act := found.get(item.client_id)) is not None
    ]
    context = {
        "agent_list": agent_list,
        "acts": row,
        "month": describe_month(row.month),
        "lines": lines,
    }
    return render(request, "tasks/monthly_acts/month.html", context)
