"""`scripts/bench pipeline`: tasks driven end to end, and the cost of a step and of a dispatch.

Whole tasks run through the simulators with two worker processes; how long, and how much of the
workers' time is ours and not the outside systems'. Then one step of the pipeline whose outside
call answers at once, through a worker, against a bare Celery job that locks, updates, writes one
event and commits; and the outbox's dispatch against a bare SKIP LOCKED loop that publishes in
batches of 100. Ours and bare take turns: the machine's noise meets both.

Works on a database of its own beside DATABASE_URL's; needs PostgreSQL and BROKER_URL's Redis.
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

from bench.gates import Gate, at_least, told
from econtract.celery import app
from econtract.platform.outbox import queue
from econtract.platform.outbox.celery_tasks import run_job
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
# The first jobs of a worker meet cold caches.
WARM_UP = 50
JOBS_A_TURN = 2_000
BATCH = 100
STEP_BAR, DISPATCH_BAR = 0.5, 0.7
# What one task does not share with another.
OF_ONE_TASK = {"number", "status", "submission_key", "exchange_id", "package_id", "completed_at"}

Process = Popen[bytes]


def run() -> list[Gate]:
    """The gates and the figures told beside them."""
    with own_database(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with simulators.running(work) as sandbox, override_settings():
            world.connect(cast(Settings, settings), sandbox)
            world.install()
            return [*end_to_end(sandbox, work), *step_gate(sandbox, work), *dispatch_gate()]


@contextmanager
def own_database() -> Iterator[None]:
    """An empty database with the product's schema, gone afterwards."""
    before = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


# --- Whole tasks ---------------------------------------------------------------------------------


def end_to_end(sandbox: Sandbox, work: Path) -> list[Gate]:
    """Tasks a second, from the first step of the first to the archive for the last."""
    notes = work / "end-to-end"
    create_tasks()
    sandbox.autopilot(on=True)
    with own_stack(sandbox) as stack:
        for _ in range(WORKERS):
            start_worker(stack, notes=notes)
        stack.start_beat()
        unfinished = SigningTask.objects.exclude(status__in=FINISHED)
        wait_for(lambda: not unfinished.exists(), "all tasks", stack, seconds=900)
        time.sleep(1)  # the last messages to the clients
    done = SigningTask.objects.filter(status=Status.COMPLETED).count()
    if done != TASKS:
        raise RuntimeError(f"{TASKS - done} tasks were not completed")
    steps = HistoryEntry.objects.exclude(name="submit").aggregate(first=Min("at"), last=Max("at"))
    seconds = (steps["last"] - steps["first"]).total_seconds()
    return [
        told(f"end to end: tasks a second, {WORKERS} workers", TASKS / seconds),
        *shares(read(notes)),
    ]


def create_tasks() -> None:
    """Contracts of three clients; the first job of each is due at once."""
    manager = world.make_manager()
    clients = cycle([simulators.ROMASHKA, simulators.LOTOS, simulators.VECTOR])
    for number in range(TASKS):
        world.create_task(manager, inn=next(clients), phone=f"+7912000{number:04d}")
    Box.objects.filter(tasks=None).update(active=False)


def shares(notes: list[dict[str, Any]]) -> list[Gate]:
    """Where the workers' time went: outside, or with us, and how much of that is the package."""
    packages = set(
        OutboxJob.objects.filter(kind="submit_package_to_archive").values_list("pk", flat=True)
    )
    total = sum(note["seconds"] for note in notes)
    ours = total - sum(note["outside"] for note in notes)
    package = sum(n["seconds"] - n["outside"] for n in notes if n["job"] in packages)
    return [
        told("end to end: share of the jobs' time that is ours", ours / total),
        told("end to end: our seconds a task", ours / TASKS),
        told("end to end: of them the signed package's making", package / TASKS),
        told("end to end: jobs a task", len(notes) / TASKS),
    ]


# --- One step ------------------------------------------------------------------------------------


def step_gate(sandbox: Sandbox, work: Path) -> list[Gate]:
    """Steps a second through a worker ÷ bare jobs a second, in turns."""
    make_bare_tables()
    steps, bares = [], []
    with own_stack(sandbox, BENCH_OUTSIDE="instant") as stack:
        for turn in range(TURNS):
            bares.append(rate(stack, work / f"bare-{turn}", "bench.bare", make_bare_rows()))
            steps.append(rate(stack, work / f"step-{turn}", run_job.name, make_steps()))
    moved = SigningTask.objects.filter(status=Status.CABINET_CREATED).count()
    if moved != TURNS * STEPS_A_TURN:
        raise RuntimeError(f"{TURNS * STEPS_A_TURN - moved} steps were not made")
    return [
        told("step: steps a second through a worker", statistics.median(steps)),
        told("step: bare jobs a second through it", statistics.median(bares)),
        at_least("step: ours ÷ bare", ratio(steps, bares), STEP_BAR),
    ]


def rate(stack: Stack, notes: Path, job: str, arguments: list[int]) -> float:
    """Jobs a second of one new worker with a full queue of its own."""
    queue = notes.name
    with app.producer_or_acquire() as producer:
        for argument in arguments:
            app.send_task(job, (argument,), queue=queue, producer=producer)
    # The next step's job goes to the default queue, where nobody works.
    worker = start_worker(stack, "-Q", queue, notes=notes)
    wait_for(lambda: len(read(notes)) == len(arguments), queue, stack, seconds=300)
    stack.kill(worker)
    warm = [note["at"] for note in read(notes)][WARM_UP:]
    return float((len(warm) - 1) / (warm[-1] - warm[0]))


def make_steps() -> list[int]:
    """Tasks whose next step, «Создание ЛК Лида», is due; the jobs' primary keys."""
    pattern = SigningTask.objects.order_by("pk")[0]
    facts = {
        field.attname: getattr(pattern, field.attname)
        for field in SigningTask._meta.concrete_fields
        if field.attname not in OF_ONE_TASK
    }
    OutboxJob.objects.open().update(state=OutboxJob.State.DONE)
    tasks = SigningTask.objects.bulk_create(
        SigningTask(**facts, status=Status.CABINET_REQUESTED) for _ in range(STEPS_A_TURN)
    )
    made = OutboxJob.objects.bulk_create(
        OutboxJob(kind="create_cabinet", subject=task.number, queue_key=task.queue_key)
        for task in tasks
    )
    return [job.pk for job in made]


def make_bare_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_row (id serial PRIMARY KEY, status text, at timestamptz)"
        )
        cursor.execute(
            "CREATE TABLE bench_event (id serial PRIMARY KEY, row_id integer REFERENCES bench_row,"
            " at timestamptz, old text, new text)"
        )


def make_bare_rows() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_row (status, at) SELECT 'new', now() FROM generate_series(1, %s)"
            " RETURNING id",
            [STEPS_A_TURN],
        )
        return [row[0] for row in cursor.fetchall()]


# --- The outbox's dispatch -----------------------------------------------------------------------


def dispatch_gate() -> list[Gate]:
    """Jobs dispatched a second ÷ those of a bare loop, in turns."""
    ours, bare = [], []
    for _ in range(TURNS):
        bare.append(dispatched_by(bare_batch))
        ours.append(dispatched_by(queue.dispatch))
    return [
        told("outbox: jobs dispatched a second", statistics.median(ours)),
        told("outbox: by a bare loop", statistics.median(bare)),
        at_least("outbox: ours ÷ bare", ratio(ours, bare), DISPATCH_BAR),
    ]


def dispatched_by(batch: Callable[[], int]) -> float:
    """Jobs a second: ``batch`` is called until nothing is due."""
    OutboxJob.objects.open().update(state=OutboxJob.State.DONE)
    OutboxJob.objects.bulk_create(
        OutboxJob(kind="nobody", subject=number, queue_key=f"bench:{number}")
        for number in range(JOBS_A_TURN)
    )
    app.control.purge()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE outbox_outboxjob")
    began = time.monotonic()
    dispatched = 0
    while count := batch():
        dispatched += count
    if dispatched != JOBS_A_TURN:
        raise RuntimeError(f"{dispatched} jobs were dispatched instead of {JOBS_A_TURN}")
    return dispatched / (time.monotonic() - began)


def bare_batch() -> int:
    """The least dispatch possible: takes a batch of due jobs, marks it, publishes it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_outboxjob SET dispatched_until = now() + interval '10 seconds'"
            " WHERE id IN (SELECT id FROM outbox_outboxjob WHERE state = 'open' AND due_at <= now()"
            " AND dispatched_until IS NULL ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED"
            ") RETURNING id",
            [BATCH],
        )
        taken = [row[0] for row in cursor.fetchall()]
    with app.producer_or_acquire() as producer:
        for job_id in taken:
            run_job.apply_async((job_id,), producer=producer, retry=False)
    return len(taken)


# --- Shared --------------------------------------------------------------------------------------


def own_stack(sandbox: Sandbox, **environment: str) -> Stack:
    """Processes on this database, with the broker that this process publishes to."""
    return Stack(sandbox, BROKER_URL=settings.BROKER_URL, LOG_LEVEL="ERROR", **environment)


def start_worker(stack: Stack, *options: str, notes: Path) -> Process:
    """One worker process with a stop-watch (`bench.worker`)."""
    stack.environment["BENCH_NOTES"] = str(notes)
    return stack.start(
        PYTHON, "-m", "celery", "-A", "bench.worker", "worker", "--pool", "solo", *options,
        "--without-gossip", "--without-mingle", "--loglevel", "ERROR", "-n", f"{uuid4()}@bench",
    )  # fmt: skip


def read(notes: Path) -> list[dict[str, Any]]:
    """The workers' notes so far."""
    return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []


def ratio(ours: list[float], bare: list[float]) -> float:
    """The median of what the turns say."""
    return statistics.median(mine / least for mine, least in zip(ours, bare, strict=True))
