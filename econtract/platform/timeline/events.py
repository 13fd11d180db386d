"""Events of a timeline, as a page shows them."""

from dataclasses import dataclass
from datetime import datetime

from econtract.platform.common.formatting import format_with_seconds


@dataclass(frozen=True)
class FieldChange:
    """One field: old and new, as text."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class TimelineEvent:
    """One event; every field but ``at`` is text for the page.

    ``badge`` is the badge of the status that the event led to ("" for other events). ``by_user``
    tells what people did from what systems did.
    """

    at: datetime
    text: str
    actor: str
    badge: str
    icon: str
    by_user: bool
    notes: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()

    @property
    def time(self) -> str:
        return format_with_seconds(self.at)

    @property
    def iso(self) -> str:
        return self.at.isoformat(timespec="seconds")

    @property
    def note(self) -> str:
        return " ".join(self.notes)

    @property
    def marker(self) -> str:
        """The icon of an event that has none of its own."""
        return {"error": "circle-x", "done": "circle-check"}.get(self.badge, "circle-dot")
