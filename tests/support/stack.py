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

from tests.support.paths import ROOT
from tests.support.sandbox import Sandbox

PYTHON = sys.executable
START_SECONDS = 40


class Stack:
    """Processes of the product; `with Stack(sandbox) as stack: …` ends whatever it started."""

    def __init__(self, sandbox: Sandbox, **environment: str) -> None:
        self.sandbox = sandbox
        self.folder = Path(tempfile.mkdtemp(prefix="econtract-stack-"))
        self.redis_socket = self.folder / "redis.sock"
        # The web server inherits the bound socket: no race for the port.
        self.listener = listening_socket()
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
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
            # Otherwise the first lists come with the trust job, a minute after the start.
            "EDO_CRLS": ",".join(map(str, self.sandbox.revocation_lists)),
            "PUBLIC_URL": self.url,
            "STATIC_FROM_SOURCES": "yes",
            "OUTBOX_LEASE_SECONDS": "5",
            "FEED_POLL_SECONDS": "0.5",
            "LOG_LEVEL": "WARNING",
            # All clients of these tests have one phone.
            "MESSAGES_PER_ADDRESS": "0",
            "MESSAGES_PER_CLIENT": "0",
        }

    def _broker(self) -> str:
        """Redis where the run has one (each stack its own server), else the file transport."""
        if not os.environ.get("BROKER_URL", "").startswith("redis"):
            return "filesystem://"
        return f"redis+socket://{self.redis_socket}"

    def __enter__(self) -> "Stack":
        if self.environment["BROKER_URL"] == f"redis+socket://{self.redis_socket}":
            server = ["redis-server", "--port", "0", "--save", ""]
            self.start(*server, "--unixsocket", self.redis_socket)
            wait_for(self.redis_socket.exists, "Redis")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            self.kill(process)
        self.listener.close()
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
                pass_fds=(self.listener.fileno(),),
            )
        self.processes.append(process)
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        web = self.start(
            PYTHON, "-m", "gunicorn", "econtract.wsgi", "--no-control-socket",
            "--bind", f"fd://{self.listener.fileno()}",
            "--worker-class", "gthread", "--threads", "8",
        )  # fmt: skip
        wait_for(lambda: answers(f"{self.url}/login/"), "the web server", self)
        return web

    def start_converter(self, concurrency: int = 1) -> subprocess.Popen[bytes]:
        """A worker for conversions, which gives way to the other processes."""
        converter = self.start_worker(concurrency, "conversion")
        os.setpriority(os.PRIO_PROCESS, converter.pid, 10)
        return converter

    def start_worker(self, concurrency: int = 2, queues: str = "celery") -> subprocess.Popen[bytes]:
        pool = ["--pool", "prefork", "--concurrency", str(concurrency)]
        if self.environment["BROKER_URL"] == "filesystem://":
            pool = ["--pool", "solo"]
        return self.start(
            PYTHON, "-m", "celery", "-A", "econtract", "worker", *pool,
            "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
            "--queues", queues, "-n", f"worker{self.started}@stack",
        )  # fmt: skip

    def start_beat(self) -> subprocess.Popen[bytes]:
        return self.start(PYTHON, "-m", "celery", "-A", "econtract", "beat", "-l", "WARNING")

    def start_all(self) -> "Stack":
        self.start_worker()
        self.start_converter()
        self.start_beat()
        self.start_web()
        return self

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Ends the process and its children at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.processes = [other for other in self.processes if other is not process]

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


def listening_socket() -> socket.socket:
    """On a free port of the loopback."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    # On an inherited socket gunicorn does not ask for this, and each answer would wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


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
