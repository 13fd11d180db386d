"""A worker keeps its database connection from one Celery task to the next."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery import signals
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection, connections

from econtract.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


class FakeTask:
    request = SimpleNamespace(is_eager=False)


TASK = FakeTask()


@pytest.fixture(autouse=True)
def worker() -> Iterator[DjangoWorkerFixup]:
    """What Celery does with the database around a task, in a worker."""
    fixup = DjangoWorkerFixup(app)
    fixup.install()
    connection.ensure_connection()
    yield fixup
    signals.task_prerun.disconnect(fixup.on_task_prerun)
    signals.task_postrun.disconnect(fixup.on_task_postrun)


def run_task() -> None:
    """Sends the signals that a worker sends before and after a task."""
    signals.task_prerun.send(sender=TASK)
    signals.task_postrun.send(sender=TASK)


def test_a_task_reuses_the_connection_of_the_task_before() -> None:
    before = connection.connection
    for _ in range(3):
        run_task()
    assert connection.connection is before


def test_a_broken_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connections["default"]), "is_usable", lambda self: False)
    connection.errors_occurred = True
    run_task()
    assert connection.connection is None


def test_an_old_connection_is_closed() -> None:
    connection.close_at = 0
    run_task()
    assert connection.connection is None
