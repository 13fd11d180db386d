"""«Мои задания», «Все задания», «Архив», and the search over all that one sees."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from econtract.platform.common import clock
from econtract.platform.common.addresses import address
from econtract.platform.common.htmx import is_fragment, render_page
from tasks.listing.columns import headers, shown_columns
from tasks.listing.counters import counters_of
from tasks.listing.position import Walk
from tasks.listing.query import FIRST_PAGE, NO_GROUP, ListQuery
from tasks.listing.tabs import known_length, lists_of, page_of
from tasks.screens.common.frame import GROUP_IN_SESSION, Navigation
from tasks.screens.common.requests import person_of
from tasks.screens.list.forms import FilterForm
from tasks.screens.list.page import (
    LISTS,
    active_filters,
    chips,
    empty_words,
    owner_name,
    owner_options,
)
from tasks.screens.list.pages import Found, pagination
from tasks.screens.list.rows import names_of, rows, table_body
from tasks.screens.list.views.exports import answer
from tasks.screens.list.views.news import Drawn, first_poll, query_of
from tasks.wording.turns import Turns


@require_safe
def task_list(request: HttpRequest, tab: str) -> HttpResponse:
    """One tab. A bare address brings the stored quick filter back; an explicit one is stored."""
    lists = lists_of(person_of(request))
    if tab not in lists:
        query = request.GET.urlencode()
        return redirect(f"{reverse('tasks:list', args=[lists[0]])}{'?' if query else ''}{query}")
    if LISTS[tab].has_chips:
        if "group" in request.GET:
            _remember_group(request)
        elif group := request.session.get(GROUP_IN_SESSION):
            params = request.GET.copy()
            params["group"] = group
            return redirect(f"{request.path}?{params.urlencode()}")
    return show_list(request, tab)


def _remember_group(request: HttpRequest) -> None:
    group = ListQuery.read(request.GET).group
    if not group and request.GET["group"] != NO_GROUP:
        return
    if group:
        if request.session.get(GROUP_IN_SESSION) != group:
            request.session[GROUP_IN_SESSION] = group
    else:
        request.session.pop(GROUP_IN_SESSION, None)


def show_list(request: HttpRequest, tab: str, **more: Any) -> HttpResponse:
    """The page of ``tab``, or the results alone when htmx asks; ``more`` is for the template."""
    user, query = person_of(request), query_of(request, tab)
    nav = Navigation(request)
    nav.counters = counters_of(user, chips_of=tab if LISTS[tab].has_chips else "")
    columns = shown_columns(nav.counters.columns, with_owner=LISTS[tab].shows_owner)
    codes = tuple(column.code for column in columns)
    nothing_asked = tab == "search" and not query.q
    known = 0 if nothing_asked else known_length(nav.counters, tab, query)
    shown = page_of(user, tab, query, names_of(codes), known)
    if shown.found and not shown.rows:  # the list has become shorter since the link was made
        query = query.last_page(shown.found)
        shown = page_of(user, tab, query, names_of(codes), shown.found)
    found, page_rows = Found(shown.found), rows(shown.rows, Turns.told_to(user), codes)
    context: dict[str, Any] = {
        "nav": nav,
        "tab": tab,
        "list": LISTS[tab],
        "query": query,
        "hidden": query.parts(leave_out=frozenset({"q", *FIRST_PAGE})),
        "base": request.path,
        "columns": headers(columns, query),
        "rows": page_rows,
        "body": table_body(page_rows, codes),
        "found": found.words,
        "active": active_filters(query),
        "empty": empty_words(query),
        "reset_url": f"{request.path}?group={NO_GROUP}",
        "pagination": pagination(query, found, shown),
        "is_fragment": is_fragment(request),
        "answer": None,
        "news": "",
        **more,
    }
    Walk.of(tab, query, shown).keep_in(request.session)
    if tab in lists_of(user):
        drawn = Drawn(clock.now(), tuple(row.number for row in page_rows))
        context |= _tab_context(nav, tab, query, drawn)
    response = render_page(request, "tasks/list/list.html", "tasks/list/_results.html", context)
    trigger_client_event(response, "announce", {"value": found.words})
    return response


def _tab_context(nav: Navigation, tab: str, query: ListQuery, drawn: Drawn) -> dict[str, Any]:
    encoded = query.encode()
    return {
        "chips": chips(tab, query, nav.counters),
        "filters_url": address("tasks:filters", tab) + encoded,
        "saved_url": address("tasks:saved", tab) + encoded,
        "columns_url": address("tasks:columns", tab) + encoded,
        "export_url": address("tasks:export", tab) + encoded,
        "news_url": first_poll(nav, tab, query, drawn),
    }


@require_safe
def filters(request: HttpRequest, tab: str) -> HttpResponse:
    """The filters of a list as a page, opened in a dialog; its form leads to the list."""
    query = query_of(request, tab)
    list_url = address("tasks:list", tab)
    asked = request.GET.get("owner_q", "")
    context = {
        "tab": tab,
        "list": LISTS[tab],
        "query": query,
        "form": FilterForm(initial=FilterForm.initial_of(query)),
        "hidden": query.parts(leave_out=FilterForm.NAMES.union(FIRST_PAGE)),
        "list_url": list_url,
        "filters_url": request.path,
        "owners_url": reverse("tasks:owners"),
        "owner_q": asked,
        "owner_name": "" if asked else owner_name(query),
        "owners": owner_options(person_of(request), asked) if asked else [],
        "back_url": list_url + query.encode(),
        "reset_url": f"{list_url}?group={NO_GROUP}",
    }
    return render_page(request, "tasks/list/filters.html", "tasks/list/_filters.html", context)


@require_safe
def owners(request: HttpRequest) -> HttpResponse:
    """Suggestions for «Ответственный»: managers whose tasks this person sees."""
    options = owner_options(person_of(request), request.GET.get("owner_q", ""))
    context = {"id": "owner", "options": options, "empty": "Сотрудник не найден"}
    return render(request, "components/forms/combobox_options.html", context)


@require_safe
def export(request: HttpRequest, tab: str) -> HttpResponseBase:
    """Exactly what is filtered, in the order of the list, as an xlsx file."""
    query = query_of(request, tab)
    back = address("tasks:list", tab) + query.encode()
    return answer(request, tab, query, file_name=f"{LISTS[tab].title}.xlsx", back=back)
