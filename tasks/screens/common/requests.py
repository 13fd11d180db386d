"""What every screen of tasks does with a request: it finds the task and reads keys."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from clients.screens.access import current_user
from tasks.models import SigningTask

COMMON_RELATIONS = ("client", "contact_version__contact", "manager")
UNPROCESSABLE = 422
CONFLICT = 409
MAX_KEY_DIGITS = 18


def get_visible_task(request: HttpRequest, number: int) -> SigningTask:
    """The task with `COMMON_RELATIONS`. Raises Http404 if the user does not see it."""
    visible = SigningTask.objects.visible_to(current_user(request))
    return get_object_or_404(visible.select_related(*COMMON_RELATIONS), pk=number)


def parse_key(text: str) -> int | None:
    """The primary key that a page has sent; None for any text that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_KEY_DIGITS else None
