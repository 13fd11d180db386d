"""Inserts without the ORM, more than a hundred thousand rows a minute: COPY on PostgreSQL.

For generated rows only (`tasks.demo.bulk_load`): nothing is validated, and no signal is sent.
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


class RowBuffer:
    """Rows of one model to be written later.

    The buffer assigns their primary keys, but for models with a UUID: their rows bring their own.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        self.columns = [str(field.column) for field in fields]
        self.key = str(model._meta.pk.attname)
        self.next_key = _find_next_key(model)
        self.defaults = {field.attname: _get_default(field) for field in fields}
        self.rows: list[Row] = []

    def add(self, **values: Any) -> int:
        """Adds a row: ``values`` by attribute name, defaults for the rest. Returns its key."""
        key = self.next_key
        self.next_key += 1
        row = self.defaults | {self.key: key} | values
        if len(row) != len(self.defaults):
            raise TypeError(f"{self.model.__name__} has no {set(row) - set(self.defaults)}")
        self.rows.append(tuple(row.values()))
        return key

    def write(self) -> None:
        """Inserts the rows and empties the buffer."""
        names = ", ".join(map(connection.ops.quote_name, self.columns))
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    copy.write("".join(map(_format_copy_line, self.rows)))
            else:
                placeholders = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({placeholders})",  # noqa: S608 - our names
                    [tuple(map(_adapt_value, row)) for row in self.rows],
                )
        self.rows.clear()


def _find_next_key(model: type[models.Model]) -> int:
    if not isinstance(model._meta.pk, models.AutoField):
        return 0
    return (model._default_manager.aggregate(top=models.Max("pk"))["top"] or 0) + 1


def _get_default(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) and value is not None else value


def _format_copy_line(row: Row) -> str:
    """A row in the text format of COPY."""
    return "\t".join(map(_format_copy_value, row)) + "\n"


def _format_copy_value(value: Any) -> str:
    return r"\N" if value is None else str(value).translate(_COPY_ESCAPES)


_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _adapt_value(value: Any) -> Any:
    """A value for a database without types for timestamps and UUIDs (SQLite)."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) else value


def write_all(*buffers: RowBuffer) -> None:
    """Inserts the rows of all ``buffers`` in one transaction."""
    with transaction.atomic(), _without_foreign_key_checks():
        for buffer in buffers:
            buffer.write()


@contextmanager
def _without_foreign_key_checks() -> Iterator[None]:
    """Turns the checks of foreign keys off if the database user may do that."""
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        except DatabaseError:
            pass  # not a superuser: writing just takes longer
    yield


def reset_sequences(*buffers: RowBuffer) -> None:
    """Sets the sequences of primary keys past the keys that the buffers have assigned."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(
            no_style(), [buffer.model for buffer in buffers]
        ):
            cursor.execute(sql)
