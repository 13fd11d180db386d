"""A condition on many numbers at once."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func

Sql = tuple[str, tuple[Any, ...]]


def among(column: str, numbers: Iterable[int]) -> Sql:
    """Whether ``column`` is one of ``numbers``, which may be none, as SQL.

    One parameter where the database has arrays: the statement is the same for everybody, and is
    planned once. Elsewhere the numbers are written out.
    """
    if connection.vendor == "postgresql":
        # Already as PostgreSQL writes arrays: the driver would look at each number for its type.
        return f"{column} = ANY(%s::bigint[])", (f"{{{_written(numbers)}}}",)
    return f"{column} IN ({_written(numbers)})", ()


def _written(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in sorted(numbers))


class Among(Func):
    """Whether a column is one of ``numbers``, for a query of Django's.

    The numbers are written out, so that the planner sees for whom it plans: what is sorted by must
    not be chosen alike for three managers and for three thousand.
    """

    output_field = BooleanField()

    def __init__(self, column: str, numbers: Iterable[int]) -> None:
        super().__init__(F(column))
        self.written = _written(numbers) or "NULL"

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Sql:
        column, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"{column} IN ({self.written})", tuple(parameters)
