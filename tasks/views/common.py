"""What every screen of tasks does: who asks, and which task he may see."""

from typing import cast

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from tasks.glance import Glance, glances
from tasks.models import HistoryEntry, SigningTask
from tasks.preflight import BEFORE_SENDING
from tasks.queries import SigningTaskQuerySet

BESIDE = ("region", "box", "signatory", "exchange__power_of_attorney", "package__file")
OF_CARD = (
    "services",
    Prefetch("history", HistoryEntry.objects.select_related("actor")),
)
UNPROCESSABLE = 422
CONFLICT = 409
LONGEST_KEY = 18


def person_of(request: HttpRequest) -> User:
    """Whoever is logged in; the middleware lets nobody else in."""
    return cast(User, request.user)


def visible_task(request: HttpRequest, number: int) -> SigningTask:
    """The task, with what most screens look at. Http404 when it is not there for this person."""
    return get_object_or_404(_visible(request), pk=number)


def task_of_card(request: HttpRequest, number: int) -> tuple[SigningTask, Glance]:
    """As `visible_task`, with everything that a card shows of the task."""
    tasks = _visible(request).annotate(**glances(person_of(request)))
    tasks = tasks.select_related(*BESIDE).prefetch_related(*OF_CARD)
    task = get_object_or_404(tasks, pk=number)
    if task.status in BEFORE_SENDING:
        prefetch_related_objects([task], "box__signatories", "signatory__powers")
    return task, Glance.of(task)


def _visible(request: HttpRequest) -> SigningTaskQuerySet:
    return SigningTask.objects.visible_to(person_of(request)).select_related(
        "client", "contact_version__contact", "manager"
    )


def key_in(text: str) -> int | None:
    """The database key that a page has sent; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else None
