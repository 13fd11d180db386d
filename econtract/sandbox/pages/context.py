"""What every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from econtract.sandbox import clock
from econtract.sandbox.models import World


def world(request: HttpRequest) -> dict[str, Any]:
    """The world and its time, for the header. Error pages have no world to show."""
    row: World | None = getattr(request, "world", None)
    return {"world": row, "sandbox_now": clock.now(row)} if row else {}
