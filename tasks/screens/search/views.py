"""The search of the header, and the palette of Ctrl+K."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from clients.screens.access import current_user
from econtract.platform.common.htmx import render_page
from econtract.platform.listing.query import MAX_SEARCH_LENGTH
from tasks.models import SigningTask
from tasks.screens.common.frame import Navigation
from tasks.screens.list.views.lists import show_list
from tasks.screens.search import palette as found

RESULTS = "palette-results"


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH_LENGTH]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the person sees: tasks in work and finished, and clients.

    A task's number leads to its card.
    """
    text, user = _asked(request), current_user(request)
    if text.isascii() and text.isdigit() and len(text) < 10:
        task = SigningTask.objects.visible_to(user).filter(pk=int(text)).first()
        if task is not None:
            return redirect(task)
    return show_list(request, "search", answer=found.answer(user, text))


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """«Найти или перейти»: places, tasks and clients by the first letters; a page or a dialog."""
    text, nav = _asked(request), Navigation(request)
    user = current_user(request)
    context: dict[str, Any] = {
        "nav": nav,
        "text": text,
        "places": found.places(nav, text),
        "tasks": found.task_hits(user, text) if text else [],
        "answer": found.answer(user, text),
    }
    target = request.headers.get("HX-Target", "")
    part = "results" if target == RESULTS else "palette"
    return render_page(request, "tasks/search/palette.html", f"tasks/search/_{part}.html", context)
