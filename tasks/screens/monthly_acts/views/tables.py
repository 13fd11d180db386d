"""«Кто подписал»: the table of agents and months, and its xlsx file."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clients.screens.access import current_user
from clients.screens.pagination import paginate_list
from tasks.models import AgentList
from tasks.monthly_acts.table import (
    MAX_MONTHS,
    ActsTable,
    build_table,
    build_workbook,
    describe_act,
    list_months,
    this_month,
)
from tasks.screens.common.requests import parse_key
from tasks.screens.monthly_acts.page import build_agent_url

MONTHS_ON_PAGE = 6
AGENTS_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class TableQuery:
    """The parameters: one list or all of them, and the last month."""

    list_id: int | None
    until: date

    @classmethod
    def parse(cls, request: HttpRequest) -> "TableQuery":
        return cls(parse_key(request.GET.get("list", "")), _parse_month(request.GET.get("until")))

    def find_lists(self, lists: QuerySet[AgentList]) -> QuerySet[AgentList]:
        return lists if self.list_id is None else lists.filter(pk=self.list_id)

    def encode(self) -> str:
        values = {"list": self.list_id or "", "until": f"{self.until:%Y-%m}"}
        return urlencode(values)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Six months of the lists that the user sees."""
    query, lists = TableQuery.parse(request), _find_lists(request)
    acts = _build(request, query, MONTHS_ON_PAGE)
    page = paginate_list(request, acts.rows, per_page=AGENTS_PER_PAGE)
    rows = [
        (row, build_agent_url(row.client_id), [(act, describe_act(act)) for act in row.acts])
        for row in page.rows
    ]
    context = {
        "query": query,
        "lists": lists,
        "months": list(zip(acts.months, acts.totals, strict=True)),
        "page": page,
        "rows": rows,
        "encoded": query.encode(),
    }
    return render(request, "tasks/monthly_acts/table.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same for twelve months as an xlsx file."""
    query = TableQuery.parse(request)
    content = build_workbook(_build(request, query, MAX_MONTHS))
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="acts-{query.until:%Y-%m}.xlsx"'
    return response


def _find_lists(request: HttpRequest) -> QuerySet[AgentList]:
    return AgentList.objects.visible_to(current_user(request))


def _build(request: HttpRequest, query: TableQuery, months: int) -> ActsTable:
    lists = query.find_lists(_find_lists(request))
    return build_table(lists, list_months(query.until, months), current_user(request))


def _parse_month(text: str | None) -> date:
    """The month as the form sends it; this month for anything else, and for later ones."""
    try:
        month = datetime.strptime(text or "", "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return this_month()
    return min(max(month, date(2000, 1, 1)), this_month())
