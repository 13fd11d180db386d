"""Running a whole program within limits."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from archive.isolation.client import minimal_environment
from archive.isolation.errors import LimitExceeded
from archive.isolation.limits import Limits

_ROOT = Path(__file__).resolve().parents[2]
OUTPUT_LIMIT = 64 * 1024


def run_program(
    command: Sequence[str], *, limits: Limits, home: Path
) -> subprocess.CompletedProcess[str]:
    """Runs ``command`` and waits for it. It can write to the folder ``home`` alone, and read
    only ``home`` (where its input is), programs, libraries and fonts.

    Returns the exit code and the output. A negative code is the signal that killed the program,
    often because of a limit. Raises LimitExceeded when the time is up; the program and its
    children are dead then.
    """
    launch = [sys.executable, "-m", "archive.isolation.launch"]
    launch += [json.dumps(asdict(limits)), str(home)]
    with (home / "output").open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603  (a list, no shell; the caller names the program)
            [*launch, *command],
            cwd=_ROOT,
            env={**minimal_environment(), "HOME": str(home), "TMPDIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            raise LimitExceeded(f"{command[0]}: out of time") from None
        finally:
            _kill_session(process)
        output.seek(0)
        text = output.read(OUTPUT_LIMIT).decode(errors="replace")
    return subprocess.CompletedProcess(list(command), code, text)


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kills the program and every process that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
