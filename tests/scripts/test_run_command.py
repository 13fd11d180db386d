"""`scripts/run`: everything starts, keeps running, and leaves no processes behind."""

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

TIMEOUT_SECONDS = 200
OWN_VARIABLES = {"DATABASE_URL", "BROKER_URL", "SANDBOX_URL", "PUBLIC_URL", "FILES_DIR"}

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("run"),
    pytest.mark.skipif(
        not Path(sys.prefix, ".installed-requirements.txt").exists(),
        reason="the virtual environment was not created by scripts/test",
    ),
]


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait for the condition; fails the test after TIMEOUT_SECONDS."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"timed out waiting for {what}"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that are not in use right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


def environment(data: Path, port: int, sandbox_port: int) -> dict[str, str]:
    """The environment of a start: our virtual environment and embedded databases."""
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    return inherited | {
        "ECONTRACT_DATA_DIR": str(data),
        "ECONTRACT_VENV": sys.prefix,
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
    }


class Product:
    """A `scripts/run` in a session of its own, as in a terminal."""

    def __init__(self, data: Path, *options: str) -> None:
        port, sandbox_port = free_ports(2)
        self.url = f"http://127.0.0.1:{port}/login/"
        self.data = data
        self.output = data.with_name(f"{port}.out")
        with self.output.open("wb") as output:
            self.script = subprocess.Popen(
                # A shell cannot trap signals that its parent ignores, as some test runners do.
                ["env", "--default-signal=INT", "scripts/run", *options],
                cwd=ROOT,
                env=environment(data, port, sandbox_port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_greeting(self) -> None:
        """Wait until the script prints how to reach the product."""
        wait_until(
            lambda: self.script.poll() is not None or "Ctrl-C" in self.output.read_text(),
            f"the greeting: {self.output.read_text()}",
        )
        assert self.script.poll() is None, self.output.read_text()

    def is_up(self) -> bool:
        """Whether the login page responds."""
        try:
            with urllib.request.urlopen(self.url, timeout=5) as response:  # noqa: S310
                return bool(response.status == 200)
        except OSError:  # refused, reset, timed out, or an error page
            return False

    def processes(self, text: str = "") -> list[int]:
        """Ids of the processes of the script's session whose command line contains the text."""
        pids = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                # After the name, which may contain anything: state, parent, group, session.
                session = (folder / "stat").read_text().rpartition(")")[2].split()[3]
                if int(session) == self.script.pid and command and text in command:
                    pids.append(int(folder.name))
        return pids

    def kill(self) -> None:
        """Kill all processes that are left."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.script.wait()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the first start fills."""
    return tmp_path_factory.mktemp("product") / "data"


@pytest.fixture
def product(data: Path) -> Iterator[Product]:
    running = Product(data, "--empty")
    yield running
    running.kill()


def test_it_restarts_processes_and_ctrl_c_stops_them_all(product: Product) -> None:
    product.wait_for_greeting()
    assert product.is_up()
    for text in (".celery worker", ".celery beat", "sandbox.wsgi", "redis-server"):
        wait_until(partial(product.processes, text), text)

    second = Product(product.data)
    assert second.script.wait(TIMEOUT_SECONDS) == 1
    assert "already runs" in second.output.read_text()

    for pid in product.processes("scripts/lib/web.py"):
        os.kill(pid, signal.SIGKILL)
    wait_until(product.is_up, "the web server to restart")

    os.killpg(product.script.pid, signal.SIGINT)
    assert product.script.wait(TIMEOUT_SECONDS) == 128 + signal.SIGINT
    wait_until(lambda: not product.processes(), "the last process to end")


def test_no_process_outlives_a_killed_script(product: Product) -> None:
    product.wait_for_greeting()
    product.script.kill()
    product.script.wait()
    wait_until(lambda: not product.processes(), "the last process to end")


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        result = subprocess.run(
            ["scripts/run", "--empty"],
            cwd=ROOT,
            env=environment(tmp_path / "data", server.getsockname()[1], free_ports(1)[0]),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    assert result.returncode == 1
    assert "is in use" in result.stderr
    assert "PORT=" in result.stderr
