"""Helpers for the views of «Управление»."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clients.models import Client
from clients.screens.access import current_user, require_sections
from clients.screens.sections import Section, can_edit
from econtract.platform.common.toasts import UndoToast, offer_undo

CDI_UNAVAILABLE = "CDI не отвечает. Введенное осталось на странице, повторите позже"


def section_context(request: HttpRequest, current: Section) -> dict[str, Any]:
    """Template variables of every page: tabs, the current section, whether the user can edit."""
    tabs = [
        {
            "label": section.label,
            "url": reverse("clients:list", args=[section.slug]),
            "current": section == current,
        }
        for section in require_sections(request)
    ]
    return {
        "section": current,
        "tabs": tabs,
        "can_edit": can_edit(current_user(request), current),
    }


def redirect_to_card(section: Section, client: Client) -> HttpResponse:
    return redirect("clients:card", section.slug, client.pk)


def add_toast(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """A toast on the next page; ``undo_url`` adds «Отменить»."""
    if undo_url:
        offer_undo(request, UndoToast(text, undo_url))
    else:
        messages.success(request, text)
