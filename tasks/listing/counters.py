"""The live figures on tabs and chips: one query, none counted to its end.

Counting a million rows costs more than the figure is worth: `COUNTED` is as far as anybody reads,
what is more is said as «больше 1000». So no figure costs more as the tasks grow.

Every page of a list asks this, so it is written as SQL: Django would build it for longer than
PostgreSQL counts. Nothing in it comes from outside but as a parameter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery, Value

from accounts.models import User
from accounts.visibility import sight_of
from econtract.platform.common.id_lists import Sql, ids_condition
from econtract.platform.common.query_plans import custom_query_plan
from econtract.platform.notifications.inbox import UNREAD_IN_BELL
from econtract.platform.notifications.models import Notification
from tasks.models import SigningTask
from tasks.models.lists import ListSettings
from tasks.models.queries import MASKS_OF_QUICK_FILTER

COUNTED = 1000
TABLE = SigningTask._meta.db_table
# Conditions as the indexes of the lists have them.
IN_WORK: Sql = ("completed_at IS NULL", ())
NOTHING: Sql = ("1 = 0", ())
UNDER_ANY: Sql = ("quick_filter_mask = column1 AND quick_filter_mask > 0", ())
# The values of `quick_filter_mask`: finished tasks have none.
CHIPS = sorted(set().union(*MASKS_OF_QUICK_FILTER.values()))


class CappedCount(Subquery):
    """How many rows a query finds, at most one more than ``most``."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any], most: int) -> None:
        ones = rows.order_by().values(one=Value(1))[: most + 1]
        super().__init__(ones, output_field=IntegerField())


def count_all(viewer: User, queries: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The length of each query by its name, `COUNTED` + 1 for all that is more; one query."""
    counts = [CappedCount(rows, COUNTED) for rows in queries.values()]
    with custom_query_plan():
        row = User.objects.filter(pk=viewer.pk).values_list(*counts, "pk").get()
    return dict(zip(queries, row, strict=False))


@dataclass(frozen=True)
class Counters:
    """Tasks in work: mine, all that I see, and of the list at hand under each chip.

    ``news``: the bell may have something to count. ``columns`` are the optional columns that the
    person has chosen, None for the usual.
    """

    mine: int
    seen: int
    by_chip: dict[str, int] = field(default_factory=dict)
    news: bool = True
    columns: list[str] | None = None


def counters_of(user: User, *, chips_of: str = "") -> Counters:
    """The figures as they are now; ``chips_of`` is «my», «all», or "" for a list without chips."""
    mine, seen = _rules_of_sight(user)
    figures = [
        _count(*mine, IN_WORK),
        _count(*seen, IN_WORK) if seen != mine else ("NULL", ()),
        _anything_unread(user),
        _columns(user),
    ]
    places = ""
    if chips_of:
        under = mine if chips_of == "my" else seen
        # One plan for all values of the chips: to plan is dearer here than to count.
        figures += [("column1", ()), _count(*under, UNDER_ANY)]
        places = f"FROM (VALUES {', '.join(f'({bits})' for bits in CHIPS)}) places"
    rows = _fetch(figures, places)
    (of_mine, of_seen, news, columns), by_bits = rows[0][:4], [row[4:] for row in rows]
    return Counters(
        mine=of_mine,
        seen=of_mine if of_seen is None else of_seen,
        by_chip=_by_chip(dict(by_bits)) if chips_of else {},
        news=bool(news),
        columns=None if columns is None else json.loads(columns),
    )


def _rules_of_sight(user: User) -> tuple[list[Sql], list[Sql]]:
    """`SigningTaskQuerySet.own_of` and `visible_to` as conditions on the table."""
    sight = sight_of(user)
    own: list[Sql] = [("manager_id = %s", (user.pk,)) if sight.covers(user.pk) else NOTHING]
    if sight.everything:
        return own, []
    if sight.manager_ids <= {user.pk}:
        return own, own
    return own, [ids_condition("manager_id", sight.manager_ids)]


def _count(*rules: Sql) -> Sql:
    """How many tasks satisfy all ``rules``, at most one more than `COUNTED`."""
    where = " AND ".join(sql for sql, _ in rules)
    found = f"SELECT 1 FROM {TABLE} WHERE {where} LIMIT {COUNTED + 1}"  # noqa: S608
    parameters = tuple(each for _, of_rule in rules for each in of_rule)
    return f"(SELECT COUNT(*) FROM ({found}) counted)", parameters  # noqa: S608


def _anything_unread(user: User) -> Sql:
    found = f"SELECT 1 FROM {Notification._meta.db_table} WHERE {UNREAD_IN_BELL}"  # noqa: S608
    return f"EXISTS ({found})", (user.pk,)


def _columns(user: User) -> Sql:
    return f"(SELECT columns FROM {ListSettings._meta.db_table} WHERE user_id = %s)", (user.pk,)  # noqa: S608


def _fetch(figures: list[Sql], places: str) -> list[tuple[Any, ...]]:
    parameters = [each for _, of_figure in figures for each in of_figure]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sql for sql, _ in figures)} {places}", parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _by_chip(by_bits: dict[int, int]) -> dict[str, int]:
    return {
        chip: min(sum(by_bits[b] for b in bits), COUNTED + 1)
        for chip, bits in MASKS_OF_QUICK_FILTER.items()
    }


def in_short(count: int) -> int | str:
    """A figure for a tab or a chip: «12», «1000+»."""
    return count if count <= COUNTED else f"{COUNTED}+"
