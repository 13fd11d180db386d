"""Queries that Django writes once a process (`econtract.platform.common.fixed`)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import BooleanField, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from pytest_django import DjangoAssertNumQueries

from econtract.platform.common import clock
from econtract.platform.common.fixed import Fixed, Parameter
from edo.models import Exchange
from tasks.models import HistoryEntry
from tests.support.factories import ExchangeFactory, HistoryEntryFactory, SigningTaskFactory

pytestmark = pytest.mark.django_db


def test_the_rows_are_those_of_the_values_with_all_that_stands_beside(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    history = Fixed(
        lambda task: HistoryEntry.objects.filter(task=task).select_related("task__client")
    )
    one, other = SigningTaskFactory.create_batch(2)
    HistoryEntryFactory(task=one, details={"changed": {"email": ["a", "b"]}})
    mine = HistoryEntryFactory.create_batch(2, task=other)
    with django_assert_num_queries(1):
        [entry] = history(task=one.pk)
        assert entry.task.client.short_name == one.client.short_name
    assert entry.details == {"changed": {"email": ["a", "b"]}}
    assert history(task=other.pk) == mine
    assert history(task=other.pk + 1000) == []


def test_it_is_written_once() -> None:
    written = []

    def build(key: Parameter) -> QuerySet[HistoryEntry]:
        written.append(key)
        return HistoryEntry.objects.filter(pk=key)

    query = Fixed(build)
    for entry in (HistoryEntryFactory(), HistoryEntryFactory()):
        assert query(key=entry.pk) == [entry]
    assert len(written) == 1


def test_moments_are_compared_and_columns_come_as_what_they_are() -> None:
    def build(since: Parameter, file: Parameter) -> QuerySet[Exchange]:
        late = RawSQL("created_at > %s", [since], BooleanField())
        found = Exchange.objects.filter(file_name=file, created_at__gte=since)
        return found.annotate(is_late=late)

    query, now = Fixed(build), clock.now()
    old, new = (
        ExchangeFactory(file_name="x.pdf", created_at=now - timedelta(days=days)) for days in (2, 1)
    )

    def since(days: int) -> list[Any]:
        return query(since=now - timedelta(days=days), file="x.pdf")

    assert {row.pk for row in since(3)} == {old.pk, new.pk}
    [found] = since(1)
    assert isinstance(found.pk, UUID)
    assert found.created_at == new.created_at
    assert bool(found.is_late) is False


def test_the_values_of_columns_come_as_tuples() -> None:
    query = Fixed(
        lambda name: (
            Exchange.objects.filter(file_name=name)
            .order_by("-created_at")
            .values_list("created_at", "pk", Value(5))
        )
    )
    made = ExchangeFactory.create_batch(2, file_name="x.pdf")
    ExchangeFactory(file_name="y.pdf")
    assert query(name="x.pdf") == [(each.created_at, each.pk, 5) for each in reversed(made)]
    assert query(name="z.pdf") == []


def test_what_never_differs_is_part_of_the_statement() -> None:
    """Signs that mean something to the database or to its driver, too."""
    texts = ["100%s", "%", "'; --", "\\", "Ёж"]
    query = Fixed(
        lambda name: Exchange.objects.filter(file_name=name).values_list(
            *map(Value, texts), Value(5), Value(value=True), Value(None, TextField())
        )
    )
    exchange = ExchangeFactory(file_name="100%s.pdf")
    sent: list[Any] = []

    def note(execute: Any, sql: str, parameters: Any, *call: Any) -> Any:
        sent.extend(parameters)
        return execute(sql, parameters, *call)

    with connection.execute_wrapper(note):
        [found] = query(name=exchange.file_name)
    assert found == (*texts, 5, True, None)
    if connection.vendor == "postgresql":
        assert sent == [exchange.file_name]
    alone = Fixed(lambda: Exchange.objects.values_list(Value("100%s")))
    assert alone() == [("100%s",)]


def test_what_can_find_nothing_is_not_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    query = Fixed(lambda key: HistoryEntry.objects.filter(pk=key, name__in=[]))
    entry = HistoryEntryFactory()
    with django_assert_num_queries(0):
        assert query(key=entry.pk) == []


def test_a_value_that_is_missing_is_a_fault_of_the_caller() -> None:
    query = Fixed(lambda key: HistoryEntry.objects.filter(pk=key))
    with pytest.raises(KeyError):
        query(other=1)
