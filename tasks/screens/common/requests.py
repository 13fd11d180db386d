"""What every screen of tasks does: who asks, and which task he may see."""

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from tasks.models import SigningTask

USUAL = ("client", "contact_version__contact", "manager")
UNPROCESSABLE = 422
CONFLICT = 409
LONGEST_KEY = 18


def person_of(request: HttpRequest) -> User:
    """Whoever is logged in; the middleware lets nobody else in."""
    return cast(User, request.user)


def visible_task(request: HttpRequest, number: int) -> SigningTask:
    """The task, with what most screens look at. Http404 when it is not there for this person."""
    visible = SigningTask.objects.visible_to(person_of(request)).select_related(*USUAL)
    return get_object_or_404(visible, pk=number)


def key_in(text: str) -> int | None:
    """The database key that a page has sent; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else None
