"""Capture and time the SQL statements of a block; print the relevant lines of their plans."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def capture_statements() -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block with their parameters."""
    statements: list[tuple[str, Any]] = []

    def capture(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(capture):
        yield statements


@contextmanager
def time_statements() -> Iterator[list[float]]:
    """The seconds of each statement of the block; Django's query log has milliseconds only."""
    seconds: list[float] = []

    def measure(execute: Any, *call: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*call)
        finally:
            seconds.append(time.perf_counter() - start)

    with connection.execute_wrapper(measure):
        yield seconds


def scan_lines(plan: list[str]) -> list[str]:
    """The lines of a plan that name the scanned tables and indexes."""
    return [line[:150] for line in plan if " Scan" in line]
