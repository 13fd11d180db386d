"""`scripts/bench run`: a batch of many rows, from the start to «отправлено» of the last one.

The tasks of contractors run against the simulators with the processes of a small installation: two
workers and two converters on this machine. The last row is sent when the provider has accepted the
SMS with its link. Compared are the conversions of the same documents alone, by the same processes,
and an ordinary task alone and beside the batch.

Uses a temporary database beside DATABASE_URL's; needs PostgreSQL and the Redis of BROKER_URL.
"""

import statistics
import tempfile
import time
from itertools import count
from pathlib import Path
from subprocess import Popen
from typing import cast

from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django.fixtures import Settings

from accounts.models import User
from archive import document_jobs
from archive.document_templates.filling import fill
from archive.documents import add_version, store_generated
from archive.files import storage
from archive.models import TemplateVersion
from bench.gates import Gate, at_least, at_most, figure
from bench.pipeline import make_stack, temporary_database
from bench.processes import megabytes, process_tree
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box
from tasks.batches import actions
from tasks.models import Batch, BatchRow, SigningTask
from tasks.statuses import Status
from tests.support import sandbox as simulators
from tests.support import world
from tests.support.batches.files import make_batch, make_runner, make_template, person_row
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack, wait_for

ROWS = 10_000
# Conversions alone, and ordinary tasks alone and beside the batch.
DOCUMENTS, TASKS = 60, 20
# The goal: 10,000 rows in 35 minutes on two cores, and an ordinary task that hardly notices.
SHARE_BAR, DELAY_BAR, GROWTH_BAR = 0.4, 1.5, 1.2
MAX_SECONDS_A_ROW = 5
SENT = (Status.DOCUMENT_SIGNING, Status.DOCUMENT_SIGNED, Status.COMPLETED)

phone_numbers = count(1)


def run(rows: int | None = None) -> list[Gate]:
    """The gates, and figures for information."""
    with (
        temporary_database(),
        tempfile.TemporaryDirectory() as folder,
        simulators.running(Path(folder)) as sandbox,
        override_settings(),
    ):
        world.connect(cast(Settings, settings), sandbox)
        world.install()
        return _measure(sandbox, rows or ROWS)


def _measure(sandbox: Sandbox, rows: int) -> list[Gate]:
    runner, manager, version = make_runner(), world.make_manager(), make_template()
    sandbox.autopilot(on=True)
    with make_stack(sandbox) as stack:
        workers = [stack.start_worker(concurrency=1, queues="celery") for _ in range(2)]
        workers.append(stack.start_converter(concurrency=2))
        stack.start_beat()
        _run_task(manager, stack)  # caches are cold
        idle = [_run_task(manager, stack) for _ in range(TASKS)]
        alone = _convert_alone(runner, version, stack)
        batch = _check(runner, version, rows, stack)
        start = time.monotonic()
        actions.start(batch=batch, actor=runner)
        _wait_for_sent(batch, rows // 10, stack)
        memory = _megabytes(workers)
        beside: list[float] = []
        while len(beside) < TASKS and _count_sent(batch) < rows:
            beside.append(_run_task(manager, stack))
        _wait_for_sent(batch, rows, stack)
        seconds = time.monotonic() - start
        growth = _megabytes(workers) / memory
    rate = rows / seconds
    idle_p95, beside_p95 = _p95(idle), _p95(beside)
    return [
        figure(f"run: rows a second, {rows} rows", rate),
        figure("run: minutes for 10,000 rows at this rate", 10_000 / rate / 60, digits=1),
        figure("run: conversions a second alone", alone),
        at_least("run: rows ÷ conversions alone", rate / alone, SHARE_BAR),
        figure("run: p95 of an ordinary task alone, s", idle_p95),
        figure(f"run: p95 of {len(beside)} ordinary tasks beside, s", beside_p95),
        at_most("run: ordinary task beside ÷ alone, p95", beside_p95 / idle_p95, DELAY_BAR),
        figure("run: memory of the workers after a tenth, MB", memory, digits=0),
        at_most("run: memory at the end ÷ after a tenth", growth, GROWTH_BAR),
    ]


def _check(runner: User, version: TemplateVersion, rows: int, stack: Stack) -> Batch:
    """A batch whose rows have all passed the check."""
    table = [person_row(number) for number in range(1, rows + 1)]
    with override_settings(BATCH_MAX_ROWS=rows):
        batch = make_batch(runner, table, version=version)
    checked = Batch.objects.filter(pk=batch.pk, state=Batch.State.CHECKED)
    wait_for(checked.exists, "the check", stack, seconds=60 + rows)
    ready = batch.rows.in_state(BatchRow.State.READY).count()
    if ready != rows:
        raise RuntimeError(f"Only {ready} rows are ready.")
    return batch


def _convert_alone(runner: User, version: TemplateVersion, stack: Stack) -> float:
    """Conversions a second of documents like those of the batch, with nothing else to do."""
    template = storage.read_file(version.source)
    start = time.monotonic()
    for number in range(DOCUMENTS):
        content = fill(template, {"сумма": f"без прогона {number}"})
        stored = store_generated(
            content=content, file_name=f"{number}.docx", user=runner, is_limited=False
        )
        with transaction.atomic():
            add_version(stored, user=runner, queue_key=f"conversion:alone:{number}")
    waiting = OutboxJob.objects.open().filter(kind=document_jobs.CONVERT)
    wait_for(lambda: not waiting.exists(), "the conversions", stack, seconds=600)
    return DOCUMENTS / (time.monotonic() - start)


def _run_task(manager: User, stack: Stack) -> float:
    """Seconds from the creation of an ordinary task to its end."""
    start = time.monotonic()
    task = world.create_task(manager, phone=f"+7912{next(phone_numbers):07}")
    Box.objects.exclude(pk=task.box_id).update(active=False)  # their feeds are empty
    row = SigningTask.objects.filter(pk=task.pk, status=Status.COMPLETED)
    wait_for(row.exists, f"task {task.pk}", stack, seconds=300)
    return time.monotonic() - start


def _count_sent(batch: Batch) -> int:
    return SigningTask.objects.filter(batch_row__batch=batch, status__in=SENT).count()


def _wait_for_sent(batch: Batch, number: int, stack: Stack) -> None:
    seconds = 120 + number * MAX_SECONDS_A_ROW
    wait_for(lambda: _count_sent(batch) >= number, f"{number} rows", stack, seconds=seconds)


def _p95(seconds: list[float]) -> float:
    """Of one measurement, itself: a short batch may be over before there are more."""
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def _megabytes(workers: list[Popen[bytes]]) -> float:
    """The memory of the workers and their children."""
    return sum(megabytes(pid) for worker in workers for pid in process_tree(worker.pid))
