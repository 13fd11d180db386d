"""«Сохраненные» and «Колонки»: pages opened in a dialog; without a script, pages of their own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import render_page
from tasks.listing import saved
from tasks.listing.counters import in_short
from tasks.listing.query import ListQuery
from tasks.models.lists import SavedFilter
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.screens.list.forms import ColumnsForm, NameForm, SaveForm
from tasks.screens.list.page import LISTS, active_filters
from tasks.screens.list.views.news import query_of
from tasks.statuses import quick_filters


@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest, tab: str) -> HttpResponse:
    """The saved filters with live figures, and the form that saves the present one."""
    user, query = person_of(request), query_of(request, tab)
    form = SaveForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = saved.save(user=user, tab=tab, query=query, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"Фильтр «{made}» сохранен")
            return redirect(_list_url(tab, query))
    return _show(request, tab, query, form)


def _show(request: HttpRequest, tab: str, query: ListQuery, form: SaveForm) -> HttpResponse:
    user, back = person_of(request), _list_url(tab, query)
    context = {
        "tab": tab,
        "list": LISTS[tab],
        "form": form,
        "saved": [_row(one, count, user) for one, count in saved.open_to(user)],
        "active": active_filters(query),
        "chip": quick_filters()[query.group].label if query.group else "",
        "query": query,
        "save_url": reverse("tasks:saved", args=[tab]) + query.encode(),
        "back_url": back,
    }
    status = UNPROCESSABLE if form.errors else 200
    page, part = "tasks/list/saved_filters.html", "tasks/list/_saved_filters.html"
    return render_page(request, page, part, context, status=status)


def _row(one: SavedFilter, count: int, user: User) -> dict[str, object]:
    """A saved filter as the menu shows it; its forms only to those who may change it."""
    may_change = one.may_be_changed_by(user)
    return {
        "pk": one.pk,
        "name": one.name,
        "url": _list_url(one.tab, saved.query_of(one)),
        "count": in_short(count),
        "list": LISTS[one.tab].title,
        "group": one.group.name if one.group else "",
        "author": "" if one.owner_id == user.pk else str(one.owner),
        "rename_url": reverse("tasks:saved_rename", args=[one.pk]) if may_change else "",
        "delete_url": reverse("tasks:saved_delete", args=[one.pk]) if may_change else "",
    }


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a saved filter; the list that it leads to says what became of it."""
    one, form = _changeable(request, pk), NameForm(request.POST)
    if form.is_valid():
        try:
            saved.rename(one, form.cleaned_data["name"])
            messages.success(request, f"Фильтр переименован: «{one}»")
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, "Введите название фильтра")
    return redirect(_list_url(one.tab, saved.query_of(one)))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes the filter; the tasks that it found are untouched."""
    one = _changeable(request, pk)
    one.delete()
    messages.success(request, f"Фильтр «{one}» удален")
    return redirect(_list_url(one.tab, ListQuery()))


def _changeable(request: HttpRequest, pk: int) -> SavedFilter:
    """The filter. Http404 when it is not there for this person, or not his to change."""
    user = person_of(request)
    one = get_object_or_404(SavedFilter.objects.open_to(user), pk=pk)
    if not one.may_be_changed_by(user):
        raise Http404
    return one


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, tab: str) -> HttpResponse:
    """«Колонки»: the optional ones; kept for the person, on whatever computer he logs in."""
    user, query = person_of(request), query_of(request, tab)
    back = _list_url(tab, query)
    if request.method == "POST":
        saved.choose_columns(user, request.POST.getlist("columns"))
        return redirect(back)
    context = {
        "tab": tab,
        "list": LISTS[tab],
        "form": ColumnsForm(initial={"columns": saved.columns_of(user)}),
        "columns_url": reverse("tasks:columns", args=[tab]) + query.encode(),
        "back_url": back,
    }
    return render_page(request, "tasks/list/columns.html", "tasks/list/_columns.html", context)


def _list_url(tab: str, query: ListQuery) -> str:
    return reverse("tasks:list", args=[tab]) + query.encode()
