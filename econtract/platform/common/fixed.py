"""Queries whose shape never changes, written by Django once a process.

A card asks for a task with all that stands beside it: Django spends seven times longer writing such
a statement than PostgreSQL does answering it, and writes the same one every time. Here it writes
it once; what differs from call to call are parameters. What never differs is written out: a plan
that is prepared knows it (few tasks have failed, many are signed).
"""

import inspect
import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Parameter(Expression):
    """The place of a value that a call of `Fixed` brings."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


class Fixed(Generic[Row]):
    """``build`` gets a `Parameter` for each of its arguments and puts them into a query as values.

    A call with those values gives the rows (objects with their related ones, or what `values_list`
    names); it costs one query. Whatever else ``build`` looks at stays as it was at the first call.
    The values go to the database as they are: keys, texts and moments; a number that the column
    cannot hold is the caller's fault. Nothing is prefetched.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build

    def __call__(self, **values: Any) -> list[Row]:
        written = self._written
        return list(written.iterable(_Asked(written, values))) if written else []

    @cached_property
    def _written(self) -> "_Written | None":
        names = inspect.signature(self.build).parameters
        try:
            return _written(self.build(**{name: Parameter(name) for name in names}))
        except EmptyResultSet:  # whatever the values are, it finds nothing
            return None


@dataclass(frozen=True)
class _Written:
    """A statement with what Django knows of its rows."""

    model: type[Model]
    iterable: Callable[..., Any]
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    converters: dict[int, Any]


def _written(query: QuerySet[Any, Any]) -> _Written:
    compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = _with_constants(compiler.connection, *compiler.as_sql())
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])
    iterable: Callable[..., Any] = query._iterable_class
    return _Written(query.model, iterable, compiler, sql, parameters, converters)


def _with_constants(
    connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]
) -> tuple[str, tuple[Any, ...]]:
    """The statement with its constants written out, where the database prepares."""
    if connection.vendor != "postgresql":
        return sql, tuple(parameters)
    from psycopg.sql import Literal

    connection.ensure_connection()
    values = iter(parameters)
    kept: list[Parameter] = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(values)
        if isinstance(value, Parameter):
            kept.append(value)
            return "%s"
        return Literal(value).as_string(connection.connection).replace("%", "%%")

    return re.sub("%%|%s", written, sql), tuple(kept)


class _Asked:
    """As much of a query set as its iterable asks for, with a compiler that has written."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, written: _Written, values: dict[str, Any]) -> None:
        self.query = self
        self.model = written.model
        connection = connections[self.db]  # each thread has its own
        sent = tuple(
            _sent(values[each.name], connection) if isinstance(each, Parameter) else each
            for each in written.parameters
        )
        compiler: Any = copy(written.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (written.sql, sent)
        compiler.get_converters = lambda _: written.converters
        self.compiler: SQLCompiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler


def _sent(value: Any, connection: BaseDatabaseWrapper) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
