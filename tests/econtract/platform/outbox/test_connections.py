"""A worker keeps its connection to the database from job to job."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery import signals
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection, connections

from econtract.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


class Job:
    request = SimpleNamespace(is_eager=False)


JOB = Job()


@pytest.fixture(autouse=True)
def worker() -> Iterator[DjangoWorkerFixup]:
    """What Celery does with the database around a job, in a worker."""
    fixup = DjangoWorkerFixup(app)
    fixup.install()
    connection.ensure_connection()
    yield fixup
    signals.task_prerun.disconnect(fixup.on_task_prerun)
    signals.task_postrun.disconnect(fixup.on_task_postrun)


def work() -> None:
    """One job as a worker tells of it; what it does comes between."""
    signals.task_prerun.send(sender=JOB)
    signals.task_postrun.send(sender=JOB)


def test_a_job_finds_the_connection_of_the_one_before() -> None:
    kept = connection.connection
    for _ in range(3):
        work()
    assert connection.connection is kept


def test_a_connection_that_has_broken_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connections["default"]), "is_usable", lambda self: False)
    connection.errors_occurred = True
    work()
    assert connection.connection is None


def test_a_connection_is_not_kept_for_ever() -> None:
    connection.close_at = 0
    work()
    assert connection.connection is None
