"""Running batches in the test's own process, and what must be true afterwards."""

from collections import Counter
from datetime import timedelta

import time_machine

from accounts.models import User
from archive.models import DocumentVersion
from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from tasks.batches import actions
from tasks.models import Batch, SigningTask
from tests.support.driver import run_everything


def start(batch: Batch, actor: User) -> Batch:
    """Has the rows checked and starts the batch."""
    run_everything()
    return actions.start(batch=batch, actor=actor)


def run_for(seconds: int = 60, *, step: int = 2) -> None:
    """Workers and beat for so many seconds of a clock that goes on by ``step``."""
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(0, seconds, step):
            run_everything()
            if not OutboxJob.objects.open().filter(kind=actions.FEED).exists():
                return
            traveller.shift(timedelta(seconds=step))


def states(batch: Batch) -> dict[str, int]:
    """How many rows are in each state."""
    return dict(Counter(batch.rows.values_list("state", flat=True)))


def assert_each_row_made_one_task(batch: Batch, count: int) -> None:
    """Every one of ``count`` rows has one task with one document, and there are no others."""
    tasks = SigningTask.objects.filter(batch_row__batch=batch)
    assert tasks.count() == SigningTask.objects.count() == count
    versions = DocumentVersion.objects.filter(template_version=batch.template_version)
    assert versions.count() == len({task.document_version_id for task in tasks}) == count
