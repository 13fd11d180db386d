"""What every page of «Управление» has around its own content."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clients.models import Client
from clients.screens.access import sections_of, user_of
from clients.screens.sections import Section, may_edit
from econtract.platform.common.toasts import UndoToast, offer_undo

CDI_DOWN = "CDI не отвечает. Введенное осталось на странице, повторите позже"


def frame(request: HttpRequest, section: Section) -> dict[str, Any]:
    """The tabs, the section at hand and whether this person may change its cards."""
    tabs = [
        {
            "label": item.label,
            "url": reverse("clients:list", args=[item.slug]),
            "current": item == section,
        }
        for item in sections_of(request)
    ]
    return {"section": section, "tabs": tabs, "may_edit": may_edit(user_of(request), section)}


def to_card(section: Section, client: Client) -> HttpResponse:
    """Back to the card."""
    return redirect("clients:card", section.slug, client.pk)


def done(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """A toast on the next page; ``undo_url`` adds «Отменить» to it."""
    if undo_url:
        offer_undo(request, UndoToast(text, undo_url))
    else:
        messages.success(request, text)
