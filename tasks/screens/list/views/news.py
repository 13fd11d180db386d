"""What has changed in a list since it was drawn: the poll of the lists."""

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
from econtract.platform.common.addresses import address
from tasks.listing.counters import COUNTED, counters_of
from tasks.listing.query import SIZES, ListQuery
from tasks.listing.tabs import found_in, lists_of
from tasks.models import SigningTask
from tasks.screens.common.frame import Navigation
from tasks.screens.common.requests import person_of
from tasks.screens.list.page import LISTS, chips, news_words

NO_CONTENT = 204
LONGEST_NUMBER = 16


@dataclass(frozen=True)
class Drawn:
    """What a page has shown: the moment, and the numbers of its rows."""

    at: datetime
    rows: tuple[int, ...]

    @classmethod
    def read(cls, params: QueryDict) -> "Drawn | None":
        """What the poll's address says; None when it says nothing sensible."""
        try:
            at = parse_datetime(params.get("seen", ""))
        except ValueError:
            return None
        numbers = params.get("rows", "").split(".")[: SIZES[-1]]
        rows = tuple(
            int(one)
            for one in numbers
            if one.isascii() and one.isdigit() and len(one) < LONGEST_NUMBER
        )
        return cls(at, rows) if at is not None and is_aware(at) else None

    @property
    def parts(self) -> dict[str, str]:
        """As `read` reads it."""
        return {"seen": self.at.isoformat(), "rows": ".".join(map(str, self.rows))}


@require_safe
def news(request: HttpRequest, tab: str) -> HttpResponse:
    """What has changed in a list since it was drawn; 204 when nothing has.

    Rows never jump: the answer is a line that offers to show the changes, and fresh counters.
    """
    user, query = person_of(request), query_of(request, tab)
    drawn = Drawn.read(request.GET)
    if drawn is None or tab not in lists_of(user):
        raise Http404
    nav = Navigation(request)
    nav.counters = counters_of(user, chips_of=tab if LISTS[tab].has_chips else "")
    count, counted = _changed(user, tab, query, drawn), _counted(nav, tab)
    if f"{count}-{counted}" == request.GET.get("counted", ""):
        return HttpResponse(status=NO_CONTENT)
    nav.place, nav.tab = "tasks:list", tab
    context = {
        "nav": nav,
        "chips": chips(tab, query, nav.counters) if LISTS[tab].has_chips else [],
        "news": news_words(count),
        "list_url": address("tasks:list", tab) + query.encode(),
        "news_url": _news_url(tab, query, drawn, f"{count}-{counted}"),
    }
    response = render(request, "tasks/list/_poll_answer.html", context)
    response["Cache-Control"] = "no-store"
    return response


def query_of(request: HttpRequest, tab: str) -> ListQuery:
    """The filters that a request asks for; where there are no chips, none is on."""
    query = ListQuery.read(request.GET)
    return query if LISTS[tab].has_chips else replace(query, group="")


def first_poll(nav: Navigation, tab: str, query: ListQuery, drawn: Drawn) -> str:
    """The address that a freshly drawn page polls."""
    return _news_url(tab, query, drawn, f"0-{_counted(nav, tab)}")


def _changed(user: User, tab: str, query: ListQuery, drawn: Drawn) -> int:
    """How many tasks came, changed, or left the list since it was drawn."""
    since = {"updated_at__gt": drawn.at}
    now_in = found_in(user, tab, query).filter(**since).order_by()[: COUNTED + 1]
    were_in = SigningTask.objects.visible_to(user).filter(pk__in=drawn.rows, **since)
    return len({*now_in.values_list("pk", flat=True), *were_in.values_list("pk", flat=True)})


def _news_url(tab: str, query: ListQuery, drawn: Drawn, counted: str) -> str:
    marks = urlencode({**drawn.parts, "counted": counted})
    return f"{address('tasks:news', tab)}{query.encode()}&{marks}"


def _counted(nav: Navigation, tab: str) -> str:
    """A short mark of the counters that the page shows."""
    counters = nav.counters
    shown = (counters.mine, counters.seen, counters.by_chip if LISTS[tab].has_chips else "")
    return blake2s(repr(shown).encode(), digest_size=6).hexdigest()
