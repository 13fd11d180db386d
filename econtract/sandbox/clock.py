"""The sandbox's own clock, and when its autopilot runs next.

The time is the real one plus an offset that a person can change.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from econtract.sandbox.models import SandboxState

MOSCOW = dt.timezone(dt.timedelta(hours=3))

_DOTNET_EPOCH = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_DISTANT_PAST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def now(state: SandboxState | None = None) -> dt.datetime:
    """The sandbox's time, aware, in UTC. Pass `state` if it is loaded: this saves a query."""
    offset = (state or SandboxState.load()).offset_seconds
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=offset)


def shift(offset_seconds: float) -> None:
    """Set the offset and have the next request run the autopilot: anything may be due now."""
    SandboxState.load()
    SandboxState.objects.filter(pk=1).update(
        offset_seconds=offset_seconds, next_due_at=_DISTANT_PAST
    )


def iso(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with a `Z`, the format of times in our own protocols."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def ticks(moment: dt.datetime) -> int:
    """.NET ticks (100 ns since 0001-01-01 UTC), the format of times in the ЭДО protocol."""
    return (moment - _DOTNET_EPOCH) // dt.timedelta(microseconds=1) * 10


def schedule_run(at: dt.datetime) -> None:
    """Make sure that the autopilot runs at that time or earlier."""
    later = Q(next_due_at=None) | Q(next_due_at__gt=at)
    SandboxState.objects.filter(later, pk=1).update(next_due_at=at)


def schedule_answer(asked_at: dt.datetime) -> None:
    """Make sure that the autopilot runs when a client would answer what was asked at that time."""
    schedule_run(asked_at + dt.timedelta(seconds=SandboxState.load().autopilot_delay))
