"""A worker that is killed at any point of a batch neither loses a row nor runs one twice.

Every SQL statement and outside call of the jobs of a batch is a crash point, before and after.
Real processes that are killed are in `tests/processes/test_batch_kill.py`.
"""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from archive import document_jobs
from econtract.platform.common import clock
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks.batches import actions, uploads
from tasks.models import Batch, BatchRow
from tests.support.batches.files import make_batch, person_row
from tests.support.batches.running import assert_each_row_made_one_task, states
from tests.support.sandbox import Sandbox
from tests.tasks.pipeline.crashes import run_through_crashes

KINDS = (uploads.CHECK, actions.FEED, actions.PREPARE, document_jobs.CONVERT)
DANGEROUS = {
    "prepare_batch_row: after INSERT archive_documentversion",
    "prepare_batch_row: after INSERT tasks_signingtask",
    "prepare_batch_row: after UPDATE outbox_outboxjob",
    "feed_batch: after INSERT outbox_outboxjob",
    "convert_document: after INSERT outbox_outboxjob",
}


@pytest.mark.story
def test_no_crash_loses_or_repeats_a_row(
    runner: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_batch(runner, [person_row(1), person_row(2)])
    points = set(run_jobs(monkeypatch))
    actions.start(batch=batch, actor=runner)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(30):
            points |= set(run_jobs(monkeypatch))
            traveller.shift(timedelta(seconds=2))
            batch.refresh_from_db()
            if batch.state == Batch.State.FINISHED:
                break
    assert states(batch) == {BatchRow.State.DONE: 2}
    assert_each_row_made_one_task(batch, 2)
    assert points >= DANGEROUS
    assert not OutboxJob.objects.parked().exists()
    assert [entry["action"] for entry in set_up.journal("identity")] == ["requested"] * 2


def run_jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Runs what is due, the jobs of the batch through crashes; returns the crash points."""
    points: list[str] = []
    due = OutboxJob.objects.claimable().order_by("pk").values_list("pk", "kind")
    for pk, kind in list(due):
        if kind in KINDS:
            points += run_through_crashes(kind, lambda pk=pk: worker.run_job(pk), monkeypatch)  # type: ignore[misc]
        else:
            worker.run_job(pk)
    return points
