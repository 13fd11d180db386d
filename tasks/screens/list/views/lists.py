"""«Мои задания», «Все задания», «Архив», and the search over all tasks that the user sees."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from clients.screens.access import current_user
from econtract.platform.common import clock
from econtract.platform.common.htmx import is_fragment, render_page
from econtract.platform.common.reversing import cached_reverse
from econtract.platform.listing.columns import column_headers, fields_of, page_columns
from econtract.platform.listing.links import Total, pagination_context
from econtract.platform.listing.query import FIRST_PAGE
from econtract.platform.listing.rows import format_rows, render_rows
from tasks.listing.columns import TASK_COLUMNS
from tasks.listing.counters import count_tasks
from tasks.listing.definition import NOUNS
from tasks.listing.pages import fetch_tab_page
from tasks.listing.position import ListPosition
from tasks.listing.query import NO_QUICK_FILTER, TaskListQuery
from tasks.listing.tabs import SEARCH, TABS, get_known_total, get_tabs
from tasks.screens.common.frame import QUICK_FILTER_IN_SESSION, Navigation
from tasks.screens.common.managers import manager_name, manager_options
from tasks.screens.list.filters import build_active_filters, build_quick_filter_chips
from tasks.screens.list.forms import FilterForm
from tasks.screens.list.views.exports import build_export_response
from tasks.screens.list.views.updates import ShownPage, build_first_poll_url, parse_query
from tasks.wording.turns import TurnLabels


@require_safe
def task_list(request: HttpRequest, tab: str) -> HttpResponse:
    """One tab. ``group`` in the URL is stored in the session; without it the stored one applies."""
    tabs = get_tabs(current_user(request))
    if tab not in tabs:
        query = request.GET.urlencode()
        return redirect(f"{reverse('tasks:list', args=[tabs[0]])}{'?' if query else ''}{query}")
    if TABS[tab].has_quick_filters:
        if "group" in request.GET:
            _store_quick_filter(request)
        elif code := request.session.get(QUICK_FILTER_IN_SESSION):
            params = request.GET.copy()
            params["group"] = code
            return redirect(f"{request.path}?{params.urlencode()}")
    return show_list(request, tab)


def _store_quick_filter(request: HttpRequest) -> None:
    code = TaskListQuery.parse(request.GET).quick_filter
    if not code and request.GET["group"] != NO_QUICK_FILTER:
        return
    if code:
        if request.session.get(QUICK_FILTER_IN_SESSION) != code:
            request.session[QUICK_FILTER_IN_SESSION] = code
    else:
        request.session.pop(QUICK_FILTER_IN_SESSION, None)


def show_list(request: HttpRequest, tab: str, **extra_context: Any) -> HttpResponse:
    """The page of ``tab``; for htmx only its results."""
    user, query = current_user(request), parse_query(request, tab)
    nav = Navigation(request)
    nav.counters = count_tasks(user, quick_filters_of=tab if TABS[tab].has_quick_filters else "")
    hidden_columns = () if TABS[tab].shows_owner else ("owner",)
    columns = page_columns(TASK_COLUMNS, nav.counters.columns, hidden=hidden_columns)
    fields = fields_of("number", columns)
    is_empty_search = tab == SEARCH and not query.q
    total = 0 if is_empty_search else get_known_total(nav.counters, tab, query)
    page = fetch_tab_page(user, tab, query, fields, total)
    if page.total and not page.rows:  # the list is shorter than when the link was made
        query = query.last_page(page.total)
        page = fetch_tab_page(user, tab, query, fields, page.total)
    total_label = Total(page.total, NOUNS)
    rows = format_rows(page.rows, fields, columns, TurnLabels.for_viewer(user))
    context: dict[str, Any] = {
        "nav": nav,
        "tab": tab,
        "list": TABS[tab],
        "query": query,
        "hidden_parameters": query.parameters(leave_out={"q", *FIRST_PAGE}),
        "list_path": request.path,
        "columns": column_headers(columns, query),
        "rows": rows,
        "is_dense": nav.counters.is_dense,
        "table_body": render_rows(rows, columns, "tasks/list/_row.html"),
        "total_text": total_label.sentence,
        "active_filters": build_active_filters(query),
        "reset_url": f"{request.path}?group={NO_QUICK_FILTER}",
        "pagination": pagination_context(query, total_label, page),
        "is_fragment": is_fragment(request),
        "client_search": None,
        "updates": "",
        **extra_context,
    }
    ListPosition.from_page(tab, query, page).save(request.session)
    if tab in get_tabs(user):
        shown_page = ShownPage(clock.now(), tuple(row[0] for row in page.rows))
        context |= _tab_context(nav, tab, query, shown_page)
    response = render_page(request, "tasks/list/list.html", "tasks/list/_results.html", context)
    trigger_client_event(response, "announce", {"value": total_label.sentence})
    return response


def _tab_context(
    nav: Navigation, tab: str, query: TaskListQuery, shown_page: ShownPage
) -> dict[str, Any]:
    encoded = query.encode()
    return {
        "chips": build_quick_filter_chips(tab, query, nav.counters),
        "filters_url": cached_reverse("tasks:filters", tab) + encoded,
        "saved_url": cached_reverse("tasks:saved", tab) + encoded,
        "columns_url": cached_reverse("tasks:columns", tab) + encoded,
        "density_url": cached_reverse("tasks:density", tab) + encoded,
        "export_url": cached_reverse("tasks:export", tab) + encoded,
        "updates_url": build_first_poll_url(nav, tab, query, shown_page),
    }


@require_safe
def filters(request: HttpRequest, tab: str) -> HttpResponse:
    """The filters of a list, a page that opens as a dialog; its form leads to the list."""
    query = parse_query(request, tab)
    list_url = cached_reverse("tasks:list", tab)
    owner_text = request.GET.get("owner_q", "")
    context = {
        "tab": tab,
        "list": TABS[tab],
        "query": query,
        "form": FilterForm(initial=FilterForm.initial_values(query)),
        "hidden_parameters": query.parameters(leave_out=FilterForm.PARAMETERS.union(FIRST_PAGE)),
        "list_url": list_url,
        "filters_url": request.path,
        "owners_url": reverse("tasks:owners"),
        "owner_q": owner_text,
        "owner_name": "" if owner_text else manager_name(query.owner),
        "owners": manager_options(current_user(request), owner_text) if owner_text else [],
        "back_url": list_url + query.encode(),
        "reset_url": f"{list_url}?group={NO_QUICK_FILTER}",
    }
    return render_page(request, "tasks/list/filters.html", "tasks/list/_filters.html", context)


@require_safe
def owners(request: HttpRequest) -> HttpResponse:
    """Suggestions for «Ответственный»: managers whose tasks the user sees."""
    options = manager_options(current_user(request), request.GET.get("owner_q", ""))
    context = {"id": "owner", "options": options, "empty": "Сотрудник не найден"}
    return render(request, "components/forms/combobox_options.html", context)


@require_safe
def export(request: HttpRequest, tab: str) -> HttpResponseBase:
    """The filtered tasks in the order of the list, as an xlsx file."""
    query = parse_query(request, tab)
    list_url = cached_reverse("tasks:list", tab) + query.encode()
    file_name = f"{TABS[tab].title}.xlsx"
    return build_export_response(request, tab, query, file_name=file_name, fallback_url=list_url)
