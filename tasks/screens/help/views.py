"""«Справка»: guide, memo, call scripts, statuses, account prefixes, keyboard shortcuts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clients.models.search_text import MAX_SEARCH_LENGTH
from clients.screens.access import current_user
from clients.screens.pagination import paginate_list
from econtract.platform.common.htmx import render_page
from tasks.screens.help.guide import CHAPTERS
from tasks.screens.help.keys import SHORTCUTS
from tasks.screens.help.memo import MISTAKES, STEPS, SUPPORT_ADDRESSES
from tasks.screens.help.prefixes import find_prefix_rows
from tasks.screens.help.reference import build_resolutions_table, build_statuses_table
from tasks.screens.help.scripts import build_status_scripts

PAGES = {
    "guide": "Руководство менеджера",
    "memo": "Памятка",
    "scripts": "Скрипты звонков",
    "statuses": "Статусы и резолюции",
    "prefixes": "Коды ЛС",
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


@require_safe
def memo(request: HttpRequest) -> HttpResponse:
    """One page to print: the way of a contract, frequent mistakes, where to ask."""
    return _render_tab(
        request,
        "memo",
        steps=STEPS,
        mistakes=MISTAKES,
        support_addresses=SUPPORT_ADDRESSES,
        access_template_url=settings.ACCESS_TEMPLATE_URL,
    )


@require_safe
def scripts(request: HttpRequest) -> HttpResponse:
    """What to say to the client in every status."""
    return _render_tab(request, "scripts", statuses=build_status_scripts())


@require_safe
def prefixes(request: HttpRequest) -> HttpResponse:
    """The directory of account prefixes; ``?q=`` searches it."""
    query = request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    page = paginate_list(request, find_prefix_rows(query))
    context = {"tabs": _build_tabs("prefixes"), "query": query, "page": page}
    return render_page(request, "tasks/help/prefixes.html", "tasks/help/_prefixes.html", context)


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
    return render(request, f"tasks/help/{name}.html", {**context, "tabs": _build_tabs(name)})


def _build_tabs(name: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(f"help:{page}"), "current": page == name}
        for page, label in PAGES.items()
    ]
