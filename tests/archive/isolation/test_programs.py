"""Programs in a confined process: their limits."""

import socket
import sys
from pathlib import Path

import pytest

from archive import isolation

LIMITS = isolation.Limits(
    seconds=20, cpu_seconds=10, memory=512 * isolation.MEBIBYTE, file_size=isolation.MEBIBYTE
)


def run_python(code: str, home: Path, limits: isolation.Limits = LIMITS):
    return isolation.run_program([sys.executable, "-c", code], limits=limits, home=home)


def test_it_can_write_to_its_home_and_returns_its_output(tmp_path: Path) -> None:
    process = run_python(
        "import os; open(os.environ['HOME'] + '/own', 'w').write('x'); print(1)", tmp_path
    )
    assert (process.returncode, process.stdout) == (0, "1\n")


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(1 << 30)",
        "import os; open(os.environ['HOME'] + '/big', 'wb').write(bytes(2 << 20))",
        "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    ],
    ids=["memory", "file size", "network"],
)
def test_it_cannot_exceed_its_limits(code: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = run_python(code.replace("{port}", str(server.getsockname()[1])), tmp_path)
    assert process.returncode != 0


def test_it_is_killed_with_its_children_when_the_time_is_up(tmp_path: Path) -> None:
    limits = isolation.Limits(seconds=1, cpu_seconds=5, memory=1 << 30, file_size=1 << 20)
    code = "import subprocess; subprocess.run(['sleep', '1000'])"
    with pytest.raises(isolation.LimitExceeded):
        run_python(code, tmp_path, limits)


def test_it_is_killed_when_its_cpu_time_is_up(tmp_path: Path) -> None:
    limits = isolation.Limits(seconds=20, cpu_seconds=0.3, memory=1 << 30, file_size=1 << 20)
    assert run_python("while True: pass", tmp_path, limits).returncode < 0


def test_it_does_not_get_our_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret value")
    process = run_python("import os; print(sorted(os.environ))", tmp_path)
    assert "SECRET_KEY" not in process.stdout


def test_it_cannot_read_our_files(tmp_path: Path) -> None:
    home, secret = tmp_path / "home", tmp_path / "secret"
    home.mkdir()
    secret.write_text("secret value")
    process = run_python(f"print(open({str(secret)!r}).read())", home)
    assert "secret value" not in process.stdout
    assert "PermissionError" in process.stdout
