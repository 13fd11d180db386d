"""What a confined process cannot do."""

import socket
import sys
from pathlib import Path

import pytest

from archive import isolation

LIMITS = isolation.Limits(
    seconds=20, cpu_seconds=10, memory=512 * isolation.MEBIBYTE, file_size=isolation.MEBIBYTE
)


def run(code: str, home: Path, limits: isolation.Limits = LIMITS):
    return isolation.run_program([sys.executable, "-c", code], limits=limits, home=home)


def test_it_writes_to_its_home_and_tells_what_it_said(tmp_path: Path) -> None:
    done = run("import os; open(os.environ['HOME'] + '/own', 'w').write('x'); print(1)", tmp_path)
    assert (done.returncode, done.stdout) == (0, "1\n")


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(1 << 30)",
        "import os; open(os.environ['HOME'] + '/big', 'wb').write(bytes(2 << 20))",
        "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    ],
    ids=["memory", "file size", "network"],
)
def test_it_is_kept_within_its_limits(code: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run(code.replace("{port}", str(server.getsockname()[1])), tmp_path)
    assert done.returncode != 0


def test_time_is_up_for_it_and_for_what_it_started(tmp_path: Path) -> None:
    limits = isolation.Limits(seconds=1, cpu_seconds=5, memory=1 << 30, file_size=1 << 20)
    code = "import subprocess; subprocess.run(['sleep', '1000'])"
    with pytest.raises(isolation.LimitExceeded):
        run(code, tmp_path, limits)


def test_its_processor_time_is_up(tmp_path: Path) -> None:
    limits = isolation.Limits(seconds=20, cpu_seconds=0.3, memory=1 << 30, file_size=1 << 20)
    assert run("while True: pass", tmp_path, limits).returncode < 0


def test_it_knows_nothing_of_our_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    done = run("import os; print(sorted(os.environ))", tmp_path)
    assert "SECRET_KEY" not in done.stdout


def test_it_reads_no_files_of_ours(tmp_path: Path) -> None:
    home, secret = tmp_path / "home", tmp_path / "secret"
    home.mkdir()
    secret.write_text("hush")
    done = run(f"print(open({str(secret)!r}).read())", home)
    assert "hush" not in done.stdout
    assert "PermissionError" in done.stdout
