"""«Справка»: the manager's guide, statuses and resolutions, keyboard shortcuts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clients.screens.access import current_user
from tasks.screens.help.guide import CHAPTERS
from tasks.screens.help.keys import SHORTCUTS
from tasks.screens.help.reference import build_resolutions_table, build_statuses_table

PAGES = {
    "guide": "Руководство менеджера",
    "statuses": "Статусы и резолюции",
    "keys": "Клавиши",
}


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The manager's guide: what to do, step by step, with screenshots."""
    return _render_tab(request, "guide", chapters=CHAPTERS)


@require_safe
def statuses(request: HttpRequest) -> HttpResponse:
    """«Приложение 1»: what every status and resolution means."""
    return _render_tab(
        request, "statuses", statuses=build_statuses_table(), resolutions=build_resolutions_table()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keyboard shortcuts; those without Ctrl can be turned off (WCAG 2.1.4)."""
    user = current_user(request)
    if request.method == "POST":
        user.single_keys = "on" in request.POST
        user.save(update_fields=["single_keys"])
        state = "включены" if user.single_keys else "выключены"
        messages.success(request, f"Клавиши без Ctrl {state}")
        return redirect("help:keys")
    return _render_tab(request, "keys", shortcuts=SHORTCUTS)


def _render_tab(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    tabs = [
        {"label": label, "url": reverse(f"help:{page}"), "current": page == name}
        for page, label in PAGES.items()
    ]
    return render(request, f"tasks/help/{name}.html", {**context, "tabs": tabs})
