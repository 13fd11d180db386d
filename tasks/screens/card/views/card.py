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
    """The whole card. Opening it marks the user's notifications of the task as read."""
    return show_card(request, number)


def show_card(
    request: HttpRequest,
    number: int,
    *,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole card; ``comment_form`` and ``status`` are those of a refused comment."""
    user = current_user(request)
    task, flags = load_card_task(request, number)
    nav = Navigation(request)
    if flags.unread:
        mark_subject_read(user, TASK, task.number)
    if not flags.bell:
        nav.notifications = ""
    if not flags.own_viewing:
        presence.record_viewing(task, user)
    card_page = build_card(task, user, flags)
    hashes = card_page.region_hashes
    context: dict[str, Any] = {
        "nav": nav,
        "task": task,
        "card": card_page,
        "regions": list(hashes),
        "live": False,
        "form": comment_form or (None if comment_refusals(task, user) else CommentForm()),
        "live_url": _live_url(task, hashes),
        **_list_context(request, nav, task),
    }
    response = render(request, "tasks/card/card.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _list_context(request: HttpRequest, nav: Navigation, task: SigningTask) -> dict[str, Any]:
    """The list that the user came from, with the neighbouring tasks; else a list to go to."""
    position = find_position(request.session, task)
    if position is None:
        return {"back": _back_link(nav, task)}
    back = {"label": TABS[position.tab].title, "url": position.list_url}
    return {"back": back, "neighbours": find_neighbours(position, task, current_user(request))}


def _back_link(nav: Navigation, task: SigningTask) -> dict[str, str]:
    """A list that holds the task for this user."""
    if task.is_finished:
        tab = "archive"
    elif (
        nav.authorized_user is not None
        and task.manager_id == nav.authorized_user.pk
        and "my" in nav.tab_codes
    ):
        tab = "my"
    else:
        tab = "all" if "all" in nav.tab_codes else nav.tab_codes[0]
    return {"label": TABS[tab].title, "url": nav.list_url(tab)}


@require_safe
def step(request: HttpRequest, direction: Direction) -> HttpResponse:
    """Redirects from the end of a list's page to the nearest task of the neighbouring page."""
    position = ListPosition.load(request.session)
    if position is None:
        return redirect("home")
    if not getattr(position, direction):
        return redirect(position.list_url)
    new_position = turn_page(position, direction, current_user(request))
    new_position.save(request.session)
    return redirect(get_entry_url(new_position, direction))


@require_safe
def live(request: HttpRequest, number: int) -> HttpResponse:
    """The regions of the card that have changed since ``seen``; 204 when none has."""
    task, flags = load_card_task(request, number)
    user = current_user(request)
    if not flags.own_viewing and "X-Idle" not in request.headers:
        presence.record_viewing(task, user)
    card_page = build_card(task, user, flags)
    seen = dict(
        pair.split(":", 1) for pair in request.GET.get("seen", "").split(",") if ":" in pair
    )
    hashes = card_page.region_hashes
    changed_regions = [name for name, digest in hashes.items() if seen.get(name) != digest]
    if not changed_regions:
        return HttpResponse(status=NO_CONTENT)
    context = {
        "task": task,
        "card": card_page,
        "regions": changed_regions,
        "live": True,
        "live_url": _live_url(task, hashes),
    }
    response = render(request, "tasks/card/_live.html", context)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    if "current_step" in changed_regions:
        trigger_client_event(response, "announce", {"value": card_page.current_step.banner.title})
    return response


def _live_url(task: SigningTask, hashes: dict[str, str]) -> str:
    seen = ",".join(f"{name}:{digest}" for name, digest in hashes.items())
    return f"{reverse('tasks:live', args=[task.number])}?seen={seen}"
