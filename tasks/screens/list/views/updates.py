"""The poll of a list: what has changed since it was shown."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2s
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_safe

from accounts.models import User
from clients.screens.access import current_user
from econtract.platform.common.reversing import cached_reverse
from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.query import PAGE_SIZES, parse_id
from tasks.listing.counters import count_tasks
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import TABS, find_tasks, get_tabs
from tasks.models import SigningTask
from tasks.screens.common.frame import Navigation
from tasks.screens.list.filters import build_quick_filter_chips, format_update_count

NO_CONTENT = 204


@dataclass(frozen=True)
class ShownPage:
    """The page of a list that the user looks at: its time and the numbers of its tasks."""

    at: datetime
    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, params: QueryDict) -> "ShownPage | None":
        """Reads `parameters` back; None if there is no valid time."""
        try:
            at = parse_datetime(params.get("seen", ""))
        except ValueError:
            return None
        if at is None or not is_aware(at):
            return None
        parts = params.get("rows", "").split(".")[: PAGE_SIZES[-1]]
        return cls(at, tuple(number for number in map(parse_id, parts) if number is not None))

    @property
    def parameters(self) -> dict[str, str]:
        return {"seen": self.at.isoformat(), "rows": ".".join(map(str, self.numbers))}


@require_safe
def updates(request: HttpRequest, tab: str) -> HttpResponse:
    """A line that offers to show the changes, and new counters; 204 if nothing has changed.

    The rows stay as they are: they must not move under the user's pointer.
    """
    user, query = current_user(request), parse_query(request, tab)
    shown_page = ShownPage.parse(request.GET)
    if shown_page is None or tab not in get_tabs(user):
        raise Http404
    nav = Navigation(request)
    nav.counters = count_tasks(user, quick_filters_of=tab if TABS[tab].has_quick_filters else "")
    count = _count_changed(user, tab, query, shown_page)
    state = f"{count}-{_counters_digest(nav, tab)}"
    if state == request.GET.get("counted", ""):
        return HttpResponse(status=NO_CONTENT)
    nav.view_name, nav.tab = "tasks:list", tab
    context = {
        "nav": nav,
        "chips": build_quick_filter_chips(tab, query, nav.counters),
        "updates": format_update_count(count),
        "list_url": cached_reverse("tasks:list", tab) + query.encode(),
        "updates_url": _build_poll_url(tab, query, shown_page, state),
    }
    response = render(request, "tasks/list/_poll_response.html", context)
    response["Cache-Control"] = "no-store"
    return response


def parse_query(request: HttpRequest, tab: str) -> TaskListQuery:
    """The query of a request; a tab without quick filters ignores theirs."""
    query = TaskListQuery.parse(request.GET)
    return query if TABS[tab].has_quick_filters else replace(query, quick_filter="")


def build_first_poll_url(
    nav: Navigation, tab: str, query: TaskListQuery, shown_page: ShownPage
) -> str:
    """The URL that a new page polls first."""
    return _build_poll_url(tab, query, shown_page, f"0-{_counters_digest(nav, tab)}")


def _count_changed(user: User, tab: str, query: TaskListQuery, shown_page: ShownPage) -> int:
    """How many tasks came, changed, or left the list since it was shown."""
    since = {"updated_at__gt": shown_page.at}
    in_list = find_tasks(user, tab, query).filter(**since).order_by()[: COUNT_LIMIT + 1]
    on_page = SigningTask.objects.visible_to(user).filter(pk__in=shown_page.numbers, **since)
    return len({*in_list.values_list("pk", flat=True), *on_page.values_list("pk", flat=True)})


def _build_poll_url(tab: str, query: TaskListQuery, shown_page: ShownPage, state: str) -> str:
    parameters = urlencode({**shown_page.parameters, "counted": state})
    return f"{cached_reverse('tasks:news', tab)}{query.encode()}&{parameters}"


def _counters_digest(nav: Navigation, tab: str) -> str:
    """A hash of the counters that the page shows."""
    counters = nav.counters
    by_quick_filter = counters.by_quick_filter if TABS[tab].has_quick_filters else ""
    counts = (counters.own, counters.visible, by_quick_filter)
    return blake2s(repr(counts).encode(), digest_size=6).hexdigest()
