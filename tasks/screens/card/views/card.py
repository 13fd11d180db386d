"""The card of a task, whole and in live parts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from clients.screens.access import current_user
from econtract.platform.notifications.inbox import mark_subject_read
from tasks.actions import presence
from tasks.actions.comments import comment_refusals
from tasks.listing.position import (
    Direction,
    ListPosition,
    find_neighbours,
    find_position,
    get_entry_url,
    turn_page,
)
from tasks.listing.tabs import TABS
from tasks.models import SigningTask
from tasks.notifications.subject import TASK
from tasks.screens.card.forms import CommentForm
from tasks.screens.card.loading import load_card_task
from tasks.screens.card.page import build_card
from tasks.screens.common.frame import Navigation

NO_CONTENT = 204


@require_safe
def card(request: HttpRequest, number: int) -> HttpResponse:
    """The whole card; what there was to tell of the task is read with it."""
    return show_card(request, number)


def show_card(
    request: HttpRequest,
    number: int,
    *,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; ``comment_form`` and ``status`` when a comment was refused."""
    user = current_user(request)
    task, flags = load_card_task(request, number)
    nav = Navigation(request)
    if flags.news:
        mark_subject_read(user, TASK, task.number)
    if not flags.bell:
        nav.notifications = ""
    if not flags.note:
        presence.record_viewing(task, user)
    shown = build_card(task, user, flags)
    marks = shown.marks
    context: dict[str, Any] = {
        "nav": nav,
        "task": task,
        "card": shown,
        "regions": list(marks),
        "live": False,
        "form": comment_form or (None if comment_refusals(task, user) else CommentForm()),
        "live_url": _live_url(task, marks),
        **_way(request, nav, task),
    }
    response = render(request, "tasks/card/card.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _way(request: HttpRequest, nav: Navigation, task: SigningTask) -> dict[str, Any]:
    """The list that the person came from with the tasks beside this one; else a list to go to."""
    position = find_position(request.session, task)
    if position is None:
        return {"back": _back(nav, task)}
    back = {"label": TABS[position.tab].title, "url": position.list_url}
    return {"back": back, "neighbours": find_neighbours(position, task, current_user(request))}


def _back(nav: Navigation, task: SigningTask) -> dict[str, str]:
    """The list in which this person finds the task."""
    if task.is_finished:
        tab = "archive"
    elif nav.person is not None and task.manager_id == nav.person.pk and "my" in nav.lists:
        tab = "my"
    else:
        tab = "all" if "all" in nav.lists else nav.lists[0]
    return {"label": TABS[tab].title, "url": nav.list_url(tab)}


@require_safe
def step(request: HttpRequest, direction: Direction) -> HttpResponse:
    """Beyond the end of the list's page: the first task of the neighbouring page."""
    position = ListPosition.load(request.session)
    if position is None:
        return redirect("home")
    if not getattr(position, direction):
        return redirect(position.list_url)
    neighbour = turn_page(position, direction, current_user(request))
    neighbour.save(request.session)
    return redirect(get_entry_url(neighbour, direction))


@require_safe
def live(request: HttpRequest, number: int) -> HttpResponse:
    """The regions of the card that have changed since ``seen``; 204 when none has."""
    task, flags = load_card_task(request, number)
    user = current_user(request)
    if not flags.note and "X-Idle" not in request.headers:
        presence.record_viewing(task, user)
    shown = build_card(task, user, flags)
    seen = dict(
        part.split(":", 1) for part in request.GET.get("seen", "").split(",") if ":" in part
    )
    marks = shown.marks
    changed = [name for name, mark in marks.items() if seen.get(name) != mark]
    if not changed:
        return HttpResponse(status=NO_CONTENT)
    context = {
        "task": task,
        "card": shown,
        "regions": changed,
        "live": True,
        "live_url": _live_url(task, marks),
    }
    response = render(request, "tasks/card/_live.html", context)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    if "current_step" in changed:
        trigger_client_event(response, "announce", {"value": shown.current_step.banner.title})
    return response


def _live_url(task: SigningTask, marks: dict[str, str]) -> str:
    seen = ",".join(f"{name}:{mark}" for name, mark in marks.items())
    return f"{reverse('tasks:live', args=[task.number])}?seen={seen}"
