"""Pages of running web servers, measured: how long, how many a second, at what cost.

A second server beside the product's answers the bare view (`bench.hello`). Every time is said as a
ratio to it, measured just before, or to another page asked in turns: a busy machine hits both.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from bench.processes import family
from tests.support.stack import database_url, listening_socket

ROOT = Path(__file__).resolve().parents[1]
HELLO_SECONDS = 1.0
# Each thread has a connection of its own, which prepares what it is asked twice and plans it five
# times more. It lives for ten minutes: these are its first moments.
WARM_UP = 50
TICKS = os.sysconf("SC_CLK_TCK")
FORM = "application/x-www-form-urlencoded"


@dataclass
class Server:
    """A gunicorn with two workers on a port of its own, set up as in production."""

    application: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        listener = listening_socket()
        self.port = int(listener.getsockname()[1])
        self.process = subprocess.Popen(  # noqa: S603 - ours
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
        return [pid for pid in family(self.process.pid) if pid != self.process.pid]

    def cpu_seconds(self) -> float:
        return sum(map(cpu_seconds, self.workers))

    def worker_megabytes(self) -> float:
        """The largest worker, everything that it holds counted (shared pages too)."""
        return max(_status(pid, "VmRSS") for pid in self.workers) / 1024


@contextmanager
def servers(
    environment: dict[str, str] | None = None, *, database: str = ""
) -> Iterator[tuple[Server, Server]]:
    """The product on ``database``, by default the one at hand, and the bare view."""
    address = database or database_url()
    own = {"DATABASE_URL": address, "STATIC_FROM_SOURCES": "yes", "LOG_LEVEL": "ERROR"}
    product = Server("econtract.wsgi", {**(environment or {}), **own})
    hello = Server("bench.hello:application")
    try:
        for server, path in ((product, "/login/"), (hello, "/")):
            _wait_for(server, path)
        yield product, hello
    finally:
        product.stop()
        hello.stop()


def _wait_for(server: Server, path: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if Visitor(server.port).get(path).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{server.application} does not answer")


def cpu_seconds(pid: int) -> float:
    """What the process has computed so far, in its own code and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def database_cpu_seconds() -> float:
    """What all processes of the database server have computed; those that ended are its too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    postmaster = int(fields[1])
    ended = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[13:15]
    alive = sum(map(cpu_seconds, family(postmaster)))
    return alive + sum(map(int, ended)) / TICKS


def _status(pid: int, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


@dataclass(frozen=True)
class Answer:
    status: int
    head: str
    body: bytes


class Visitor:
    """A browser at its barest: one connection that stays, cookies, no time of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting = b""

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: bytes, content_type: str = FORM) -> Answer:
        return self.ask("POST", path, body, content_type)

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Answer:
        """One request and its whole answer."""
        lines = [f"{method} {quote(path, safe='/?&=%')} HTTP/1.1", "Host: 127.0.0.1"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, "", ""]).encode() + body
        try:
            return self._sent(request)
        except ConnectionError:
            # The server closes what was idle for long; a browser asks again.
            if method != "GET":
                raise
            self._connect()
            return self._sent(request)

    def _sent(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        return self._answer()

    def _answer(self) -> Answer:
        while b"\r\n\r\n" not in self.waiting:
            self._receive()
        head, self.waiting = self.waiting.split(b"\r\n\r\n", 1)
        text = head.decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", text)
        size = int(length[1]) if length else 0
        while len(self.waiting) < size:
            self._receive()
        body, self.waiting = self.waiting[:size], self.waiting[size:]
        for name, value in re.findall(r"(?i)set-cookie: ([^=]+)=([^;\r]*)", text):
            self.cookies[name] = value
        return Answer(int(text.split(" ", 2)[1]), text, body)

    def _receive(self) -> None:
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("The server has closed the connection.")
        self.waiting += part

    def log_in(self, name: str, password: str) -> "Visitor":
        """Through the log-in page, as a person does. Raises RuntimeError when that is refused."""
        fields = {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": self.form_token("/login/"),
        }
        if self.post("/login/", urlencode(fields).encode()).status != 302:
            raise RuntimeError(f"{name} could not log in")
        return self

    def form_token(self, path: str) -> str:
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).body)
        if not found:
            raise RuntimeError(f"{path} has no form")
        return found[1].decode()


@dataclass(frozen=True)
class Cost:
    """A page: seconds of each request, the bare view's median before it, CPU seconds a request."""

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


class Measure:
    """Measures pages of ``product`` against ``hello``."""

    def __init__(self, product: Server, hello: Server) -> None:
        self.product, self.hello = product, hello
        self.bare = Visitor(hello.port)

    def hello_median(self) -> float:
        """The bare view for a second."""
        end, taken = time.monotonic() + HELLO_SECONDS, []
        while time.monotonic() < end:
            taken.append(_seconds(lambda: self.bare.get("/")))
        return statistics.median(taken)

    def page(self, ask: Callable[[], Answer], times: int, status: int = 200) -> Cost:
        """``ask`` one after another. Raises RuntimeError for another answer than ``status``."""
        for _ in range(WARM_UP):
            _checked(ask, status)
        hello = self.hello_median()
        web, database = self.product.cpu_seconds(), database_cpu_seconds()
        seconds = [_seconds(lambda: _checked(ask, status)) for _ in range(times)]
        return Cost(
            seconds,
            hello,
            (self.product.cpu_seconds() - web) / times,
            (database_cpu_seconds() - database) / times,
        )


def in_turns(ask: Callable[[], Answer], other: Callable[[], Answer], times: int) -> float:
    """p95 of ``ask`` ÷ p95 of ``other``, asked in turns: the machine's moods meet both.

    Raises RuntimeError for a page that is not there.
    """
    for _ in range(WARM_UP):
        _checked(ask, 200)
        _checked(other, 200)
    taken = [
        (_seconds(lambda: _checked(ask, 200)), _seconds(lambda: _checked(other, 200)))
        for _ in range(times)
    ]
    return p95([own for own, _ in taken]) / p95([others for _, others in taken])


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _checked(ask: Callable[[], Answer], status: int) -> None:
    answer = ask()
    if answer.status != status:
        raise RuntimeError(f"{answer.status} instead of {status}: {answer.body[:500]!r}")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def per_second(visitors: list[Visitor], path: str, seconds: float) -> float:
    """Answers a second when all ``visitors`` ask for ``path`` at once, again and again."""
    counts = [0] * len(visitors)
    end = time.monotonic() + seconds

    def ask(at: int) -> None:
        while time.monotonic() < end:
            visitors[at].get(path)
            counts[at] += 1

    threads = [threading.Thread(target=ask, args=[at]) for at in range(len(visitors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds
