"""The whole product as real processes, on the database of the test at hand.

Web, workers, beat and the sandbox are started as `scripts/run` starts them. The test must commit
what it writes (`transactional_db`): the processes see the database from outside.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

from django.conf import settings
from django.db import connection

from tests.support.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
START_SECONDS = 40


class Stack:
    """Processes of the product; `with Stack(sandbox) as stack: …` ends whatever it started."""

    def __init__(self, sandbox: Sandbox, **environment: str) -> None:
        self.sandbox = sandbox
        self.folder = Path(tempfile.mkdtemp(prefix="econtract-stack-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.started = 0
        self.environment = {**os.environ, **self._environment(), **environment}

    def _environment(self) -> dict[str, str]:
        return {
            "ECONTRACT_DATA_DIR": str(self.folder),
            "FILES_DIR": str(settings.MEDIA_ROOT),
            "DATABASE_URL": database_url(),
            "BROKER_URL": self._broker(),
            "SANDBOX_URL": self.sandbox.url,
            "EDO_TRUST_ROOTS": str(self.sandbox.trust_roots),
            "PUBLIC_URL": self.url,
            "STATIC_FROM_SOURCES": "yes",
            "ORDER_LEASE_SECONDS": "5",
            "FEED_POLL_SECONDS": "0.5",
            "LOG_LEVEL": "WARNING",
        }

    def _broker(self) -> str:
        """Redis where the run has one (each stack its own server), else the file transport."""
        if not os.environ.get("BROKER_URL", "").startswith("redis"):
            return "filesystem://"
        return f"redis+socket://{self.folder}/redis.sock"

    def __enter__(self) -> "Stack":
        if self.environment["BROKER_URL"].startswith("redis"):
            socket_path = self.folder / "redis.sock"
            self.start("redis-server", "--port", "0", "--save", "", "--unixsocket", socket_path)
            wait_for(socket_path.exists, "Redis")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *command: object) -> subprocess.Popen[bytes]:
        """Starts a process of the stack in a group of its own; its output goes to a log file.

        It dies with the test run, however that ends.
        """
        self.started += 1
        with (self.folder / f"{self.started}.log").open("wb") as log:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        web = self.start(
            PYTHON, "-m", "gunicorn", "econtract.wsgi", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--threads", "8", "--no-control-socket",
        )  # fmt: skip
        wait_for(lambda: answers(f"{self.url}/login/"), "the web server", self)
        return web

    def start_worker(self, concurrency: int = 2) -> subprocess.Popen[bytes]:
        pool = ["--pool", "prefork", "--concurrency", str(concurrency)]
        if self.environment["BROKER_URL"] == "filesystem://":
            pool = ["--pool", "solo"]
        return self.start(
            PYTHON, "-m", "celery", "-A", "econtract", "worker", *pool,
            "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
            "-n", f"worker{self.started}@stack",
        )  # fmt: skip

    def start_beat(self) -> subprocess.Popen[bytes]:
        return self.start(PYTHON, "-m", "celery", "-A", "econtract", "beat", "-l", "WARNING")

    def start_all(self) -> "Stack":
        self.start_worker()
        self.start_beat()
        self.start_web()
        return self

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Ends the process and its children at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # A prefork child may outlive its parent by a moment, and the database is flushed next.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    @property
    def logs(self) -> str:
        """What the processes have said, for a failing test's message."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-4000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )


def database_url() -> str:
    """The present test database as other processes reach it."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    host = str(config["HOST"]).replace("/", "%2F")
    port = f":{config['PORT']}" if config["PORT"] else ""
    user = config["USER"] + (f":{config['PASSWORD']}" if config["PASSWORD"] else "")
    return f"postgresql://{user}@{host}{port}/{config['NAME']}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def wait_for(
    check: Callable[[], object],
    what: str,
    stack: Stack | None = None,
    seconds: float = START_SECONDS,
) -> None:
    """Waits until ``check`` is true. Raises AssertionError with the stack's logs when it is not."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds} s for {what}.\n{stack.logs if stack else ''}")
        time.sleep(0.1)
