"""Workers that are killed again and again while a batch runs: every row one task, one message."""

import os
import random
import time
from collections import Counter

import pytest
from pytest_django.fixtures import Settings

from archive.models import DocumentVersion
from tasks.batches import actions
from tasks.models import Batch, BatchRow, SigningTask
from tests.processes.test_kill import MAX_DELAY_SECONDS, Supervisor
from tests.support import world
from tests.support.batches.files import make_batch, make_runner, person_row
from tests.support.plugins.sampling import LONG_VARIABLE
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack, wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("kill"),
    pytest.mark.timeout(3600),
]
ROWS, ROWS_OF_LONG_RUN = 20, 1_000
ROWS_BETWEEN_KILLS = (3, 8)
TIMEOUT_SECONDS = 3_000


def test_killed_workers_neither_lose_nor_double_a_row(settings: Settings, sandbox: Sandbox) -> None:
    count = ROWS_OF_LONG_RUN if os.environ.get(LONG_VARIABLE) else ROWS
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(10**6))
    rng = random.Random(seed)
    world.connect(settings, sandbox)
    world.install()
    runner = make_runner()
    batch = make_batch(runner, [person_row(number) for number in range(1, count + 1)])
    rows = BatchRow.objects.filter(batch=batch)
    with Stack(sandbox) as stack:
        supervisor = Supervisor(stack, rng)
        stack.start_converter()
        supervisor.wait_until(lambda: not rows.in_state(BatchRow.State.NEW).exists())
        wait_for(lambda: fresh(batch).state == Batch.State.CHECKED, "the check", stack)
        actions.start(batch=batch, actor=runner)
        while fresh(batch).is_running:
            enough = rows.in_state(BatchRow.State.DONE).count() + rng.randint(*ROWS_BETWEEN_KILLS)
            supervisor.wait_until(
                lambda enough=enough: (
                    rows.in_state(BatchRow.State.DONE).count() >= enough
                    or not fresh(batch).is_running
                )
            )
            time.sleep(rng.uniform(0, MAX_DELAY_SECONDS))
            supervisor.kill_next()
        print(f"KILL_SEED={seed}", dict(supervisor.kills))  # noqa: T201  (shown on failure)
    assert Counter(rows.values_list("state", flat=True)) == {BatchRow.State.DONE: count}
    tasks = SigningTask.objects.filter(batch_row__batch=batch)
    assert tasks.count() == SigningTask.objects.count() == count
    assert DocumentVersion.objects.exclude(template_version=None).count() == count
    # One SMS and one e-mail to each, about one request of identification.
    assert len(sandbox.journal("identity")) == count
    assert Counter(message["to"] for message in sandbox.messages()) == dict.fromkeys(
        (address for number in range(1, count + 1) for address in addresses(number)), 1
    )


def addresses(number: int) -> tuple[str, str]:
    """The phone and the e-mail of `person_row`."""
    return f"+7911{number:07d}", f"agent{number}@client.example"


def fresh(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)
