"""«Отчеты»: figures and charts of a period, and its tasks as an xlsx file."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from econtract.platform.common.htmx import is_fragment, render_page
from tasks.listing.tabs import found_in, lists_of
from tasks.reports.figures import figures_of
from tasks.reports.period import Wanted
from tasks.screens.common.requests import person_of
from tasks.screens.list.forms import SelectionForm
from tasks.screens.list.page import owner_name, owner_options
from tasks.screens.list.views.exports import answer
from tasks.screens.reports.page import PRESETS, report_of

# The tab of all that a person sees, in work and finished (`tasks.listing.tabs.tasks_of`).
EVERYTHING = "search"


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The page, or the report alone when htmx asks with other filters."""
    user, wanted = person_of(request), Wanted.read(request.GET)
    figures = figures_of(found_in(user, EVERYTHING, wanted.query))
    asked = request.GET.get("owner_q", "")
    context = {
        "form": SelectionForm(initial=SelectionForm.initial_of(wanted.query)),
        "wanted": wanted,
        "report": report_of(figures, wanted),
        "is_empty": not figures.created,
        "presets": [
            {"label": label, "url": wanted.with_last(days)} for label, days in PRESETS.items()
        ],
        "export_url": reverse("reports:tasks") + wanted.encode(),
        "shows_owner": "all" in lists_of(user),
        "owner_name": "" if asked else owner_name(wanted.query),
        "owner_q": asked,
        "owners": owner_options(user, asked) if asked else [],
    }
    response = render_page(
        request, "tasks/reports/report.html", "tasks/reports/_report.html", context
    )
    if is_fragment(request):
        push_url(response, request.path + wanted.encode())
    return response


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The tasks behind the figures, newest first."""
    wanted = Wanted.read(request.GET)
    name = f"Отчет {wanted.since:%d.%m.%Y}–{wanted.until:%d.%m.%Y}.xlsx"
    back = reverse("reports:page") + wanted.encode()
    return answer(request, EVERYTHING, wanted.query, file_name=name, back=back)
