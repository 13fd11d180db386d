"""The journal of what the simulators really did (docs/protocols.md, section 11)."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox.models import SystemJournalEntry


def record_effect(
    system: str,
    action: str,
    actor: str,
    now: dt.datetime,
    *,
    reference: str = "",
    ref: str = "",
    key: str | None = None,
) -> None:
    """Add an effect to the journal.

    Only for effects outside `api.protocol.command`, which adds those of its commands itself.
    """
    SystemJournalEntry.objects.create(
        system=system,
        action=action,
        actor=actor,
        at=now,
        reference=reference,
        ref=ref,
        key=key,
    )
