"""«Сохраненные» and «Колонки»: dialogs; without JavaScript, pages of their own."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import render_page
from econtract.platform.listing import saved_filters
from econtract.platform.listing.counters import count_label
from econtract.platform.listing.models import SavedFilter
from tasks.listing.counters import LIST_CODE
from tasks.listing.definition import TASK_LIST
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import TABS
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.screens.list.filters import build_active_filters
from tasks.screens.list.forms import ColumnsForm, FilterNameForm, SaveFilterForm
from tasks.screens.list.views.updates import parse_query
from tasks.statuses import quick_filters


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, tab: str) -> HttpResponse:
    """The saved filters with live counts, and the form that saves the current query."""
    user, query = current_user(request), parse_query(request, tab)
    form = SaveFilterForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            saved_filter = saved_filters.save_filter(
                list_code=LIST_CODE, owner=user, tab=tab, query=query, **form.cleaned_data
            )
        except ActionRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"Фильтр «{saved_filter}» сохранен")
            return redirect(_list_url(tab, query))
    return _render_index(request, tab, query, form)


def _render_index(
    request: HttpRequest, tab: str, query: TaskListQuery, form: SaveFilterForm
) -> HttpResponse:
    user = current_user(request)
    filters = saved_filters.filters_open_to(user, TASK_LIST)
    context = {
        "tab": tab,
        "list": TABS[tab],
        "form": form,
        "saved_filters": [
            _filter_context(saved_filter, count, user) for saved_filter, count in filters
        ],
        "active_filters": build_active_filters(query),
        "quick_filter": quick_filters()[query.quick_filter].label if query.quick_filter else "",
        "query": query,
        "save_url": reverse("tasks:saved", args=[tab]) + query.encode(),
        "back_url": _list_url(tab, query),
    }
    status = UNPROCESSABLE if form.errors else 200
    page, part = "tasks/list/saved_filters.html", "tasks/list/_saved_filters.html"
    return render_page(request, page, part, context, status=status)


def _filter_context(saved_filter: SavedFilter, count: int, user: User) -> dict[str, object]:
    """A saved filter as the menu shows it; its forms only for users who can change it."""
    can_change = saved_filter.can_be_changed_by(user)
    return {
        "pk": saved_filter.pk,
        "name": saved_filter.name,
        "url": _filter_url(saved_filter),
        "count": count_label(count),
        "list": TABS[saved_filter.tab].title,
        "group": saved_filter.group.name if saved_filter.group else "",
        "author": "" if saved_filter.owner_id == user.pk else str(saved_filter.owner),
        "rename_url": reverse("tasks:saved_rename", args=[saved_filter.pk]) if can_change else "",
        "delete_url": reverse("tasks:saved_delete", args=[saved_filter.pk]) if can_change else "",
    }


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames a saved filter; its list shows the result as a message."""
    saved_filter, form = _get_changeable(request, pk), FilterNameForm(request.POST)
    if form.is_valid():
        try:
            saved_filters.rename_filter(saved_filter, form.cleaned_data["name"])
            messages.success(request, f"Фильтр переименован: «{saved_filter}»")
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, "Введите название фильтра")
    return redirect(_filter_url(saved_filter))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Deletes the filter, not its tasks."""
    saved_filter = _get_changeable(request, pk)
    saved_filter.delete()
    messages.success(request, f"Фильтр «{saved_filter}» удален")
    return redirect(_list_url(saved_filter.tab, TaskListQuery()))


def _get_changeable(request: HttpRequest, pk: int) -> SavedFilter:
    """Raises Http404 when the user does not see the filter or cannot change it."""
    user = current_user(request)
    shared_filters = SavedFilter.objects.open_to(user).filter(list_code=LIST_CODE)
    saved_filter = get_object_or_404(shared_filters, pk=pk)
    if not saved_filter.can_be_changed_by(user):
        raise Http404
    return saved_filter


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, tab: str) -> HttpResponse:
    """«Колонки»: the choice is stored for the user and applies on every computer."""
    user, query = current_user(request), parse_query(request, tab)
    list_url = _list_url(tab, query)
    if request.method == "POST":
        saved_filters.choose_columns(user, TASK_LIST, request.POST.getlist("columns"))
        return redirect(list_url)
    columns = saved_filters.load_columns(user, TASK_LIST)
    context = {
        "tab": tab,
        "list": TABS[tab],
        "form": ColumnsForm(initial={"columns": columns}),
        "columns_url": reverse("tasks:columns", args=[tab]) + query.encode(),
        "back_url": list_url,
    }
    return render_page(request, "tasks/list/columns.html", "tasks/list/_columns.html", context)


@require_POST
def density(request: HttpRequest, tab: str) -> HttpResponse:
    """«Плотные строки» and «Просторные строки»: stored for the user, as the columns are."""
    is_dense = request.POST.get("dense") == "1"
    saved_filters.choose_density(current_user(request), TASK_LIST, is_dense=is_dense)
    return redirect(_list_url(tab, parse_query(request, tab)))


def _filter_url(saved_filter: SavedFilter) -> str:
    return _list_url(saved_filter.tab, cast(TaskListQuery, saved_filters.query_of(saved_filter)))


def _list_url(tab: str, query: TaskListQuery) -> str:
    return reverse("tasks:list", args=[tab]) + query.encode()
