"""Resource limits of a process that parses a user's file. Linux only; needs no privileges.

The confined processes import this module themselves, so it imports no Django.
"""

import ctypes
import os
import resource
import signal
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Limits:
    """Wall clock and CPU time in seconds; address space and size of a written file in bytes."""

    seconds: float
    cpu_seconds: float
    memory: int
    file_size: int

    def apply(self) -> None:
        """Limits this process and its future children, for good.

        A process that runs out of time is killed by a signal; out of memory, allocation fails.
        """
        _cap(resource.RLIMIT_CORE, 0)
        _cap(resource.RLIMIT_AS, self.memory)
        _cap(resource.RLIMIT_FSIZE, self.file_size)
        _cap(resource.RLIMIT_CPU, int(self.cpu_seconds) + 1)
        # RLIMIT_CPU counts whole seconds; the timers are exact.
        signal.setitimer(signal.ITIMER_PROF, self.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)


def _cap(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def drop_network() -> bool:
    """Moves this process into a new, empty network namespace.

    Returns False where the system does not permit it (some containers). The code that runs
    inside must then refuse to fetch URLs by itself, as both converters do.
    """
    if _libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # In the new user namespace the process keeps its user and group, and has no other.
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as mapping:
            mapping.write(line)
    return True


def die_with_parent() -> None:
    """Has the kernel kill this process when the thread that started it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
