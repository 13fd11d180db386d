"""«История задания»."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from econtract.platform.common.htmx import render_page
from tasks.screens.card.calls import build_call_events
from tasks.screens.card.timeline import (
    build_comment_events,
    build_timeline_events,
    merge_events,
)
from tasks.screens.common.requests import get_visible_task

FILTERS = {"all": "Все", "people": "Действия", "system": "Система"}


@require_safe
def history(request: HttpRequest, number: int) -> HttpResponse:
    """The events of the task, newest first: all, those of users, or those of systems.

    Comments are among the former, calls of outside systems among the latter.
    """
    task = get_visible_task(request, number)
    current = request.GET.get("show", "all")
    events = merge_events(
        build_call_events(task),
        build_timeline_events(task.history.select_related("actor")),
        build_comment_events(task.comments.select_related("author")),
    )
    if current == "people":
        events = [event for event in events if event.by_user]
    elif current == "system":
        events = [event for event in events if not event.by_user]
    url = reverse("tasks:history", args=[number])
    chips = [
        {"label": label, "url": f"{url}?show={code}", "current": code == current}
        for code, label in FILTERS.items()
    ]
    context = {"task": task, "events": events, "filters": chips}
    return render_page(request, "tasks/card/history.html", "tasks/card/_timeline.html", context)
