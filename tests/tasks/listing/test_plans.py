"""Which statements PostgreSQL prepares, and which it plans for their parameter values.

SQLite prepares nothing, so there the pages must just work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
UNFILTERED = "/tasks/all/?group=none"
FILTERED = f"{UNFILTERED}&status={Status.SIGNING_FAILED}"


@contextmanager
def statements(part: str) -> Iterator[set[str]]:
    """The distinct statements of the block that contain ``part``."""
    texts: set[str] = set()

    def record(execute: Callable[..., Any], sql: str, *call: Any) -> Any:
        if part in sql:
            texts.add(sql)
        return execute(sql, *call)

    with connection.execute_wrapper(record):
        yield texts


def is_prepared(sql: str) -> bool:
    """Whether ``sql`` is prepared on this connection."""
    first, *rest = sql.split("%s")
    numbered = first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements" if ON_POSTGRES else "SELECT ''"
        )
        return numbered in {statement for (statement,) in cursor.fetchall()}


def statements_of(user: User | None, url: str, part: str) -> set[str]:
    """The statements containing ``part`` of a page that is opened several times."""
    web = browser_of(user)
    with statements(part) as texts:
        for _ in range(TIMES):
            assert web.get(url).status_code == 200
    return texts


def statement_of(user: User | None, url: str, part: str) -> str:
    """The only statement containing ``part`` of such a page."""
    texts = statements_of(user, url, part)
    assert len(texts) == 1, texts
    return texts.pop()


def test_the_counters_are_one_statement_for_all_users(people: People, task: SigningTask) -> None:
    shared = {statement_of(people[who], UNFILTERED, "(VALUES") for who in ("lead", "foreign_lead")}
    if ON_POSTGRES:
        assert [is_prepared(sql) for sql in shared] == [True]


def test_filtered_rows_are_planned_for_their_values(people: People, task: SigningTask) -> None:
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    assert not is_prepared(statement_of(people["lead"], FILTERED, "clients_client"))


def test_a_page_that_is_opened_often_is_prepared_with_its_codes(
    people: People, task: SigningTask
) -> None:
    """The status is a literal in the statement, so the prepared plan is specific to it."""
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    sql = statement_of(people["administrator"], FILTERED, "clients_client")
    assert is_prepared(sql) is ON_POSTGRES
    assert (f"'{Status.SIGNING_FAILED}'" in sql) is ON_POSTGRES


def test_an_unfiltered_tab_embeds_its_manager_ids(people: People, task: SigningTask) -> None:
    sql = statement_of(people["lead"], UNFILTERED, "clients_client")
    assert "%s" not in sql
    assert sql != statement_of(people["mate"], UNFILTERED, "clients_client")


def test_filtered_rows_are_counted_in_their_own_statement(
    people: People, task: SigningTask
) -> None:
    SigningTask.objects.update(status=Status.SIGNING_FAILED)
    assert "COUNT" in statement_of(people["lead"], FILTERED, "clients_client")
    counters = {statement_of(people["lead"], url, "(VALUES") for url in (UNFILTERED, FILTERED)}
    assert len(counters) == 1


@pytest.mark.parametrize("url", [f"{UNFILTERED}&q=рога", "/manage/companies/?q=рога"])
def test_a_search_is_planned_for_its_text(people: People, task: SigningTask, url: str) -> None:
    searches = statements_of(people["administrator"], url, "search_key")
    assert searches
    assert not any(map(is_prepared, searches))


def test_statements_are_prepared_again_after_the_block(task: SigningTask) -> None:
    def repeat_query() -> str:
        with statements("tasks_signingtask") as texts:
            for _ in range(TIMES):
                assert SigningTask.objects.filter(pk=task.pk, document_number="1/2026").count() == 0
        [sql] = texts
        return sql

    def fail() -> None:
        with custom_query_plan():
            assert not is_prepared(repeat_query())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert is_prepared(repeat_query()) is ON_POSTGRES
