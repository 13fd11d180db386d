"""«Уведомления»: the page, the poll of the bell, and the user's preferences."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from clients.screens.access import current_user
from econtract.platform.notifications import inbox
from econtract.platform.notifications.preferences import PreferencesForm
from tasks.screens.common.frame import Navigation
from tasks.screens.common.requests import UNPROCESSABLE, parse_key
from tasks.screens.notifications.items import build_notification_items

NO_CONTENT = 204
PAGE_SIZE = 25


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """All unread notifications, then the read ones in pages (``before`` a primary key)."""
    user = current_user(request)
    notifications = inbox.notifications_for(user).order_by("-pk")
    before = parse_key(request.GET.get("before", ""))
    unread = [] if before else list(notifications.unread()[: inbox.MAX_UNREAD_SHOWN])
    read_notifications = notifications.filter(read_at__isnull=False)
    page = list(
        (read_notifications.filter(pk__lt=before) if before else read_notifications)[
            : PAGE_SIZE + 1
        ]
    )
    context: dict[str, Any] = {
        "unread": build_notification_items(unread, user),
        "read": build_notification_items(page[:PAGE_SIZE], user),
        "older": page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None,
        "before": before,
    }
    response = render(request, "tasks/notifications/list.html", context)
    add_never_cache_headers(response)
    return response


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """«Прочитано»."""
    notification = inbox.notifications_for(current_user(request)).filter(pk=pk)
    get_object_or_404(notification)
    inbox.mark_read(notification)
    return redirect("notifications:list")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """«Прочитать все»: all up to the newest one on the user's page."""
    newest = parse_key(request.POST.get("newest", "")) or 0
    inbox.mark_read(inbox.notifications_for(current_user(request)).filter(pk__lte=newest))
    return redirect("notifications:list")


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The bell if its number differs from ``seen``; else 204."""
    nav, seen = Navigation(request), request.GET.get("seen", "")
    if nav.notifications == seen:
        return HttpResponse(status=NO_CONTENT)
    response = render(request, "tasks/notifications/_live.html", {"nav": nav})
    add_never_cache_headers(response)
    if _has_new(nav.notifications, seen):
        text = f"Непрочитанных уведомлений: {nav.notifications}"
        trigger_client_event(response, "announce", {"value": text})
    return response


def _has_new(current: str, seen: str) -> bool:
    """Whether the number on the bell has grown; a smaller one means no new notifications."""
    return bool(current) and (parse_key(current) or inbox.MAX_BELL_COUNT + 1) > (
        parse_key(seen) or 0
    )


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """«Настройки уведомлений»."""
    form = PreferencesForm(request.POST or None, user=current_user(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Настройки сохранены")
        return redirect(reverse("notifications:settings"))
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "email": current_user(request).email}
    return render(request, "tasks/notifications/settings.html", context, status=status)
