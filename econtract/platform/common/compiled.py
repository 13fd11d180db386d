"""Querysets that are compiled to SQL once a process.

Compiling a queryset with a dozen joins takes Django several times longer than PostgreSQL needs to
run it, and the result is the same text every time. Avoiding that is worth the complexity only on
the task card, on the lists and where a pipeline step loads its task: an import contract in
pyproject.toml names the modules, `scripts/bench compiled` prints what each saves.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Parameter(Expression):
    """A placeholder for a value that each call of a `CompiledQuery` passes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


class CompiledQuery(Generic[Row]):
    """A queryset as a function; usable as a decorator of the function that builds it.

    ``build`` is called once, with a `Parameter` for each of its arguments to use in place of
    values. Called with the values as keyword arguments, the query returns a list of rows: model
    instances with their `select_related` ones, or what `values_list` names. One database query.

    The limits: everything else that ``build`` reads is fixed at the first call. Values are sent
    as they are (ids, strings, datetimes, UUIDs), so a number that does not fit its column is an
    error. `prefetch_related` is ignored. ``build`` itself, called with values, returns the plain
    queryset.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build

    def __call__(self, **values: Any) -> list[Row]:
        statement = self._statement
        return list(statement.iterable(_BoundQuery(statement, values))) if statement else []

    @cached_property
    def _statement(self) -> "_Statement | None":
        names = inspect.signature(self.build).parameters
        try:
            return _compile(self.build(**{name: Parameter(name) for name in names}))
        except EmptyResultSet:  # the query is empty for all values
            return None


@dataclass(frozen=True)
class _Statement:
    """A compiled queryset, and what Django needs to make its rows."""

    model: type[Model]
    iterable: Callable[..., Any]
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    converters: dict[int, Any]


def _compile(query: QuerySet[Any, Any]) -> _Statement:
    compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = _inline_constants(compiler.connection, *compiler.as_sql())
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])
    iterable: Callable[..., Any] = query._iterable_class
    return _Statement(query.model, iterable, compiler, sql, parameters, converters)


def _inline_constants(
    connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]
) -> tuple[str, tuple[Any, ...]]:
    """On PostgreSQL, writes all values but the `Parameter`s into the statement.

    So a prepared plan knows them: few tasks have failed, many are signed.
    """
    if connection.vendor != "postgresql":
        return sql, tuple(parameters)
    from psycopg.sql import Literal

    connection.ensure_connection()
    values = iter(parameters)
    remaining: list[Parameter] = []

    def inline(placeholder: re.Match[str]) -> str:
        if placeholder[0] == "%%":
            return "%%"
        value = next(values)
        if isinstance(value, Parameter):
            remaining.append(value)
            return "%s"
        return Literal(value).as_string(connection.connection).replace("%", "%%")

    return re.sub("%%|%s", inline, sql), tuple(remaining)


class _BoundQuery:
    """Stands in for a queryset: the part that Django's row iterables use, already compiled."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, statement: _Statement, values: dict[str, Any]) -> None:
        self.query = self
        self.model = statement.model
        connection = connections[self.db]  # each thread has its own
        parameters = tuple(
            _adapt(values[item.name], connection) if isinstance(item, Parameter) else item
            for item in statement.parameters
        )
        compiler: Any = copy(statement.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (statement.sql, parameters)
        compiler.get_converters = lambda _: statement.converters
        self.compiler: SQLCompiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler


def _adapt(value: Any, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
