"""The figures of a report (`tasks.reports.figures`)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from tasks.models import SigningTask
from tasks.reports.figures import FUNNEL, ReportFigures, compute_figures
from tasks.statuses import Resolution, Stage, Status
from tests.support.factories import HistoryEntryFactory, SigningTaskFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    user: User = UserFactory(roles=[Role.MANAGER])
    return user


def create_task(
    manager: User, status: Status, *, days_ago: int = 0, minutes: int = 8, **values: Any
) -> SigningTask:
    """A task created ``days_ago``; a finished one took so many ``minutes``."""
    created_at = clock.now() - timedelta(days=days_ago)
    if status in {Status.COMPLETED, Status.CANCELLED}:
        values |= {"completed_at": created_at + timedelta(minutes=minutes)}
    task: SigningTask = SigningTaskFactory(
        manager=manager, status=status, created_at=created_at, **values
    )
    return task


def compute() -> ReportFigures:
    return compute_figures(SigningTask.objects.all())


def test_no_tasks_have_no_median() -> None:
    assert compute() == ReportFigures(
        created_count=0,
        signed_count=0,
        failed_count=0,
        completed_count=0,
        fast_count=0,
        contract_count=0,
        median_duration=None,
        stage_counts=dict.fromkeys(FUNNEL, 0),
        day_counts={},
        resolution_counts=[],
    )


def test_tasks_are_counted_by_their_current_status(manager: User) -> None:
    for status in (
        Status.COMPLETED,
        Status.DOCUMENT_SIGNED,
        Status.ARCHIVE_FAILED,
        Status.SIGNING_FAILED,
        Status.IDENTIFICATION_PENDING,
    ):
        create_task(manager, status)
    figures = compute()
    assert (figures.created_count, figures.signed_count, figures.failed_count) == (5, 3, 2)


def test_a_completed_task_is_fast_up_to_ten_minutes(manager: User) -> None:
    for minutes in (2, 10, 11):
        create_task(manager, Status.COMPLETED, minutes=minutes)
    create_task(manager, Status.CANCELLED, minutes=1)
    figures = compute()
    assert (figures.fast_count, figures.completed_count) == (2, 3)


def test_signed_contracts_with_business_clients_are_counted(manager: User) -> None:
    create_task(manager, Status.COMPLETED)
    create_task(manager, Status.ARCHIVE_FAILED)
    create_task(manager, Status.COMPLETED, document_kind_id="supplement")
    create_task(manager, Status.COMPLETED, task_type="contractor")
    create_task(manager, Status.DOCUMENT_SIGNING)
    assert compute().contract_count == 2


@pytest.mark.parametrize(("minutes", "median"), [([8], 8), ([30, 2, 8], 8), ([2, 8, 30, 60], 30)])
def test_the_median_is_that_of_completed_tasks(
    manager: User, minutes: list[int], median: int
) -> None:
    for duration in minutes:
        create_task(manager, Status.COMPLETED, minutes=duration)
    create_task(manager, Status.CANCELLED, minutes=1)
    assert compute().median_duration == timedelta(minutes=median)


def test_a_day_counts_the_tasks_created_on_it_and_how_many_are_signed_now(manager: User) -> None:
    create_task(manager, Status.COMPLETED, days_ago=2)
    create_task(manager, Status.DOCUMENT_SIGNING, days_ago=2)
    create_task(manager, Status.IDENTIFIED)
    assert compute().day_counts == {TODAY - timedelta(days=2): (2, 1), TODAY: (1, 0)}


def test_a_day_begins_at_midnight_in_the_users_time_zone(manager: User) -> None:
    created_at = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)  # 02:30 of the next day in Moscow
    SigningTaskFactory(manager=manager, status=Status.IDENTIFIED, created_at=created_at)
    assert list(compute().day_counts) == [date(2026, 11, 17)]


def test_a_cancelled_task_counts_up_to_the_stage_where_it_was_cancelled(manager: User) -> None:
    task = create_task(manager, Status.CANCELLED)
    HistoryEntryFactory(task=task, old_status=Status.DOCUMENT_SIGNING, new_status=Status.CANCELLED)
    create_task(manager, Status.COMPLETED)
    create_task(manager, Status.IDENTIFICATION_PENDING)
    create_task(manager, Status.ON_APPROVAL)  # no stage of the funnel
    assert compute().stage_counts == {
        Stage.IDENTIFICATION: 3,
        Stage.CABINET: 2,
        Stage.SIGNING: 2,
        Stage.ARCHIVE: 1,
        Stage.DONE: 1,
    }


def test_resolutions_are_current_and_the_most_frequent_comes_first(manager: User) -> None:
    for resolution in (
        Resolution.NO_ANSWER,
        Resolution.CLIENT_REFUSED,
        Resolution.CLIENT_REFUSED,
        "",
    ):
        create_task(manager, Status.SIGNING_FAILED, resolution=resolution)
    assert compute().resolution_counts == [
        (Resolution.CLIENT_REFUSED, 2),
        (Resolution.NO_ANSWER, 1),
    ]


def test_only_the_given_tasks_are_counted(manager: User) -> None:
    create_task(manager, Status.COMPLETED)
    other = create_task(UserFactory(roles=[Role.MANAGER]), Status.CANCELLED)
    HistoryEntryFactory(task=other, old_status=Status.IDENTIFIED, new_status=Status.CANCELLED)
    figures = compute_figures(SigningTask.objects.of_manager(manager.pk))
    assert (figures.created_count, figures.stage_counts[Stage.IDENTIFICATION]) == (1, 1)


def test_the_figures_take_four_queries(
    manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days_ago in range(4):
        create_task(manager, Status.COMPLETED, days_ago=days_ago)
    with django_assert_num_queries(4):
        compute()
