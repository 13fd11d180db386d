"""«Справка»: the manager's guide, statuses and resolutions, keys."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clients.screens.access import current_user
from tasks.screens.help.guide import CHAPTERS
from tasks.screens.help.keys import KEYS
from tasks.screens.help.reference import resolutions_table, statuses_table

PAGES = {
    "guide": "Руководство менеджера",
    "statuses": "Статусы и резолюции",
    "keys": "Клавиши",
}


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """How a manager works here, step by step, with pictures of the screens."""
    return _page(request, "guide", chapters=CHAPTERS)


@require_safe
def statuses(request: HttpRequest) -> HttpResponse:
    """«Приложение 1»: what every status and resolution means, from the lifecycle's own table."""
    return _page(request, "statuses", statuses=statuses_table(), resolutions=resolutions_table())


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys; those without Ctrl can be switched off (WCAG 2.1.4)."""
    user = current_user(request)
    if request.method == "POST":
        user.single_keys = "on" in request.POST
        user.save(update_fields=["single_keys"])
        state = "включены" if user.single_keys else "выключены"
        messages.success(request, f"Клавиши без Ctrl {state}")
        return redirect("help:keys")
    return _page(request, "keys", keys=KEYS)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    tabs = [
        {"label": label, "url": reverse(f"help:{page}"), "current": page == name}
        for page, label in PAGES.items()
    ]
    return render(request, f"tasks/help/{name}.html", {**context, "tabs": tabs})
