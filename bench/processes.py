"""Memory of a process and its descendants."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

POLL_SECONDS = 0.02


def peak_megabytes(command: Sequence[str]) -> float:
    """Run the command and return the peak memory of its whole process tree.

    Shared pages are counted once (PSS). Raises RuntimeError on a non-zero exit code.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(megabytes, process_tree(process.pid))))
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{command} exited with {process.returncode}")
    return peak


def process_tree(pid: int) -> Iterator[int]:
    """The ids of the process and all its descendants."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from process_tree(int(child))


def megabytes(pid: int) -> float:
    """The memory of one process; shared pages are counted once (PSS). 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just exited
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
