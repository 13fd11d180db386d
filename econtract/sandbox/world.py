"""Acts upon the sandbox as a whole, shared by its control API and its pages."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from econtract.sandbox import autopilot, clock
from econtract.sandbox.api.protocol import Fields, Json, bad_request
from econtract.sandbox.edo import delivery
from econtract.sandbox.faults import SYSTEMS
from econtract.sandbox.models import (
    ArchivedDocument,
    Cabinet,
    EdoContent,
    EdoEvent,
    EdoMessage,
    EdoOperation,
    EdoPartner,
    EdoShelfPart,
    EipAccount,
    Event,
    Fault,
    FaultKind,
    IdentityRequest,
    IdentityState,
    JournalEntry,
    TextMessage,
    World,
)

_FORGOTTEN = (
    ArchivedDocument,
    Cabinet,
    EdoMessage,
    EdoContent,
    EdoEvent,
    EdoOperation,
    EdoPartner,
    EdoShelfPart,
    EipAccount,
    Event,
    Fault,
    IdentityRequest,
    JournalEntry,
    TextMessage,
)


@transaction.atomic
def reset() -> None:
    """Forget everything that happened; organisations and keys stay, cursors go on growing."""
    for model in _FORGOTTEN:
        model._default_manager.all().delete()
    World.objects.update_or_create(pk=1, defaults=World.defaults())


def set_autopilot(*, on: bool | None = None, delay: float | None = None) -> None:
    """Switch the autopilot, change its delay; what waits is looked at again."""
    World.load()
    changes = {"autopilot_on": on, "autopilot_delay": delay}
    World.objects.filter(pk=1).update(**{k: v for k, v in changes.items() if v is not None})
    autopilot.wake(clock.now())


def waiting() -> dict[str, int]:
    """How much waits for the client."""
    return {
        "identity": IdentityRequest.objects.filter(state=IdentityState.PENDING).count(),
        "edo": delivery.waiting().count(),
    }


def faults_in_force() -> QuerySet[Fault]:
    """Faults not used up."""
    return Fault.objects.filter(Q(times_left=None) | Q(times_left__gt=0)).order_by("id")


def add_fault(fields: Fields) -> Fault:
    """A fault by its description (docs/protocols.md, section 11); `Refused` 400 when malformed."""
    system, kind = fields.text("system"), fields.text("kind")
    if system not in (*SYSTEMS, "*"):
        raise bad_request(f"system: one of {', '.join(SYSTEMS)} or * expected")
    if kind not in FaultKind.values:
        raise bad_request(f"kind: one of {', '.join(FaultKind.values)} expected")
    times, seconds = fields.number("times"), fields.number("seconds")
    status = fields.number("status") or 500
    if not 400 <= status <= 599 or not 0 <= (seconds or 0) <= 120 or not 0 <= (times or 0) <= 10**6:
        raise bad_request("status 400..599, seconds 0..120, times 1..1000000 expected")
    return Fault.objects.create(
        system=system,
        kind=kind,
        path_contains=fields.text("path_contains", required=False, limit=100),
        times_left=None if times is None else int(times),
        seconds=3 if seconds is None else seconds,
        status=int(status),
        code=fields.text("code", required=False, limit=60) or "simulated_error",
        drop=fields.data.get("drop") is True,
    )


def remove_faults(number: int | None = None) -> None:
    """Remove one fault, or all of them."""
    rows = Fault.objects.all()
    (rows if number is None else rows.filter(pk=number)).delete()


def describe(fault: Fault) -> Json:
    """A fault as the control API tells it."""
    return {
        "id": fault.pk,
        "system": fault.system,
        "path_contains": fault.path_contains or None,
        "kind": fault.kind,
        "times": fault.times_left,
        "seconds": fault.seconds,
        "status": fault.status,
        "code": fault.code,
        "drop": fault.drop,
    }
