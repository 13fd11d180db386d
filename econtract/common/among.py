"""A condition on many numbers at once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func

Sql = tuple[str, tuple[str | int, ...]]


def among(numbers: Iterable[int]) -> str:
    """``numbers`` as a list of SQL; there must be one at least."""
    return ", ".join(str(int(number)) for number in sorted(numbers))


class Among(Func):
    """Whether a column is one of ``numbers``.

    As IN, but the numbers are written out and not taken apart one by one: a team leader's managers
    stand in a dozen places of a page's queries.
    """

    output_field = BooleanField()

    def __init__(self, column: str, numbers: Iterable[int]) -> None:
        super().__init__(F(column))
        self.written = among(numbers)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Sql:
        column, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"{column} IN ({self.written})", tuple(parameters)
