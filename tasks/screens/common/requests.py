"""What every screen of tasks does: who asks, and which task he may see."""

from typing import cast

from django.db.models import BigAutoField
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.visibility import sight_of
from econtract.platform.common import clock
from econtract.platform.common.fixed import Fixed, Parameter
from tasks.actions import presence
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.screens.card.flags import Glance, glances

USUAL = ("client", "contact_version__contact", "manager")
BESIDE = ("region", "box", "signatory", "exchange__power_of_attorney", "package__file")
# Of a power of attorney that was signed by, the card names number and dates.
UNUSED = ("exchange__power_of_attorney__xml", "exchange__power_of_attorney__signature")
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


@Fixed
def _with_everything_beside(
    number: Parameter, me: Parameter, shown_since: Parameter, noted_since: Parameter
) -> SigningTaskQuerySet:
    found = SigningTask.objects.filter(pk=number).select_related(*USUAL, *BESIDE).defer(*UNUSED)
    return found.annotate(**glances(me, shown_since, noted_since))


def task_of_card(request: HttpRequest, number: int) -> tuple[SigningTask, Glance]:
    """As `visible_task`, with everything that a card shows of the task itself."""
    user, now = person_of(request), clock.now()
    if number > BigAutoField.MAX_BIGINT:
        raise Http404
    found = _with_everything_beside(
        number=number,
        me=user.pk,
        shown_since=now - presence.SHOWN,
        noted_since=now - presence.WRITTEN,
    )
    if not found or not sight_of(user).covers(found[0].manager_id):
        raise Http404
    return found[0], Glance.of(found[0])


def key_in(text: str) -> int | None:
    """The database key that a page has sent; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else None
