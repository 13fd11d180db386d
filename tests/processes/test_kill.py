"""Workers killed again and again neither lose nor double a step.

Real workers, a real beat and a real broker drive tasks through the simulators while SIGKILL
falls on them at random moments. What death between any two statements does to one step, in
order and without processes, is in `tests/tasks/pipeline/test_deaths.py`.
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
# Every so many transitions somebody dies: often, and yet not before having worked.
BETWEEN_DEATHS = (20, 45)
FATES = {"worker", "pool_process", "clock", "broker"}
PATIENCE_SECONDS = 300

Process = subprocess.Popen[bytes]


class Supervisor:
    """Keeps workers and a beat running, and kills them."""

    def __init__(self, stack: Stack, dice: random.Random) -> None:
        self.stack = stack
        self.dice = dice
        self.workers = [stack.start_worker() for _ in range(WORKERS)]
        self.beat = stack.start_beat()
        self.deaths: Counter[str] = Counter()
        self.fates = cycle([self.worker, self.pool_process, self.clock, self.worker, self.broker])

    def strike(self) -> None:
        """The next death."""
        fate = next(self.fates)
        fate()
        self.deaths[fate.__name__] += 1

    def worker(self) -> None:
        """A whole worker at once, as a power cut would take it."""
        self.stack.kill(self.dice.choice(self.workers))

    def pool_process(self) -> None:
        """One process of a worker's pool, as a machine out of memory would take it.

        The embedded default's worker is a single process.
        """
        worker = self.dice.choice(self.workers)
        victims = children_of(worker.pid) or [worker.pid]
        with suppress(ProcessLookupError):
            os.kill(self.dice.choice(victims), signal.SIGKILL)

    def clock(self) -> None:
        """The beat."""
        self.stack.kill(self.beat)

    def broker(self) -> None:
        """Every message that nobody has taken yet is lost."""
        if self.stack.redis_socket.exists():
            with redis.Redis(unix_socket_path=str(self.stack.redis_socket)) as server:
                server.flushall()
        for message in (self.stack.folder / "broker" / "messages").glob("*.msg"):
            message.unlink(missing_ok=True)

    def restart_the_dead(self) -> None:
        alive = [worker for worker in self.workers if worker.poll() is None]
        missing = range(WORKERS - len(alive))
        self.workers = alive + [self.stack.start_worker() for _ in missing]
        if self.beat.poll() is not None:
            self.beat = self.stack.start_beat()

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Keeps everybody running until ``reached``."""

        def look() -> bool:
            self.restart_the_dead()
            return reached()

        wait_for(look, "the tasks to go on", self.stack, seconds=PATIENCE_SECONDS)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


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
        drive(supervisor)
        print(f"KILL_SEED={seed}", dict(supervisor.deaths))  # noqa: T201  (shown on failure)
        assert supervisor.deaths.keys() == FATES
    courses = {str(task.number): history_of(task) for task in tasks}
    assert courses == dict.fromkeys(courses, world.SEAMLESS_TRANSITIONS)
    assert effects(sandbox) == {
        "identity": each(tasks, "requested", "answered"),
        "cabinet": each(tasks, "created"),
        "edo": each(tasks, "sent", "delivered", "signed"),
        "apd": each(tasks, "lodged", "lodged"),
        "messages": each(tasks, "sms", "sms", "email", "email"),
    }
    assert codes_we_know(tasks) == sorted(entry["ref"] for entry in sandbox.journal("apd"))
    assert not OutboxJob.objects.parked().exists()


def create_tasks() -> list[SigningTask]:
    """Contracts of three clients, each task with a contact person of its own."""
    manager = world.make_manager()
    return [
        world.create_task(manager, inn=inn, phone=f"+7912000{number:04d}")
        for number, inn in zip(range(TASKS), cycle([ROMASHKA, LOTOS, VECTOR]), strict=False)
    ]


def drive(supervisor: Supervisor) -> None:
    """Lets processes die until every task is finished and nothing is left to do."""
    unfinished = SigningTask.objects.exclude(status__in=FINISHED)
    transitions = HistoryEntry.objects.filter(kind=HistoryEntry.Kind.TRANSITION)
    while unfinished.exists():
        enough = transitions.count() + supervisor.dice.randint(*BETWEEN_DEATHS)
        supervisor.wait_until(
            lambda enough=enough: transitions.count() >= enough or not unfinished.exists()
        )
        time.sleep(supervisor.dice.uniform(0, 0.3))
        supervisor.strike()
    supervisor.wait_until(nothing_due)


def nothing_due() -> bool:
    return not OutboxJob.objects.open().filter(due_at__lte=clock.now()).exists()


def history_of(task: SigningTask) -> list[str]:
    """The names of the task's transitions, oldest first."""
    moves = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).order_by("pk")
    return list(moves.values_list("name", flat=True))


def each(tasks: list[SigningTask], *actions: str) -> Counter[tuple[str, str]]:
    return Counter((str(task.number), action) for task in tasks for action in actions)


def effects(sandbox: Sandbox) -> dict[str, Counter[tuple[str, str]]]:
    """How many times each action was really done, by system and task."""
    return {
        system: Counter((entry["reference"], entry["action"]) for entry in sandbox.journal(system))
        for system in ("identity", "cabinet", "apd", "messages")
    } | {"edo": effects_at_the_operator(sandbox)}


def effects_at_the_operator(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """The operator knows its messages, not our tasks. Invitations are a client's, not a task's."""
    ours = SigningTask.objects.values_list("exchange__message_id", "number")
    tasks = {message: str(number) for message, number in ours}
    return Counter(
        (tasks.get(entry["ref"], f"nobody's message {entry['ref']}"), entry["action"])
        for entry in sandbox.journal("edo")
        if entry["action"] != "invited"
    )


def codes_we_know(tasks: list[SigningTask]) -> list[str]:
    """The archive's codes of documents and packages, as our tasks have them."""
    numbers = [task.number for task in tasks]
    pairs = SigningTask.objects.filter(pk__in=numbers).values_list(
        "document_version__archive_code", "package__archive_code"
    )
    return sorted(code for pair in pairs for code in pair)
