"""Whose turn it is, as lists, cards and exports show it."""

from dataclasses import dataclass

from accounts.models import User
from accounts.visibility import managers_headed_by
from tasks.statuses import Status, WaitsFor, status_rows


@dataclass(frozen=True)
class TurnLabels:
    """The labels of «Чей ход» for one viewer: «Вы» where they are the one to act."""

    viewer_id: int
    headed_manager_ids: frozenset[int]

    @classmethod
    def for_viewer(cls, user: User) -> "TurnLabels":
        return cls(user.pk, managers_headed_by(user))

    def label(self, status: Status, manager_id: int) -> str:
        """«Вы», «–», or the label of a `WaitsFor`."""
        waits_for = status_rows()[status].waits_for
        is_own = manager_id == self.viewer_id
        if waits_for == WaitsFor.MANAGER and is_own:
            return "Вы"
        if waits_for == WaitsFor.APPROVER and not is_own and manager_id in self.headed_manager_ids:
            return "Вы"
        return str(waits_for.label)
