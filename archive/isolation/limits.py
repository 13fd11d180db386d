"""What a process that touches a stranger's file may use. Linux only; needs no privilege.

Nothing here imports Django: these modules are loaded by the confined processes themselves.
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
    """Seconds by the wall clock and of the processor; bytes of address space and of one file."""

    seconds: float
    cpu_seconds: float
    memory: int
    file_size: int

    def apply(self) -> None:
        """Confines this process and its children to come, for good.

        Out of time, the process is killed by a signal; out of memory, allocation fails.
        """
        _cap(resource.RLIMIT_CORE, 0)
        _cap(resource.RLIMIT_AS, self.memory)
        _cap(resource.RLIMIT_FSIZE, self.file_size)
        _cap(resource.RLIMIT_CPU, int(self.cpu_seconds) + 1)
        # The clock of RLIMIT_CPU ticks in whole seconds; the timers are as fine as we ask.
        signal.setitimer(signal.ITIMER_PROF, self.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)


def _cap(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def leave_network() -> bool:
    """Moves this process into a network of its own with nothing in it.

    False where the system does not permit it (some containers): what runs inside then has to
    refuse addresses by itself, as both converters do.
    """
    if _libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # Inside the new user namespace we go on as the same user, with rights over nothing else.
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as mapping:
            mapping.write(line)
    return True


def die_with_parent() -> None:
    """The process is killed when the thread that started it ends, however it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
