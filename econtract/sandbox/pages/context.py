"""Context that all templates share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from econtract.sandbox import clock
from econtract.sandbox.models import SandboxState


def sandbox_state(request: HttpRequest) -> dict[str, Any]:
    """The sandbox's state and time, for the header; nothing on error pages without a state."""
    state: SandboxState | None = getattr(request, "sandbox_state", None)
    return {"sandbox_state": state, "sandbox_now": clock.now(state)} if state else {}
