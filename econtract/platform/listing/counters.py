"""Counting rows up to a limit.

Counting a million rows costs more than the figure is worth: nobody reads further than
`COUNT_LIMIT`, and anything above it is shown as «больше 1000». So a figure costs the same however
the table grows.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, QuerySet, Subquery, Value

from econtract.platform.common.query_plans import custom_query_plan

COUNT_LIMIT = 1000


class CappedCount(Subquery):
    """The number of rows of a query, at most ``limit`` + 1."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any], limit: int) -> None:
        ones = rows.order_by().values(one=Value(1))[: limit + 1]
        super().__init__(ones, output_field=IntegerField())


def count_rows(viewer: Any, queries: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The number of rows of each query by its name, at most `COUNT_LIMIT` + 1; one query.

    The counts are columns of the row of the user ``viewer``, which is sure to exist.
    """
    counts = [CappedCount(rows, COUNT_LIMIT) for rows in queries.values()]
    with custom_query_plan():
        users = get_user_model()._default_manager.filter(pk=viewer.pk)
        row = users.values_list(*counts, "pk").get()
    return dict(zip(queries, row, strict=False))


def count_label(count: int) -> int | str:
    """A capped count for a tab or a chip: «12», «1000+»."""
    return count if count <= COUNT_LIMIT else f"{COUNT_LIMIT}+"
