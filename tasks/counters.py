"""The live figures on tabs and chips: one query, grouped by what the chips ask for."""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status, quick_filters


@dataclass
class Counters:
    """Tasks in work: mine, all that I see, and under each chip, on «Мои» and on «Все»."""

    mine: int = 0
    seen: int = 0
    mine_by_chip: dict[str, int] = field(default_factory=lambda: dict.fromkeys(quick_filters(), 0))
    seen_by_chip: dict[str, int] = field(default_factory=lambda: dict.fromkeys(quick_filters(), 0))


def counters_of(user: User) -> Counters:
    """The figures as they are now."""
    tasks = SigningTask.objects.visible_to(user).in_work().order_by()
    mine_too = Count("pk", filter=Q(manager_id=user.pk))
    groups = tasks.values_list("status", "resolution").annotate(Count("pk"), mine=mine_too)
    counters = Counters()
    for code, resolution, seen, mine in groups:
        counters.mine += mine
        counters.seen += seen
        for name, chip in quick_filters().items():
            if chip.covers(Status(code), resolution):
                counters.mine_by_chip[name] += mine
                counters.seen_by_chip[name] += seen
    return counters
