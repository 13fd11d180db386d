"""«Отчеты»: figures and charts of a period, and its tasks as an xlsx file."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from accounts.visibility import visibility_of
from clients.screens.access import current_user
from econtract.platform.common.htmx import is_fragment, render_page
from tasks.listing.tabs import SEARCH, find_tasks, get_tabs
from tasks.reports.figures import compute_figures
from tasks.reports.period import ReportQuery
from tasks.screens.common.managers import manager_name, manager_options
from tasks.screens.list.forms import SelectionForm
from tasks.screens.list.views.exports import build_export_response
from tasks.screens.reports.page import PRESETS, build_report

# The tab with everything that the user sees.
TAB = SEARCH


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The page; for htmx, which sends other filters, the report alone."""
    user, query = current_user(request), ReportQuery.parse(request.GET)
    figures = compute_figures(find_tasks(user, TAB, query.tasks))
    covers_company = visibility_of(user).sees_everything and query.is_period_only
    owner_text = request.GET.get("owner_q", "")
    context = {
        "form": SelectionForm(initial=SelectionForm.initial_values(query.tasks)),
        "query": query,
        "report": build_report(figures, query, covers_company=covers_company),
        "is_empty": not figures.created_count,
        "presets": [
            {"label": label, "url": query.encode_last(days)} for label, days in PRESETS.items()
        ],
        "export_url": reverse("reports:tasks") + query.encode(),
        "shows_owner": "all" in get_tabs(user),
        "owner_name": "" if owner_text else manager_name(query.tasks.owner),
        "owner_q": owner_text,
        "owners": manager_options(user, owner_text) if owner_text else [],
    }
    response = render_page(
        request, "tasks/reports/report.html", "tasks/reports/_report.html", context
    )
    if is_fragment(request):
        push_url(response, request.path + query.encode())
    return response


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The tasks behind the figures, newest first."""
    query = ReportQuery.parse(request.GET)
    name = f"Отчет {query.since:%d.%m.%Y}–{query.until:%d.%m.%Y}.xlsx"
    page_url = reverse("reports:page") + query.encode()
    return build_export_response(request, TAB, query.tasks, file_name=name, fallback_url=page_url)
