"""Whose turn it is, as a list, a card and an export say it."""

from dataclasses import dataclass

from accounts.models import User
from accounts.visibility import headed_by
from tasks.statuses import Status, WaitsFor, status_rows


@dataclass(frozen=True)
class Turns:
    """Whose turn it is, said to one person: «Вы» where it is his."""

    viewer_id: int
    headed: frozenset[int]

    @classmethod
    def told_to(cls, user: User) -> "Turns":
        return cls(user.pk, headed_by(user))

    def of(self, status: Status, manager_id: int) -> str:
        """«Вы», «Менеджер», «Клиент», «Согласующий», «Система», «Техподдержка» or «–»."""
        waits_for = status_rows()[status].waits_for
        mine = manager_id == self.viewer_id
        if waits_for == WaitsFor.MANAGER and mine:
            return "Вы"
        if waits_for == WaitsFor.APPROVER and not mine and manager_id in self.headed:
            return "Вы"
        return str(waits_for.label)
