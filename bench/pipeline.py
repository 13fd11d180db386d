"""`scripts/bench pipeline`: tasks end to end, and the cost of a pipeline step and of a dispatch.

End to end: tasks run against the simulators with two worker processes; measured are the throughput
and the share of the workers' time that is not spent waiting for outside systems.
Step: one step of the pipeline, with outside calls that return at once, compared with a bare Celery
task that locks and updates a row, inserts an event and commits.
Dispatch: the outbox's dispatch compared with a bare SKIP LOCKED loop that publishes batches of 100.
Both sides of a comparison alternate, so that load from other processes affects both.

Uses a temporary database beside DATABASE_URL's; needs PostgreSQL and the Redis of BROKER_URL.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from subprocess import Popen
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min
from django.test import override_settings
from pytest_django.fixtures import Settings

from bench.gates import Gate, at_least, figure
from econtract.celery import app
from econtract.platform.outbox import queue
from econtract.platform.outbox.jobs import run_job
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import FINISHED, Status
from tests.support import sandbox as simulators
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.stack import PYTHON, Stack, wait_for

TASKS = 60
WORKERS = 2
TURNS = 5
STEPS_A_TURN = 400
# The first jobs of a worker are slower: its caches are cold.
WARM_UP = 50
JOBS_A_TURN = 2_000
BATCH = 100
STEP_BAR, DISPATCH_BAR = 0.5, 0.7
# Fields whose values belong to a single task and cannot be copied.
UNCOPIED_FIELDS = [
    "number",
    "status",
    "submission_key",
    "exchange_id",
    "package_id",
    "completed_at",
]

Process = Popen[bytes]


def run() -> list[Gate]:
    """The gates, and figures for information."""
    with temporary_database(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with simulators.running(work) as sandbox, override_settings():
            world.connect(cast(Settings, settings), sandbox)
            world.install()
            return [
                *end_to_end_figures(sandbox, work),
                *step_gates(sandbox, work),
                *dispatch_gates(),
            ]


@contextmanager
def temporary_database() -> Iterator[None]:
    """Switch to an empty database with the product's schema; it is dropped afterwards."""
    previous_name = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(previous_name, verbosity=0)


# --- Whole tasks ---------------------------------------------------------------------------------


def end_to_end_figures(sandbox: Sandbox, work: Path) -> list[Gate]:
    """Tasks a second, from the first step of the first task to the last step of the last one."""
    timings = work / "end-to-end"
    create_tasks()
    sandbox.autopilot(on=True)
    with make_stack(sandbox) as stack:
        for _ in range(WORKERS):
            start_worker(stack, timings=timings)
        stack.start_beat()
        unfinished = SigningTask.objects.exclude(status__in=FINISHED)
        wait_for(lambda: not unfinished.exists(), "all tasks", stack, seconds=900)
        time.sleep(1)  # the last messages are still being sent
    completed = SigningTask.objects.filter(status=Status.COMPLETED).count()
    if completed != TASKS:
        raise RuntimeError(f"{TASKS - completed} tasks were not completed")
    steps = HistoryEntry.objects.exclude(name="submit").aggregate(first=Min("at"), last=Max("at"))
    seconds = (steps["last"] - steps["first"]).total_seconds()
    return [
        figure(f"end to end: tasks a second, {WORKERS} workers", TASKS / seconds),
        *time_share_figures(read_timings(timings)),
    ]


def create_tasks() -> None:
    """Contracts of three clients; the first job of each is due at once."""
    manager = world.make_manager()
    clients = cycle([simulators.ROMASHKA, simulators.LOTOS, simulators.VECTOR])
    for number in range(TASKS):
        world.create_task(manager, inn=next(clients), phone=f"+7912000{number:04d}")
    Box.objects.filter(tasks=None).update(active=False)


def time_share_figures(timings: list[dict[str, Any]]) -> list[Gate]:
    """The share of the workers' time that is our own, and the part of it that packages take."""
    jobs = OutboxJob.objects.filter(kind="submit_package_to_archive")
    packages = set(jobs.values_list("pk", flat=True))
    total = sum(timing["seconds"] for timing in timings)
    ours = total - sum(timing["outside"] for timing in timings)
    package = sum(t["seconds"] - t["outside"] for t in timings if t["job"] in packages)
    return [
        figure("end to end: share of the jobs' time that is ours", ours / total),
        figure("end to end: our seconds a task", ours / TASKS),
        figure("end to end: of them the signed package's making", package / TASKS),
        figure("end to end: jobs a task", len(timings) / TASKS),
    ]


# --- One step ------------------------------------------------------------------------------------


def step_gates(sandbox: Sandbox, work: Path) -> list[Gate]:
    """Steps a second of a worker ÷ bare tasks a second of a worker."""
    create_bare_tables()
    steps, bares = [], []
    with make_stack(sandbox, BENCH_OUTSIDE="instant") as stack:
        for turn in range(TURNS):
            bares.append(
                jobs_per_second(stack, work / f"bare-{turn}", "bench.bare", create_bare_rows())
            )
            steps.append(
                jobs_per_second(stack, work / f"step-{turn}", run_job.name, create_steps())
            )
    completed = SigningTask.objects.filter(status=Status.CABINET_CREATED).count()
    if completed != TURNS * STEPS_A_TURN:
        raise RuntimeError(f"{TURNS * STEPS_A_TURN - completed} steps were not completed")
    return [
        figure("step: steps a second through a worker", statistics.median(steps)),
        figure("step: bare jobs a second through it", statistics.median(bares)),
        at_least("step: ours ÷ bare", median_ratio(steps, bares), STEP_BAR),
    ]


def jobs_per_second(stack: Stack, timings: Path, task_name: str, arguments: list[int]) -> float:
    """Throughput of a new worker that processes a full queue of its own."""
    queue_name = timings.name
    with app.producer_or_acquire() as producer:
        for argument in arguments:
            app.send_task(task_name, (argument,), queue=queue_name, producer=producer)
    # The jobs of the next steps go to the default queue, which has no worker.
    worker = start_worker(stack, "-Q", queue_name, timings=timings)
    wait_for(lambda: len(read_timings(timings)) == len(arguments), queue_name, stack, seconds=300)
    stack.kill(worker)
    times = [timing["at"] for timing in read_timings(timings)][WARM_UP:]
    return float((len(times) - 1) / (times[-1] - times[0]))


def create_steps() -> list[int]:
    """Create tasks whose step «Создание ЛК Лида» is due; returns the jobs' primary keys."""
    template = SigningTask.objects.order_by("pk")[0]
    values = {
        field.attname: getattr(template, field.attname)
        for field in SigningTask._meta.concrete_fields
        if field.attname not in UNCOPIED_FIELDS
    }
    OutboxJob.objects.open().update(state=OutboxJob.State.DONE)
    tasks = SigningTask.objects.bulk_create(
        SigningTask(**values, status=Status.CABINET_REQUESTED) for _ in range(STEPS_A_TURN)
    )
    jobs = OutboxJob.objects.bulk_create(
        OutboxJob(kind="create_cabinet", subject=task.number, queue_key=task.queue_key)
        for task in tasks
    )
    return [job.pk for job in jobs]


def create_bare_tables() -> None:
    """Create the two tables that `bench.worker.bare` uses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_row (id serial PRIMARY KEY, status text, at timestamptz)"
        )
        cursor.execute(
            "CREATE TABLE bench_event (id serial PRIMARY KEY, row_id integer REFERENCES bench_row,"
            " at timestamptz, old text, new text)"
        )


def create_bare_rows() -> list[int]:
    """Create rows for `bench.worker.bare`; returns their primary keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_row (status, at) SELECT 'new', now() FROM generate_series(1, %s)"
            " RETURNING id",
            [STEPS_A_TURN],
        )
        return [row[0] for row in cursor.fetchall()]


# --- The outbox's dispatch -----------------------------------------------------------------------


def dispatch_gates() -> list[Gate]:
    """Jobs dispatched a second ÷ those of a bare loop."""
    ours, bare = [], []
    for _ in range(TURNS):
        bare.append(dispatches_per_second(dispatch_bare_batch))
        ours.append(dispatches_per_second(queue.dispatch))
    return [
        figure("outbox: jobs dispatched a second", statistics.median(ours)),
        figure("outbox: by a bare loop", statistics.median(bare)),
        at_least("outbox: ours ÷ bare", median_ratio(ours, bare), DISPATCH_BAR),
    ]


def dispatches_per_second(dispatch_batch: Callable[[], int]) -> float:
    """Jobs a second; ``dispatch_batch`` is called until it returns 0 (nothing is due)."""
    OutboxJob.objects.open().update(state=OutboxJob.State.DONE)
    OutboxJob.objects.bulk_create(
        OutboxJob(kind="nobody", subject=number, queue_key=f"bench:{number}")
        for number in range(JOBS_A_TURN)
    )
    app.control.purge()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE outbox_outboxjob")
    start = time.monotonic()
    total = 0
    while count := dispatch_batch():
        total += count
    if total != JOBS_A_TURN:
        raise RuntimeError(f"{total} jobs were dispatched instead of {JOBS_A_TURN}")
    return total / (time.monotonic() - start)


def dispatch_bare_batch() -> int:
    """A minimal dispatch: claim a batch of due jobs, publish it, return its size."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_outboxjob SET dispatched_until = now() + interval '10 seconds'"
            " WHERE id IN (SELECT id FROM outbox_outboxjob WHERE state = 'open' AND due_at <= now()"
            " AND dispatched_until IS NULL ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED"
            ") RETURNING id",
            [BATCH],
        )
        job_ids = [row[0] for row in cursor.fetchall()]
    with app.producer_or_acquire() as producer:
        for job_id in job_ids:
            run_job.apply_async((job_id,), producer=producer, retry=False)
    return len(job_ids)


# --- Shared --------------------------------------------------------------------------------------


def make_stack(sandbox: Sandbox, **environment: str) -> Stack:
    """The product's processes on the current database and broker, not started yet."""
    return Stack(sandbox, BROKER_URL=settings.BROKER_URL, LOG_LEVEL="ERROR", **environment)


def start_worker(stack: Stack, *options: str, timings: Path) -> Process:
    """Start a worker process that appends its timings to that file (`bench.worker`)."""
    stack.environment["BENCH_TIMINGS"] = str(timings)
    return stack.start(
        PYTHON, "-m", "celery", "-A", "bench.worker", "worker", "--pool", "solo", *options,
        "--without-gossip", "--without-mingle", "--loglevel", "ERROR", "-n", f"{uuid4()}@bench",
    )  # fmt: skip


def read_timings(path: Path) -> list[dict[str, Any]]:
    """The timings that the workers have written so far."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def median_ratio(ours: list[float], bare: list[float]) -> float:
    """The median over the turns of ours ÷ bare."""
    ratios = (own / baseline for own, baseline in zip(ours, bare, strict=True))
    return statistics.median(ratios)
