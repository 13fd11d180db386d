"""The sandbox's own clock: real time plus an offset that a person can move."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.models import World

MOSCOW = dt.timezone(dt.timedelta(hours=3))

_DOTNET_EPOCH = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def now(world: World | None = None) -> dt.datetime:
    """Aware UTC time of the sandbox. Pass `world` when it is at hand: it saves a query."""
    offset = (world or World.load()).offset_seconds
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=offset)


def shift(offset_seconds: float) -> None:
    """Set the offset. The autopilot is woken, for what waited may now be due."""
    World.load()
    World.objects.filter(pk=1).update(offset_seconds=offset_seconds, next_due_at=_LONG_AGO)


def iso(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with a `Z`, as all our protocols write times."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def ticks(moment: dt.datetime) -> int:
    """.NET ticks (100 ns since 0001-01-01 UTC), as the ЭДО protocol writes times."""
    return (moment - _DOTNET_EPOCH) // dt.timedelta(microseconds=1) * 10
