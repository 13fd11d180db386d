"""What the views of «Управление» share."""

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


def section_context(request: HttpRequest, section: Section) -> dict[str, Any]:
    """Template variables of every page: the tabs, the section, whether the user can edit."""
    tabs = [
        {
            "label": each.label,
            "url": reverse("clients:list", args=[each.slug]),
            "current": each == section,
        }
        for each in require_sections(request)
    ]
    return {
        "section": section,
        "tabs": tabs,
        "can_edit": can_edit(current_user(request), section),
    }


def redirect_to_card(section: Section, client: Client) -> HttpResponse:
    return redirect("clients:card", section.slug, client.pk)


def add_toast(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """A toast on the next page; ``undo_url`` adds «Отменить»."""
    if undo_url:
        offer_undo(request, UndoToast(text, undo_url))
    else:
        messages.success(request, text)
