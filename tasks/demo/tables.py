"""Rows written past the ORM, a hundred thousand a minute and more: COPY where the database has it.

For rows that are made up (`tasks.demo.bulk_load`): nothing is validated, no signal is sent.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

Row = tuple[Any, ...]


class Table:
    """Rows of one model that wait to be written; their keys are given out here."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        self.columns = [str(field.column) for field in fields]
        self.key = str(model._meta.pk.attname)
        self.next_key = (model._default_manager.aggregate(top=models.Max("pk"))["top"] or 0) + 1
        self.usual = {field.attname: _usual(field) for field in fields}
        self.rows: list[Row] = []

    def add(self, **values: Any) -> int:
        """One more row with ``values`` by attribute name, the rest as the model has it; its key."""
        key = self.next_key
        self.next_key += 1
        row = self.usual | {self.key: key} | values
        if len(row) != len(self.usual):
            raise TypeError(f"{self.model.__name__} has no {set(row) - set(self.usual)}")
        self.rows.append(tuple(row.values()))
        return key

    def write(self) -> None:
        """Stores the rows that wait."""
        names = ", ".join(map(connection.ops.quote_name, self.columns))
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    copy.write("".join(map(_line, self.rows)))
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our names
                    [tuple(map(_adapted, row)) for row in self.rows],
                )
        self.rows.clear()


def _usual(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) and value is not None else value


def _line(row: Row) -> str:
    """A row as COPY reads it."""
    return "\t".join(map(_copied, row)) + "\n"


def _copied(value: Any) -> str:
    return r"\N" if value is None else str(value).translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _adapted(value: Any) -> Any:
    """As a database without types of its own for moments and UUIDs keeps them."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) else value


def write(*tables: Table) -> None:
    """Stores what waits in all of them, in one transaction."""
    with transaction.atomic(), _unchecked():
        for table in tables:
            table.write()


@contextmanager
def _unchecked() -> Iterator[None]:
    """Without a look at each foreign key, where the database's user is allowed that."""
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        except DatabaseError:
            pass  # no superuser: it takes longer
    yield


def finish(*tables: Table) -> None:
    """Lets the database give out keys again, after ours."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(sql)
