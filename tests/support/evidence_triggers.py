"""The triggers that protect evidence and agreement texts: lifted by tests that tamper with them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

_migrations = [
    import_module(f"edo.migrations.{name}")
    for name in ("0011_evidence_triggers", "0015_agreement_triggers")
]
TABLES = ("edo_evidencerecord", "edo_evidenceanchor", "edo_agreementtext")


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """Inside the block evidence and texts can be changed and deleted."""
    for migration in _migrations:
        _execute(migration.build_drop_statements(connection.vendor))
    try:
        yield
    finally:
        for migration in _migrations:
            _execute(migration.build_create_statements(connection.vendor))


def lift_for_flushes() -> None:
    """Let the end of a test with real transactions empty those tables, too.

    SQLite asks the triggers only for rows that are there, PostgreSQL for every TRUNCATE.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        if not _has_triggers() or (connection.vendor == "sqlite" and not _has_rows()):
            flush(self, sql_list)
            return
        with lifted_triggers():
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


def _has_triggers() -> bool:
    """Tests of migrations also flush databases of earlier versions."""
    query = (
        "SELECT 1 FROM pg_trigger WHERE tgname = 'edo_agreementtext_change'"
        if connection.vendor == "postgresql"
        else "SELECT 1 FROM sqlite_master WHERE name = 'edo_agreementtext_update'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone() is not None


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return True
    return False


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with foreign keys that are still to be checked cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)
