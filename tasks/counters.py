"""The live figures on tabs and chips and «Найдено»: all in one query, none counted to its end.

Counting a million rows costs more than the figure is worth: `COUNTED` is as far as anybody reads,
what is more is said as «больше 1000». So no figure costs more as the tasks grow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery, Value

from accounts.models import User
from accounts.visibility import sight_of
from tasks.models import SigningTask
from tasks.queries import SigningTaskQuerySet
from tasks.statuses import quick_filters

COUNTED = 1000
MINE, SEEN, FOUND = "mine", "seen", "found"


class CappedCount(Subquery):
    """How many rows a query finds, at most one more than ``most`` (`COUNTED`)."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any], most: int | None = None) -> None:
        ones = rows.order_by().values(one=Value(1))[: (COUNTED if most is None else most) + 1]
        super().__init__(ones, output_field=IntegerField())


def count_all(viewer: User, queries: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The length of each query by its name, `COUNTED` + 1 for all that is more; one query."""
    return _count(viewer, queries)[0]


def _count(viewer: User, queries: Mapping[str, QuerySet[Any]]) -> tuple[dict[str, int], Any]:
    """The figures, and the columns that the person has chosen: they come with his row."""
    counts = map(CappedCount, queries.values())
    row = User.objects.filter(pk=viewer.pk).values_list(*counts, "list_settings__columns").get()
    return dict(zip(queries, row[:-1], strict=True)), row[-1]


@dataclass(frozen=True)
class Counters:
    """Tasks in work: mine, all that I see, and of the list at hand under each chip.

    ``found`` is what its filters find, 0 where that was not asked for. ``columns`` are the optional
    columns that the person has chosen, None for the usual ones: they come in the same query.
    """

    mine: int
    seen: int
    by_chip: dict[str, int] = field(default_factory=dict)
    found: int = 0
    columns: list[str] | None = None


def counters_of(
    user: User, *, chips_of: str = "", found: SigningTaskQuerySet | None = None
) -> Counters:
    """The figures as they are now; ``chips_of`` is «my», «all», or "" for a list without chips."""
    seen, mine = SigningTask.objects.visible_to(user), SigningTask.objects.own_of(user)
    sight = sight_of(user)
    alone = not sight.everything and sight.manager_ids <= {user.pk}
    queries = {MINE: mine.in_work()}
    if not alone:
        queries[SEEN] = seen.in_work()
    if found is not None:
        queries[FOUND] = found
    # Under a chip there is nothing finished, and the index of the chips knows no end's time.
    under = mine if chips_of == "my" else seen
    chips = list(quick_filters()) if chips_of else []
    queries |= {chip: under.with_quick_filter(chip) for chip in chips}
    figures, columns = _count(user, queries)
    by_chip = {chip: figures[chip] for chip in chips}
    seen_too = figures[MINE if alone else SEEN]
    return Counters(figures[MINE], seen_too, by_chip, figures.get(FOUND, 0), columns)


def in_short(count: int) -> int | str:
    """A figure for a tab or a chip: «12», «1000+»."""
    return count if count <= COUNTED else f"{COUNTED}+"
