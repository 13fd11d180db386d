"""`scripts/run` as its user sees it: everything starts, stays up, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PATIENCE_SECONDS = 200
OWN_VARIABLES = {"DATABASE_URL", "BROKER_URL", "SANDBOX_URL", "PUBLIC_URL", "FILES_DIR"}

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        not Path(sys.prefix, ".installed-requirements.txt").exists(),
        reason="the virtual environment is not one that scripts/test made",
    ),
]


def until(condition: Callable[[], object], what: str) -> None:
    """Waits for the condition; fails the test in words when it does not come true."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < ends, f"waited in vain for {what}"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody had a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


def environment(data: Path, port: int, sandbox_port: int) -> dict[str, str]:
    """What one start gets: this run's virtual environment, and embedded everything else."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    return kept | {
        "ECONTRACT_DATA_DIR": str(data),
        "ECONTRACT_VENV": sys.prefix,
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
    }


class Product:
    """One `scripts/run` in a session of its own, like one in a terminal."""

    def __init__(self, data: Path, *options: str) -> None:
        port, sandbox_port = free_ports(2)
        self.url = f"http://127.0.0.1:{port}/login/"
        self.data = data
        self.output = data.with_name(f"{port}.out")
        with self.output.open("wb") as output:
            self.script = subprocess.Popen(
                # A shell cannot trap what it was told to ignore, and test runners ignore much.
                ["env", "--default-signal=INT", "scripts/run", *options],
                cwd=ROOT,
                env=environment(data, port, sandbox_port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_greeting(self) -> None:
        """Returns when the script has said where the product is."""
        until(
            lambda: self.script.poll() is not None or "Ctrl-C" in self.output.read_text(),
            f"the greeting: {self.output.read_text()}",
        )
        assert self.script.poll() is None, self.output.read_text()

    def answers(self) -> bool:
        """Whether the login page does."""
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:  # refused, reset, timed out, or an error page
            return False

    def processes(self, words: str = "") -> list[int]:
        """What runs in the script's session and has the words in its command line."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                # The fields after the name, which may hold anything: state, parent, group, session.
                session = (folder / "stat").read_text().rpartition(")")[2].split()[3]
                if int(session) == self.script.pid and command and words in command:
                    found.append(int(folder.name))
        return found

    def end(self) -> None:
        """Kills what is left."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.script.wait()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    running = Product(tmp_path / "data", "--empty")
    yield running
    running.end()


def test_it_stays_up_alone_and_ctrl_c_leaves_nothing(product: Product) -> None:
    product.wait_for_greeting()
    assert product.answers()
    for words in (".celery worker", ".celery beat", "sandbox.wsgi", "redis-server"):
        until(partial(product.processes, words), words)

    second = Product(product.data)
    assert second.script.wait(PATIENCE_SECONDS) == 1
    assert "already runs" in second.output.read_text()

    for pid in product.processes("gunicorn econtract.wsgi"):
        os.kill(pid, signal.SIGKILL)
    until(product.answers, "the web server to come back")

    os.killpg(product.script.pid, signal.SIGINT)
    assert product.script.wait(PATIENCE_SECONDS) == 128 + signal.SIGINT
    until(lambda: not product.processes(), "the last process to end")


def test_nothing_outlives_a_killed_script(product: Product) -> None:
    product.wait_for_greeting()
    product.script.kill()
    product.script.wait()
    until(lambda: not product.processes(), "the last process to end")


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            ["scripts/run", "--empty"],
            cwd=ROOT,
            env=environment(tmp_path / "data", taken.getsockname()[1], free_ports(1)[0]),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert "is in use" in done.stderr
    assert "PORT=" in done.stderr
