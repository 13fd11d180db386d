"""The autopilot: runs what is due at the start of each request to the sandbox.

There is no background process. `SandboxState.next_due_at` says when something will be due, so a
request before that time costs one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponseBase

from econtract.sandbox import clock, identity, phone
from econtract.sandbox.edo import delivery, habits, partners, revocation
from econtract.sandbox.models import (
    EdoDocument,
    IdentityRequest,
    IdentityState,
    PhoneRequest,
    SandboxState,
)

# The most documents or requests that one HTTP request processes; the next one continues.
_BATCH = 25
# These change the state themselves and must see it as it was.
_CONTROL_PATHS = ("/control/v1/reset", "/control/v1/clock", "/control/v1/autopilot")


class AutopilotMiddleware:
    """Runs what is due and keeps the sandbox's state on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run what is due, then handle the request."""
        state = SandboxState.load()
        now = clock.now(state)
        is_due = state.next_due_at and state.next_due_at <= now
        if is_due and request.path not in _CONTROL_PATHS:
            run_due(now)
        request.sandbox_state = state  # type: ignore[attr-defined]
        return self.get_response(request)


@transaction.atomic
def run_due(now: dt.datetime) -> None:
    """Expire requests, check senders' signatures and, with the autopilot on, answer for clients."""
    state = SandboxState.load()
    identity.expire_requests(now)
    phone.expire_requests(now)
    for document in delivery.documents_to_check()[:_BATCH]:
        delivery.check_sender_signature(document, now)
    for document in delivery.documents_to_deliver().filter(deliver_at__lte=now)[:_BATCH]:
        delivery.deliver(document, now)
    for power in delivery.powers_to_check().filter(check_at__lte=now)[:_BATCH]:
        delivery.finish_power_check(power, now)
    if state.autopilot_on:
        latest = now - dt.timedelta(seconds=state.autopilot_delay)
        for row in _requests_to_answer().filter(asked_at__lte=latest)[:_BATCH]:
            identity.answer_by_habit(row, now)
        for invitation in partners.invitations_to_answer().filter(changed_at__lte=latest)[:_BATCH]:
            partners.answer_by_habit(invitation, now)
        for document in _documents_to_answer().filter(delivered_at__lte=latest)[:_BATCH]:
            habits.answer_document(document, now)
        for document in _revocations_to_answer().filter(message__patched_at__lte=latest)[:_BATCH]:
            habits.answer_revocation(document, now)
        for request in _phone_requests_to_answer().filter(asked_at__lte=latest)[:_BATCH]:
            phone.confirm(request, "autopilot", now)
    SandboxState.objects.filter(pk=1).update(next_due_at=_next_due_at(state, now))


def _next_due_at(state: SandboxState, now: dt.datetime) -> dt.datetime | None:
    pending = IdentityRequest.objects.filter(state=IdentityState.PENDING)
    times = [pending.aggregate(at=Min("expires_at"))["at"]]
    times.append(phone.find_waiting().aggregate(at=Min("expires_at"))["at"])
    if delivery.documents_to_check().exists():
        times.append(now)
    times.append(delivery.documents_to_deliver().aggregate(at=Min("deliver_at"))["at"])
    times.append(delivery.powers_to_check().aggregate(at=Min("check_at"))["at"])
    if state.autopilot_on:
        delay = dt.timedelta(seconds=state.autopilot_delay)
        asked_at = _requests_to_answer().aggregate(at=Min("asked_at"))["at"]
        delivered_at = _documents_to_answer().aggregate(at=Min("delivered_at"))["at"]
        invited_at = partners.invitations_to_answer().aggregate(at=Min("changed_at"))["at"]
        phone_at = _phone_requests_to_answer().aggregate(at=Min("asked_at"))["at"]
        patched_at = _revocations_to_answer().aggregate(at=Min("message__patched_at"))["at"]
        client_times = (asked_at, delivered_at, invited_at, patched_at, phone_at)
        times += [time + delay for time in client_times if time]
    return min((time for time in times if time), default=None)


def _requests_to_answer() -> QuerySet[IdentityRequest]:
    return IdentityRequest.objects.filter(state=IdentityState.PENDING, silent=False)


def _phone_requests_to_answer() -> QuerySet[PhoneRequest]:
    return phone.find_waiting().filter(silent=False)


def _documents_to_answer() -> QuerySet[EdoDocument]:
    return delivery.documents_to_answer().filter(silent=False)


def _revocations_to_answer() -> QuerySet[EdoDocument]:
    return revocation.revocations_to_answer().filter(silent=False)
