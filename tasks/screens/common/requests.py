"""What every screen of tasks does with a request: it finds the task and reads keys."""

from django.db.models import BigAutoField
from django.http import Http404, HttpRequest

from clients.screens.access import current_user
from tasks.models import SigningTask
from tasks.screens.common.departures import find_departure

COMMON_RELATIONS = ("client", "contact_version__contact", "manager")
UNPROCESSABLE = 422
CONFLICT = 409
MAX_KEY_DIGITS = 18


def get_visible_task(request: HttpRequest, number: int) -> SigningTask:
    """The task with `COMMON_RELATIONS`. Raises Http404 if the user does not see it."""
    visible = SigningTask.objects.visible_to(current_user(request))
    task = visible.select_related(*COMMON_RELATIONS).filter(pk=number).first()
    if task is None:
        raise build_not_found(request, number)
    return task


def build_not_found(request: HttpRequest, number: int) -> Http404:
    """404 for a task; it tells a user who saw the task before where it is now."""
    if number > BigAutoField.MAX_BIGINT:
        return Http404()
    is_action = request.method == "POST"
    departure = find_departure(number, current_user(request), is_action=is_action)
    return departure or Http404()


def parse_key(text: str) -> int | None:
    """The primary key that a page has sent; None for any text that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_KEY_DIGITS else None
