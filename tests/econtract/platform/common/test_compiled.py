"""Querysets compiled once a process (`econtract.platform.common.compiled`)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import BooleanField, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from pytest_django import DjangoAssertNumQueries

from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery, Parameter
from edo.models import Exchange
from tasks.models import HistoryEntry
from tests.support.factories import ExchangeFactory, HistoryEntryFactory, SigningTaskFactory

pytestmark = pytest.mark.django_db


def test_rows_match_the_values_and_carry_related_objects(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    history = CompiledQuery(
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


def test_the_queryset_is_built_once() -> None:
    calls = []

    def build(key: Parameter) -> QuerySet[HistoryEntry]:
        calls.append(key)
        return HistoryEntry.objects.filter(pk=key)

    query = CompiledQuery(build)
    for entry in (HistoryEntryFactory(), HistoryEntryFactory()):
        assert query(key=entry.pk) == [entry]
    assert len(calls) == 1


def test_datetimes_are_bound_and_columns_are_converted() -> None:
    def build(since: Parameter, file: Parameter) -> QuerySet[Exchange]:
        late = RawSQL("created_at > %s", [since], BooleanField())
        return Exchange.objects.filter(file_name=file, created_at__gte=since).annotate(is_late=late)

    query, now = CompiledQuery(build), clock.now()
    old, new = (
        ExchangeFactory(file_name="x.pdf", created_at=now - timedelta(days=days)) for days in (2, 1)
    )

    def since(days: int) -> list[Any]:
        return query(since=now - timedelta(days=days), file="x.pdf")

    assert {row.pk for row in since(3)} == {old.pk, new.pk}
    [exchange] = since(1)
    assert isinstance(exchange.pk, UUID)
    assert exchange.created_at == new.created_at
    assert bool(exchange.is_late) is False


def test_values_list_returns_tuples() -> None:
    query = CompiledQuery(
        lambda name: (
            Exchange.objects.filter(file_name=name)
            .order_by("-created_at")
            .values_list("created_at", "pk", Value(5))
        )
    )
    files = ExchangeFactory.create_batch(2, file_name="x.pdf")
    ExchangeFactory(file_name="y.pdf")
    assert query(name="x.pdf") == [(file.created_at, file.pk, 5) for file in reversed(files)]
    assert query(name="z.pdf") == []


def test_constants_are_inlined() -> None:
    """Including characters that are special to the database or its driver."""
    texts = ["100%s", "%", "'; --", "\\", "Ёж"]
    query = CompiledQuery(
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
        [row] = query(name=exchange.file_name)
    assert row == (*texts, 5, True, None)
    if connection.vendor == "postgresql":
        assert sent == [exchange.file_name]
    alone = CompiledQuery(lambda: Exchange.objects.values_list(Value("100%s")))
    assert alone() == [("100%s",)]


def test_an_empty_queryset_runs_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    query = CompiledQuery(lambda key: HistoryEntry.objects.filter(pk=key, name__in=[]))
    entry = HistoryEntryFactory()
    with django_assert_num_queries(0):
        assert query(key=entry.pk) == []


def test_a_missing_value_raises() -> None:
    query = CompiledQuery(lambda key: HistoryEntry.objects.filter(pk=key))
    with pytest.raises(KeyError):
        query(other=1)
