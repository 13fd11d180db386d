"""The autopilot: moves the world on whenever the sandbox is asked anything.

There is no background process. `World.next_due_at` says when something will be due, so that a
request in a quiet world costs one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from econtract.sandbox import clock, identity
from econtract.sandbox.edo import answers, delivery
from econtract.sandbox.models import EdoDocument, IdentityRequest, IdentityState, World

# One request may pay for that many steps at most; the next request goes on.
_BATCH = 25
# Orders about the world itself find it as it was.
_COMMANDS = ("/control/v1/reset", "/control/v1/clock", "/control/v1/autopilot")


class AutopilotMiddleware:
    """Puts the world on the request, after doing what was due."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Advance, then answer."""
        world = World.load()
        now = clock.now(world)
        due = world.next_due_at and world.next_due_at <= now
        if due and request.path not in _COMMANDS:
            advance(now)
        request.world = world  # type: ignore[attr-defined]
        return self.get_response(request)


def wake(at: dt.datetime) -> None:
    """Make sure that the world is advanced at that time or earlier."""
    later = Q(next_due_at=None) | Q(next_due_at__gt=at)
    World.objects.filter(later, pk=1).update(next_due_at=at)


def wake_for(moment: dt.datetime) -> None:
    """The same for something a client may answer: as soon as he would."""
    wake(moment + dt.timedelta(seconds=World.load().autopilot_delay))


@transaction.atomic
def advance(now: dt.datetime) -> None:
    """Do what is due: expiries and the operator's checks; clients' answers if switched on."""
    world = World.load()
    identity.expire(now)
    for document in delivery.unchecked()[:_BATCH]:
        delivery.check(document, now)
    if world.autopilot_on:
        ripe = now - dt.timedelta(seconds=world.autopilot_delay)
        for row in _undecided().filter(asked_at__lte=ripe)[:_BATCH]:
            identity.answer_by_habit(row, now)
        for document in _unanswered().filter(delivered_at__lte=ripe)[:_BATCH]:
            answers.answer_by_habit(document, now)
    World.objects.filter(pk=1).update(next_due_at=_next_due(world, now))


def _next_due(world: World, now: dt.datetime) -> dt.datetime | None:
    pending = IdentityRequest.objects.filter(state=IdentityState.PENDING)
    moments = [pending.aggregate(at=Min("expires_at"))["at"]]
    if delivery.unchecked().exists():
        moments.append(now)
    if world.autopilot_on:
        delay = dt.timedelta(seconds=world.autopilot_delay)
        asked = _undecided().aggregate(at=Min("asked_at"))["at"]
        delivered = _unanswered().aggregate(at=Min("delivered_at"))["at"]
        moments += [moment + delay for moment in (asked, delivered) if moment]
    return min((moment for moment in moments if moment), default=None)


def _undecided() -> QuerySet[IdentityRequest]:
    return IdentityRequest.objects.filter(state=IdentityState.PENDING, silent=False)


def _unanswered() -> QuerySet[EdoDocument]:
    return delivery.waiting().filter(silent=False)
