"""The live figures on tabs and chips: one query, whatever is counted."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from tasks.models import SigningTask
from tasks.queries import quick_filter_rule
from tasks.statuses import quick_filters


@dataclass(frozen=True)
class Counters:
    """Tasks in work: mine, all that I see, and under each chip (``mine_by_chip`` on «Мои»)."""

    mine: int
    seen: int
    mine_by_chip: dict[str, int]
    seen_by_chip: dict[str, int]


def counters_of(user: User) -> Counters:
    """The figures as they are now."""
    mine = Q(manager_id=user.pk)
    wanted = {"seen": Count("pk"), "mine": Count("pk", filter=mine)}
    for code, chip in quick_filters().items():
        rule = quick_filter_rule(chip)
        wanted[f"seen_{code}"] = Count("pk", filter=rule)
        wanted[f"mine_{code}"] = Count("pk", filter=rule & mine)
    found = SigningTask.objects.visible_to(user).in_work().aggregate(**wanted)
    return Counters(
        mine=found["mine"],
        seen=found["seen"],
        mine_by_chip={code: found[f"mine_{code}"] for code in quick_filters()},
        seen_by_chip={code: found[f"seen_{code}"] for code in quick_filters()},
    )
