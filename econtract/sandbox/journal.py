"""The journal of real effects (docs/protocols.md, section 11)."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.models import JournalEntry


def record(
    system: str,
    action: str,
    actor: str,
    now: dt.datetime,
    *,
    reference: str = "",
    ref: str = "",
    key: str | None = None,
) -> None:
    """Write an effect. Commands of our own protocols write theirs by `api.protocol.command`."""
    JournalEntry.objects.create(
        system=system,
        action=action,
        actor=actor,
        at=now,
        reference=reference,
        ref=ref,
        key=key,
    )
