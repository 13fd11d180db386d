"""A job kind for the tests of the outbox."""

from typing import Any

import pytest
import time_machine
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.outbox import queue, registry
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind


class FakeKind(JobKind):
    """Succeeds, or raises the next of ``errors``; records the calls."""

    kind = "fake"
    title = "Проба"
    system = ""
    caption_when_parked = "Проба не удалась"

    def __init__(self) -> None:
        self.errors: list[Exception | None] = []
        self.keys: list[str] = []
        self.exhausted: list[str] = []

    def run(self, job: OutboxJob) -> None:
        self.keys.append(str(job.key))
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        with transaction.atomic():
            job.complete()

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        self.exhausted.append(str(error))


@pytest.fixture(autouse=True)
def fake_kind(monkeypatch: pytest.MonkeyPatch) -> FakeKind:
    kind = FakeKind()
    monkeypatch.setitem(registry._job_kinds, kind.kind, kind)
    return kind


@transaction.atomic
def enqueue(queue_key: str = "one", **fields: Any) -> OutboxJob:
    """A job of the fake kind."""
    return queue.enqueue(kind="fake", subject=1, queue_key=queue_key, **fields)


def travel(seconds: float) -> time_machine.travel:
    """The time that many seconds from now."""
    return time_machine.travel(clock.now().timestamp() + seconds, tick=True)
