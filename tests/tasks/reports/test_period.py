"""The period of a report (`tasks.reports.period`)."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.http import QueryDict

from tasks.listing.query import TaskListQuery
from tasks.reports.period import MAX_PERIOD, ReportQuery

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel("2026-11-21 09:00:00+00:00", tick=False):
        yield


def parse(text: str) -> ReportQuery:
    return ReportQuery.parse(QueryDict(text))


@pytest.mark.parametrize(
    ("parameters", "since", "until", "is_shortened"),
    [
        ("", "2026-10-23", "2026-11-21", False),
        ("from=2026-11-20&to=2026-11-10", "2026-11-10", "2026-11-20", False),
        ("from=2020-01-01", "2026-08-22", "2026-11-21", True),
        ("from=0001-01-01&to=0001-01-02", "2000-01-01", "2000-01-01", False),
        ("from=2026-11-20&to=9999-12-31", "2026-11-20", "2026-11-21", False),
        ("from=rubbish&to=2026-02-31", "2026-10-23", "2026-11-21", False),
    ],
)
def test_a_period_ends_today_at_the_latest_and_has_at_most_92_days(
    parameters: str, since: str, until: str, is_shortened: bool
) -> None:
    query = parse(parameters)
    assert (str(query.since), str(query.until)) == (since, until)
    assert query.is_shortened is is_shortened
    assert len(query.days) <= MAX_PERIOD.days
    assert (query.days[0], query.days[-1]) == (query.since, query.until)


def test_the_list_query_has_the_period_and_the_filters_of_the_list() -> None:
    query = parse("from=2026-11-20&type=legal&group=errors&q=7&sort=number&page=3")
    assert query.tasks == TaskListQuery(task_type="legal", since=date(2026, 11, 20), until=TODAY)


def test_a_report_is_parsed_as_it_was_encoded() -> None:
    query = parse("from=2026-11-01&to=2026-11-10&type=legal&size=50")
    assert query.encode() == "?type=legal&from=2026-11-01&to=2026-11-10"
    assert parse(query.encode().removeprefix("?")).encode() == query.encode()


def test_the_last_days_end_today() -> None:
    query = parse("from=2026-01-01&to=2026-01-10&type=legal")
    assert query.encode_last(7) == "?type=legal&from=2026-11-15&to=2026-11-21"
