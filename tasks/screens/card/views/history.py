"""«История задания»."""

from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from econtract.platform.common.htmx import render_page
from tasks.screens.card.calls import calls
from tasks.screens.card.timeline import timeline_events
from tasks.screens.common.requests import get_visible_task

VIEWS = {"all": "Все", "people": "Действия", "system": "Система"}


@require_safe
def history(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that happened to the task, newest first: all, by people, or by the system.

    The calls of outside systems, with their results, are among what the system did.
    """
    task = get_visible_task(request, number)
    wanted = request.GET.get("show", "all")
    happened = [
        *timeline_events(list(task.history.select_related("actor"))),
        *reversed(calls(task)),
    ]
    everything = sorted(happened, key=attrgetter("iso"), reverse=True)
    shown = {
        "people": [line for line in everything if line.by_user],
        "system": [line for line in everything if not line.by_user],
    }.get(wanted, everything)
    address = reverse("tasks:history", args=[number])
    chips = [
        {"label": label, "url": f"{address}?show={code}", "current": code == wanted}
        for code, label in VIEWS.items()
    ]
    context = {"task": task, "lines": shown, "views": chips}
    return render_page(request, "tasks/card/history.html", "tasks/card/_timeline.html", context)
