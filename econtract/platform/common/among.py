"""A condition on many numbers at once."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Value

from econtract.platform.common.fixed import Parameter

Sql = tuple[str, tuple[Any, ...]]


def among(column: str, numbers: Iterable[int]) -> Sql:
    """Whether ``column`` is one of ``numbers``, which may be none, as SQL.

    One parameter where the database has arrays: the statement is the same for everybody, and is
    planned once. Elsewhere the numbers are written out.
    """
    if connection.vendor == "postgresql":
        return f"{column} = {ANY}", (array(numbers),)
    return f"{column} IN ({_written(numbers)})", ()


ANY = "ANY(%s::bigint[])"


def array(numbers: Iterable[int]) -> str:
    """The numbers as one value of a statement.

    Already as the database writes them: the driver would look at each number for its type.
    """
    written = _written(numbers)
    return f"{{{written}}}" if connection.vendor == "postgresql" else f"[{written}]"


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


class AmongGiven(Func):
    """`Among`, with the numbers as one value (`array`), or as what a call of `Fixed` brings.

    For keys, which are many: the planner need not read them to know what is best.
    """

    output_field = BooleanField()

    def __init__(self, column: str, numbers: Parameter | str) -> None:
        super().__init__(F(column), Value(numbers) if isinstance(numbers, str) else numbers)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Sql:
        return self._compared(compiler, "IN (SELECT value FROM json_each(%s))")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Sql:
        return self._compared(compiler, f"= {ANY}")

    def _compared(self, compiler: Any, numbers: str) -> Sql:
        column, given = map(compiler.compile, self.get_source_expressions())
        return f"{column[0]} {numbers}", (*column[1], *given[1])
