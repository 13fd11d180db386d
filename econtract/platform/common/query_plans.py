"""How PostgreSQL plans a statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def custom_query_plan() -> Iterator[None]:
    """Plans every statement of the block for its own parameter values.

    Statements that repeat are prepared (`DATABASES` in the settings), and PostgreSQL soon uses one
    generic plan for all values. That is wrong for filters that match three rows for one user and
    a million for another. Also works as a decorator; does nothing on other databases.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    threshold, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = threshold
