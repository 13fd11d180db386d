"""The search of the header, and the palette of Ctrl+K."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from clients.models.search_text import TASK_LABEL
from clients.screens.access import current_user
from econtract.platform.common.htmx import render_page
from econtract.platform.listing.query import MAX_SEARCH_LENGTH
from tasks.models import SigningTask
from tasks.screens.common.frame import Navigation
from tasks.screens.list.views.lists import show_list
from tasks.screens.search.palette import find_clients, find_pages, find_task_hits

RESULTS_ID = "palette-results"


def _search_text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH_LENGTH]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """All tasks that the user sees, in work and finished, and clients.

    A task's number leads to its card.
    """
    text, user = _search_text(request), current_user(request)
    number = TASK_LABEL.sub("", text, count=1)  # «Задание 78», as our letters say
    if number.isascii() and number.isdigit() and len(number) < 10:
        task = SigningTask.objects.visible_to(user).filter(pk=int(number)).first()
        if task is not None:
            return redirect(task)
    return show_list(request, "search", client_search=find_clients(user, text))


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """«Найти или перейти»: pages, tasks and clients; a page of its own or a dialog."""
    text, nav = _search_text(request), Navigation(request)
    user = current_user(request)
    context: dict[str, Any] = {
        "nav": nav,
        "text": text,
        "pages": find_pages(nav, text),
        "tasks": find_task_hits(user, text) if text else [],
        "client_search": find_clients(user, text),
    }
    target = request.headers.get("HX-Target", "")
    part = "results" if target == RESULTS_ID else "palette"
    return render_page(request, "tasks/search/palette.html", f"tasks/search/_{part}.html", context)
