"""Workers that are killed again and again neither lose nor double a step.

Real workers, a real beat and a real broker run tasks against the sandbox while they are killed
with SIGKILL at random moments. A crash at every single statement, without processes, is in
`tests/tasks/pipeline/test_crashes.py`.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import pytest
import redis
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import FINISHED
from tests.support import world
from tests.support.sandbox import LOTOS, ROMASHKA, VECTOR, Sandbox
from tests.support.stack import Stack, wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("kill"),
    pytest.mark.timeout(600),
]

TASKS = 50
WORKERS = 2
# So many transitions, at random, between two kills: often, but each process gets some work done.
TRANSITIONS_BETWEEN_KILLS = (20, 45)
# So that a kill does not always come shortly after a commit, where the tests look.
MAX_DELAY_SECONDS = 0.3
VICTIMS = {"worker", "pool_process", "beat", "messages"}
TIMEOUT_SECONDS = 300

Process = subprocess.Popen[bytes]


class Supervisor:
    """Kills workers and beat in turns, and starts them again."""

    def __init__(self, stack: Stack, rng: random.Random) -> None:
        self.stack = stack
        self.rng = rng
        self.workers = [stack.start_worker() for _ in range(WORKERS)]
        self.beat = stack.start_beat()
        self.kills: Counter[str] = Counter()
        self._turns = cycle(
            [
                ("worker", self.kill_worker),
                ("pool_process", self.kill_pool_process),
                ("beat", self.kill_beat),
                ("worker", self.kill_worker),
                ("messages", self.lose_messages),
            ]
        )

    def kill_next(self) -> None:
        victim, kill = next(self._turns)
        kill()
        self.kills[victim] += 1

    def kill_worker(self) -> None:
        """Kills a worker with all its processes, as a power cut would."""
        self.stack.kill(self.rng.choice(self.workers))

    def kill_pool_process(self) -> None:
        """Kills one process of a worker's pool, as the kernel does when memory runs out.

        Without Redis a worker is a single process.
        """
        worker = self.rng.choice(self.workers)
        victims = children_of(worker.pid) or [worker.pid]
        with suppress(ProcessLookupError):
            os.kill(self.rng.choice(victims), signal.SIGKILL)

    def kill_beat(self) -> None:
        self.stack.kill(self.beat)

    def lose_messages(self) -> None:
        """Deletes every message that no worker has taken yet."""
        if self.stack.redis_socket.exists():
            with redis.Redis(unix_socket_path=str(self.stack.redis_socket)) as server:
                server.flushall()
        for message in (self.stack.folder / "broker" / "messages").glob("*.msg"):
            message.unlink(missing_ok=True)

    def restart_killed(self) -> None:
        alive = [worker for worker in self.workers if worker.poll() is None]
        missing = range(WORKERS - len(alive))
        self.workers = alive + [self.stack.start_worker() for _ in missing]
        if self.beat.poll() is not None:
            self.beat = self.stack.start_beat()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Keeps all processes running until ``condition`` holds."""

        def restart_and_check() -> bool:
            self.restart_killed()
            return condition()

        wait_for(restart_and_check, "the tasks to go on", self.stack, seconds=TIMEOUT_SECONDS)


def children_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def test_killed_workers_neither_lose_nor_double_a_step(
    settings: Settings, sandbox: Sandbox
) -> None:
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(10**6))
    world.connect(settings, sandbox)
    world.install()
    sandbox.autopilot(on=True)
    with Stack(sandbox) as stack:
        supervisor = Supervisor(stack, random.Random(seed))
        tasks = create_tasks()
        kill_until_finished(supervisor)
        print(f"KILL_SEED={seed}", dict(supervisor.kills))  # noqa: T201  (shown on failure)
        assert supervisor.kills.keys() == VICTIMS
    transitions = {str(task.number): transitions_of(task) for task in tasks}
    assert transitions == dict.fromkeys(transitions, world.SEAMLESS_TRANSITIONS)
    assert effects(sandbox) == {
        "identity": each(tasks, "requested", "answered"),
        "cabinet": each(tasks, "created"),
        "edo": each(tasks, "sent", "delivered", "signed"),
        "apd": each(tasks, "lodged", "lodged"),
        "messages": each(tasks, "sms", "sms", "email", "email"),
    }
    assert stored_codes(tasks) == sorted(entry["ref"] for entry in sandbox.journal("apd"))
    assert not OutboxJob.objects.parked().exists()


def create_tasks() -> list[SigningTask]:
    """Contracts of three clients, each task with its own contact."""
    manager = world.make_manager()
    return [
        world.create_task(manager, inn=inn, phone=f"+7912000{number:04d}")
        for number, inn in zip(range(TASKS), cycle([ROMASHKA, LOTOS, VECTOR]), strict=False)
    ]


def kill_until_finished(supervisor: Supervisor) -> None:
    """Kills processes until every task is finished; then waits until no job is due."""
    unfinished = SigningTask.objects.exclude(status__in=FINISHED)
    transitions = HistoryEntry.objects.filter(kind=HistoryEntry.Kind.TRANSITION)
    while unfinished.exists():
        enough = transitions.count() + supervisor.rng.randint(*TRANSITIONS_BETWEEN_KILLS)
        supervisor.wait_until(
            lambda enough=enough: transitions.count() >= enough or not unfinished.exists()
        )
        time.sleep(supervisor.rng.uniform(0, MAX_DELAY_SECONDS))
        supervisor.kill_next()
    supervisor.wait_until(no_job_is_due)


def no_job_is_due() -> bool:
    return not OutboxJob.objects.open().filter(due_at__lte=clock.now()).exists()


def transitions_of(task: SigningTask) -> list[str]:
    """The names of the task's transitions, oldest first."""
    entries = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).order_by("pk")
    return list(entries.values_list("name", flat=True))


def each(tasks: list[SigningTask], *actions: str) -> Counter[tuple[str, str]]:
    return Counter((str(task.number), action) for task in tasks for action in actions)


def effects(sandbox: Sandbox) -> dict[str, Counter[tuple[str, str]]]:
    """How many times each action was really done, by system and task."""
    return {
        system: Counter((entry["reference"], entry["action"]) for entry in sandbox.journal(system))
        for system in ("identity", "cabinet", "apd", "messages")
    } | {"edo": operator_effects(sandbox)}


def operator_effects(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """The operator's journal names its messages; an invitation belongs to a client, not a task."""
    pairs = SigningTask.objects.values_list("exchange__message_id", "number")
    tasks = {message: str(number) for message, number in pairs}
    return Counter(
        (tasks.get(entry["ref"], f"unknown message {entry['ref']}"), entry["action"])
        for entry in sandbox.journal("edo")
        if entry["action"] != "invited"
    )


def stored_codes(tasks: list[SigningTask]) -> list[str]:
    """The archive's codes of documents and packages that are stored on the tasks."""
    numbers = [task.number for task in tasks]
    pairs = SigningTask.objects.filter(pk__in=numbers).values_list(
        "document_version__archive_code", "package__archive_code"
    )
    return sorted(code for pair in pairs for code in pair)
