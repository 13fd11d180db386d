"""Lists of agents: all of them, one of them, and what its manager changes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models.search_text import MAX_SEARCH_LENGTH
from clients.screens.access import current_user
from clients.screens.pagination import paginate_list
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import pluralize
from tasks.models import AgentList
from tasks.monthly_acts import lists
from tasks.monthly_acts.preparing import may_prepare
from tasks.screens.common.requests import MAX_KEY_DIGITS, UNPROCESSABLE
from tasks.screens.monthly_acts.forms import AddAgentsForm, ListForm
from tasks.screens.monthly_acts.page import build_agent_rows, find_agents

AGENTS_PER_PAGE = 50
MAX_EVENTS, MAX_PREPARED = 20, 24
# More unknown numbers than this are counted, not named.
MAX_NAMED = 10


@require_safe
def all_lists(request: HttpRequest) -> HttpResponse:
    """The lists of every manager whose tasks the user sees."""
    user = current_user(request)
    rows = AgentList.objects.visible_to(user).select_related("manager")
    context = {
        "lists": rows.annotate(agents=Count("members")),
        "can_create": lists.may_keep_lists(user),
    }
    return render(request, "tasks/monthly_acts/lists.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = current_user(request)
    if not lists.may_keep_lists(user):
        raise PermissionDenied(lists.FORBIDDEN.message)
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(lists.create_list(name=form.cleaned_data["name"], actor=user))
        except ActionRefused as refused:
            form.add_error("name", refused.messages)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "tasks/monthly_acts/new.html", {"form": form}, status=status)


@require_safe
def one_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The agents and what keeps them from signing; ``?q=`` looks for agents to add."""
    return render_list(request, get_visible_list(request, pk))


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    agent_list, form = get_visible_list(request, pk), AddAgentsForm(request.POST)
    if form.is_valid():
        try:
            addition = lists.add_agents(
                agent_list=agent_list, inns=form.cleaned_data["inns"], actor=current_user(request)
            )
        except ActionRefused as refused:
            form.add_error(None, refused.messages)
        else:
            _tell(request, addition)
            return redirect(agent_list)
    return render_list(request, agent_list, add_form=form, status=UNPROCESSABLE)


@require_POST
def remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    agent_list = get_visible_list(request, pk)
    try:
        lists.remove_agent(agent_list=agent_list, member_id=member, actor=current_user(request))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect(agent_list)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    agent_list, form = get_visible_list(request, pk), ListForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            lists.rename_list(agent_list=agent_list, name=name, actor=current_user(request))
            return redirect(agent_list)
        except ActionRefused as refused:
            form.add_error("name", refused.messages)
    return render_list(request, agent_list, name_form=form, status=UNPROCESSABLE)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    agent_list = get_visible_list(request, pk)
    try:
        lists.close_list(agent_list=agent_list, actor=current_user(request))
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect(agent_list)
    messages.success(request, f"Список «{agent_list}» закрыт")
    return redirect("acts:lists")


def get_visible_list(request: HttpRequest, pk: int) -> AgentList:
    """Raises Http404 if the user does not see the list."""
    visible = AgentList.objects.visible_to(current_user(request)).select_related("manager")
    agent_list = visible.filter(pk=pk).first() if len(str(pk)) <= MAX_KEY_DIGITS else None
    if agent_list is None:
        raise Http404
    return agent_list


def render_list(
    request: HttpRequest, agent_list: AgentList, *, status: int = 200, **forms: Any
) -> HttpResponse:
    user = current_user(request)
    query = request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    rows = build_agent_rows(agent_list)
    context = {
        "agent_list": agent_list,
        "can_edit": agent_list.manager_id == user.pk and lists.may_keep_lists(user),
        "can_prepare": may_prepare(user, agent_list),
        "acts": agent_list.acts.select_related("batch")[:MAX_PREPARED],
        "page": paginate_list(request, rows, per_page=AGENTS_PER_PAGE),
        "agents": len(rows),
        "stopped": sum(row.badge == "error" for row in rows),
        "query": query,
        "found": find_agents(agent_list, query),
        "events": agent_list.events.select_related("actor")[:MAX_EVENTS],
        "add_form": AddAgentsForm(),
        "name_form": ListForm(initial={"name": agent_list.name}),
        **forms,
    }
    return render(request, "tasks/monthly_acts/list.html", context, status=status)


def _tell(request: HttpRequest, addition: lists.Addition) -> None:
    """What became of the ИНН: added, there already, unknown."""
    count = addition.added
    words = pluralize(count, "агент добавлен", "агента добавлено", "агентов добавлено")
    messages.success(request, f"{count} {words}")
    if addition.known:
        messages.info(request, f"Уже были в списке: {addition.known}")
    if addition.unknown:
        named = ", ".join(addition.unknown[:MAX_NAMED])
        rest = len(addition.unknown) - MAX_NAMED
        more = f" и еще {rest}" if rest > 0 else ""
        text = f"Агентов с такими ИНН в «Управлении» нет: {named}{more}. Добавьте их карточки"
        messages.warning(request, text)
