"""How the database plans what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_afresh() -> Iterator[None]:
    """Inside, a statement is planned for its very values, never by a plan prepared before.

    What is asked again and again is prepared (`DATABASES`), and a prepared plan knows no values. A
    list's filters and managers find three tasks or a million: one plan for all of them reads the
    million for somebody.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual
