"""Starting a whole program within limits."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from archive.isolation.client import plain_environment
from archive.isolation.errors import Exhausted
from archive.isolation.limits import Limits

_ROOT = Path(__file__).resolve().parents[2]
OUTPUT_LIMIT = 64 * 1024


def run_program(
    command: Sequence[str], *, limits: Limits, home: Path
) -> subprocess.CompletedProcess[str]:
    """Runs ``command`` to its end in the folder ``home``, the only one that it can write to.

    Of other files it reads programs, libraries and fonts only: its input is in ``home``.

    Returns exit code and output (a negative code: killed by that signal, often by a limit).
    Raises Exhausted when the time is up; by then the program and its children are dead.
    """
    launch = [sys.executable, "-m", "archive.isolation.launch"]
    launch += [json.dumps(asdict(limits)), str(home)]
    with (home / "output").open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603  (a list, no shell; the caller names the program)
            [*launch, *command],
            cwd=_ROOT,
            env={**plain_environment(), "HOME": str(home), "TMPDIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            raise Exhausted(f"{command[0]}: out of time") from None
        finally:
            _kill_session(process)
        output.seek(0)
        text = output.read(OUTPUT_LIMIT).decode(errors="replace")
    return subprocess.CompletedProcess(list(command), code, text)


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """Nothing that the program started may outlive it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
