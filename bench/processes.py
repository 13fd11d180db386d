"""Memory of a process and all that it starts."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

LOOK_SECONDS = 0.02


def peak_megabytes(command: Sequence[str]) -> float:
    """Runs ``command`` and returns the largest sum of memory over its family of processes.

    What several of them share is counted once (PSS). Raises RuntimeError on a non-zero exit code.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (ours)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_megabytes, family(process.pid))))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return peak


def family(pid: int) -> Iterator[int]:
    """The process and all that it has started, and they in turn."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
