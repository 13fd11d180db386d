"""What the database plans once, and what it plans for the very values.

PostgreSQL alone prepares; elsewhere the same pages must just answer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from econtract.platform.common.query_plans import custom_query_plan
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.people import browser_of

People = dict[str, User | None]
ON_POSTGRES = connection.vendor == "postgresql"
TIMES = 4
WHOLE = "/tasks/all/?group=none"
FILTERED = f"{WHOLE}&status={Status.SIGNING_FAILED}"
PREPARED = "SELECT statement FROM pg_prepared_statements" if ON_POSTGRES else "SELECT ''"


@contextmanager
def statements(part: str) -> Iterator[set[str]]:
    """The different statements of the block with ``part`` in them."""
    seen: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *call: Any) -> Any:
        if part in sql:
            seen.add(sql)
        return execute(sql, *call)

    with connection.execute_wrapper(note):
        yield seen


def is_prepared(sql: str) -> bool:
    """Whether this connection holds ``sql`` prepared."""
    numbers = count(1)
    parts = sql.split("%s")
    written = parts[0] + "".join(f"${next(numbers)}{part}" for part in parts[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements" if ON_POSTGRES else "SELECT ''"
        )
        return written in {statement for (statement,) in cursor.fetchall()}


def all_asked_by(person: User | None, address: str, part: str) -> set[str]:
    """The statements with ``part`` of a page that was opened several times."""
    web = browser_of(person)
    with statements(part) as seen:
        for _ in range(TIMES):
            assert web.get(address).status_code == 200
    return seen


def asked_by(person: User | None, address: str, part: str) -> str:
    """The one statement with ``part`` of such a page."""
    seen = all_asked_by(person, address, part)
    assert len(seen) == 1, seen
    return seen.pop()


def test_figures_are_one_statement_for_everybody(people: People, task: SigningTask) -> None:
    asked = {asked_by(people[who], WHOLE, "(VALUES") for who in ("lead", "foreign_lead")}
    if ON_POSTGRES:
        assert [is_prepared(sql) for sql in asked] == [True]


def test_rows_are_planned_for_the_very_values(people: People, task: SigningTask) -> None:
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    assert not is_prepared(asked_by(people["lead"], FILTERED, "clients_client"))


def test_what_many_open_is_prepared_with_its_codes(people: People, task: SigningTask) -> None:
    """A plan for the very status, made once: nothing else in the statement differs."""
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    asked = asked_by(people["administrator"], FILTERED, "clients_client")
    assert is_prepared(asked) is ON_POSTGRES
    assert (f"'{Status.SIGNING_FAILED}'" in asked) is ON_POSTGRES


def test_whose_tasks_a_tab_holds_is_part_of_its_statement(
    people: People, task: SigningTask
) -> None:
    asked = asked_by(people["lead"], WHOLE, "clients_client")
    assert "%s" not in asked
    assert asked != asked_by(people["mate"], WHOLE, "clients_client")


def test_what_filters_find_is_counted_with_its_rows(people: People, task: SigningTask) -> None:
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    assert "COUNT" in asked_by(people["lead"], FILTERED, "clients_client")
    figures = {asked_by(people["lead"], address, "(VALUES") for address in (WHOLE, FILTERED)}
    assert len(figures) == 1


@pytest.mark.parametrize("address", [f"{WHOLE}&q=рога", "/manage/companies/?q=рога"])
def test_what_is_searched_for_is_planned_for_its_words(
    people: People, task: SigningTask, address: str
) -> None:
    asked = all_asked_by(people["administrator"], address, "search_key")
    assert asked
    assert not any(map(is_prepared, asked))


def test_after_it_statements_are_prepared_again(task: SigningTask) -> None:
    def ask() -> str:
        with statements("tasks_signingtask") as seen:
            for _ in range(TIMES):
                assert SigningTask.objects.filter(pk=task.pk, document_number="1/2026").count() == 0
        [sql] = seen
        return sql

    def fail() -> None:
        with custom_query_plan():
            assert not is_prepared(ask())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert is_prepared(ask()) is ON_POSTGRES
