"""When the autopilot has to run next: `SandboxState.next_due_at`."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from econtract.sandbox.models import SandboxState


def schedule_run(at: dt.datetime) -> None:
    """Make sure that the autopilot runs at that time or earlier."""
    later = Q(next_due_at=None) | Q(next_due_at__gt=at)
    SandboxState.objects.filter(later, pk=1).update(next_due_at=at)


def schedule_answer(asked_at: dt.datetime) -> None:
    """Make sure that the autopilot runs when a client would answer what was asked at that time."""
    schedule_run(asked_at + dt.timedelta(seconds=SandboxState.load().autopilot_delay))
