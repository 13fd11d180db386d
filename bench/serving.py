"""Running web servers and the measurement of their pages: time, throughput and CPU.

A second server beside the product's serves the bare view (`bench.hello`). Each time is a ratio to
that view, measured just before, or to another page requested alternately: load from other processes
affects both sides.
"""

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import certifi
from django.db import connection

from bench.processes import process_tree
from bench.visitor import Visitor, VisitorResponse
from tests.support.stack import database_url, listening_socket

ROOT = Path(__file__).resolve().parents[1]
HELLO_SECONDS = 1.0
# Each server thread has a database connection of its own. It prepares a statement at the second
# execution and plans it five more times; requests before that are not typical.
WARM_UP = 50
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A gunicorn with two workers on a port of its own, configured as in production."""

    application: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        listener = listening_socket()
        self.port = int(listener.getsockname()[1])
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "gunicorn"),
                *(self.application, "--config", "deploy/gunicorn.py", "--workers", "2"),
                *("--bind", f"fd://{listener.fileno()}", "--log-level", "error"),
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            pass_fds=(listener.fileno(),),
        )
        listener.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    @property
    def workers(self) -> list[int]:
        """Process ids of the workers."""
        return [pid for pid in process_tree(self.process.pid) if pid != self.process.pid]

    def cpu_seconds(self) -> float:
        """CPU time of the workers so far."""
        return sum(map(cpu_seconds, self.workers))

    def worker_megabytes(self) -> float:
        """Resident memory of the largest worker, shared pages included."""
        return max(_read_status(pid, "VmRSS") for pid in self.workers) / 1024


@contextmanager
def servers(
    environment: dict[str, str] | None = None, *, database: str = ""
) -> Iterator[tuple[Server, Server]]:
    """The product on ``database`` (a URL, by default the current database), and the bare view."""
    own = {
        "DATABASE_URL": database or database_url(),
        "STATIC_FROM_SOURCES": "yes",
        "LOG_LEVEL": "ERROR",
    }
    # Without a sandbox in ``environment`` no page that is measured calls an outside system.
    defaults = {"SANDBOX_URL": "http://127.0.0.1:9", "EDO_TRUST_ROOTS": certifi.where()}
    product = Server("econtract.wsgi", {**defaults, **(environment or {}), **own})
    hello = Server("bench.hello:application")
    try:
        for server, path in ((product, "/login/"), (hello, "/")):
            _wait_for(server, path)
        yield product, hello
    finally:
        product.stop()
        hello.stop()


def _wait_for(server: Server, path: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if Visitor(server.port).get(path).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{server.application} does not respond")


def cpu_seconds(pid: int) -> float:
    """CPU time of the process so far, in user and kernel mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def database_cpu_seconds() -> float:
    """CPU time of all processes of the database server so far, including those that have exited."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    postmaster = int(fields[1])
    exited = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[13:15]
    running = sum(map(cpu_seconds, process_tree(postmaster)))
    return running + sum(map(int, exited)) / TICKS


def _read_status(pid: int, name: str) -> int:
    match = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) if match else 0


Request = Callable[[], VisitorResponse]


@dataclass(frozen=True)
class PageCost:
    """Seconds of each request, the bare view's median before them, CPU seconds for each request."""

    seconds: list[float]
    hello: float
    web_cpu: float
    database_cpu: float

    @property
    def p95(self) -> float:
        return p95(self.seconds)

    @property
    def ratio(self) -> float:
        """p95 ÷ the median of the bare view."""
        return self.p95 / self.hello


class PageMeter:
    """Measures pages of ``product`` against the bare view of ``hello``."""

    def __init__(self, product: Server, hello: Server) -> None:
        self.product, self.hello = product, hello
        self.hello_visitor = Visitor(hello.port)

    def hello_median(self) -> float:
        """Median seconds of the bare view, requested for HELLO_SECONDS."""
        deadline, seconds = time.monotonic() + HELLO_SECONDS, []
        while time.monotonic() < deadline:
            seconds.append(_time(lambda: self.hello_visitor.get("/")))
        return statistics.median(seconds)

    def measure(self, request: Request, times: int, status: int = 200) -> PageCost:
        """Send the request ``times`` times; raises RuntimeError for a status other than given."""
        for _ in range(WARM_UP):
            _send(request, status)
        hello = self.hello_median()
        web, database = self.product.cpu_seconds(), database_cpu_seconds()
        seconds = [_time(lambda: _send(request, status)) for _ in range(times)]
        return PageCost(
            seconds,
            hello,
            (self.product.cpu_seconds() - web) / times,
            (database_cpu_seconds() - database) / times,
        )


def compare_alternately(request: Request, other: Request, times: int) -> float:
    """p95 of ``request`` ÷ p95 of ``other``, sent alternately so that other load affects both.

    Raises RuntimeError for a status other than 200.
    """
    for _ in range(WARM_UP):
        _send(request, 200)
        _send(other, 200)
    pairs = [
        (_time(lambda: _send(request, 200)), _time(lambda: _send(other, 200))) for _ in range(times)
    ]
    return p95([own for own, _ in pairs]) / p95([others for _, others in pairs])


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _send(request: Request, status: int) -> None:
    response = request()
    if response.status != status:
        raise RuntimeError(f"{response.status} instead of {status}: {response.body[:500]!r}")


def _time(action: Callable[[], object]) -> float:
    """Seconds that the action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def requests_per_second(visitors: list[Visitor], path: str, seconds: float) -> float:
    """Throughput when all ``visitors`` request ``path`` at the same time for ``seconds``."""
    counts = [0] * len(visitors)
    deadline = time.monotonic() + seconds

    def request_repeatedly(index: int) -> None:
        while time.monotonic() < deadline:
            visitors[index].get(path)
            counts[index] += 1

    threads = [
        threading.Thread(target=request_repeatedly, args=[index]) for index in range(len(visitors))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds
