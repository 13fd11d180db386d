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
    written = ", ".join(str(int(number)) for number in sorted(numbers))
    if connection.vendor == "postgresql":
        # Already as PostgreSQL writes arrays: the driver would look at each number for its type.
        return f"{column} = ANY(%s::bigint[])", (f"{{{written}}}",)
    return f"{column} IN ({written})", ()


class Among(Func):
    """`among` for a query of Django's: its IN makes a parameter of each number."""

    output_field = BooleanField()

    def __init__(self, column: str, numbers: Iterable[int]) -> None:
        super().__init__(F(column))
        self.numbers = frozenset(numbers)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Sql:
        column, before = compiler.compile(self.get_source_expressions()[0])
        sql, parameters = among(column, self.numbers)
        return sql, (*before, *parameters)
